//! Watch sockets in hostile hands: a buyer's own token, and no manners.

use std::time::Duration;

use anyhow::Result;
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::good::Socket;
use super::scene::Scene;
use super::tally::{Tallies, Tally};

const PING_FLOODS: usize = 6;
const FRAME_FLOODS: usize = 4;

/// Whoever was shown out comes again after a moment.
const RETURN_AFTER: Duration = Duration::from_millis(100);

/// The longest a control frame may be.
const PING_BYTES: usize = 125;

/// Both kinds, each again and again until `ends_at`, and then until they were shown out.
pub(super) async fn all(scene: &Scene, tallies: &Tallies, ends_at: Instant) {
    let pings = (0..PING_FLOODS).map(|_| {
        come_again(scene, &tallies.ping_floods, ends_at, async |socket| {
            flood_with_pings(socket).await
        })
    });
    let frames = (0..FRAME_FLOODS).map(|_| {
        come_again(scene, &tallies.frame_floods, ends_at, async |socket| {
            flood_with_frames(socket).await
        })
    });
    let _ = tokio::join!(join_all(pings), join_all(frames));
}

async fn come_again(
    scene: &Scene,
    tally: &Tally,
    ends_at: Instant,
    misbehave: impl AsyncFn(Socket) -> Result<()>,
) {
    while Instant::now() < ends_at {
        if let Ok(socket) = scene.watch_as_victim().await {
            tally.open();
            // However it ended: the server did it.
            let _ = misbehave(socket).await;
            tally.end();
        }
        sleep(RETURN_AFTER).await;
    }
}

/// Pings as fast as they go out, and never reads a pong: each waits in the server for its turn.
async fn flood_with_pings(mut socket: Socket) -> Result<()> {
    loop {
        socket
            .send(Message::Ping(Bytes::from_static(&[0; PING_BYTES])))
            .await?;
    }
}

/// Text, binary and oversized frames, and reads what comes back until the end.
async fn flood_with_frames(socket: Socket) -> Result<()> {
    let (mut out, mut back) = socket.split();
    let send = async {
        for size in [1, 2_000, 70_000].into_iter().cycle() {
            out.send(Message::text("x".repeat(size))).await?;
            out.send(Message::binary(vec![0; size])).await?;
        }
        Ok(())
    };
    let read = async {
        while let Some(message) = back.next().await {
            let _ = message?;
        }
        Ok(())
    };
    tokio::select! {
        sent = send => sent,
        read = read => read,
    }
}
