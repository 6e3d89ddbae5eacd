//! Clients who take a connection and give little or nothing for it, until the server shows them out.

use std::io;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep};
use wechat_checkout_protocol::routes;

use super::scene::Scene;
use super::tally::{Tallies, Tally};

/// Together twice as many as the server has places for under the limits that it is started with.
const IDLE: usize = 300;
const SLOW_HEADS: usize = 100;
const SLOW_BODIES: usize = 60;
const DEAF_READERS: usize = 60;
const DRIBBLING_READERS: usize = 15;

/// A deaf client's own buffer: the smaller, the sooner the server has to wait for it.
const RECEIVE_BYTES: u32 = 4 * 1024;

/// Answers of some ten thousand bytes each: more than the kernel keeps, or nobody waits for anybody.
const ASKED_FOR: usize = 200;

const A_BYTE_EVERY: Duration = Duration::from_millis(500);

/// Whoever was shown out comes again after a while, or the storm would be one of connecting.
const RETURN_AFTER: Duration = Duration::from_secs(1);

/// They come one after the other, for the same reason.
const ONE_EVERY: Duration = Duration::from_millis(3);

/// What such a client does with its connection.
#[derive(Clone, Copy, Debug)]
enum Habit {
    /// Nothing.
    Idle,
    /// Sends a head a byte at a time.
    SlowHead,
    /// Announces a body and sends it a byte at a time.
    SlowBody,
    /// Asks and asks, and reads nothing.
    Deaf,
    /// Asks and asks, and reads a byte at a time.
    Dribbling,
}

/// All of them, each again and again until `ends_at`, and then until they were shown out.
pub(super) async fn all(scene: &Scene, tallies: &Tallies, ends_at: Instant) {
    let kinds = [
        (Habit::Idle, IDLE, &tallies.idle),
        (Habit::SlowHead, SLOW_HEADS, &tallies.slow_heads),
        (Habit::SlowBody, SLOW_BODIES, &tallies.slow_bodies),
        (Habit::Deaf, DEAF_READERS, &tallies.deaf_readers),
        (
            Habit::Dribbling,
            DRIBBLING_READERS,
            &tallies.dribbling_readers,
        ),
    ];
    let everybody = kinds
        .into_iter()
        .flat_map(|(habit, count, tally)| std::iter::repeat_n((habit, tally), count));
    let arrivals = everybody.zip(0..).map(async |((habit, tally), number)| {
        sleep(ONE_EVERY * number).await;
        come_again(scene, habit, tally, ends_at).await;
    });
    let _ = join_all(arrivals).await;
}

async fn come_again(scene: &Scene, habit: Habit, tally: &Tally, ends_at: Instant) {
    while Instant::now() < ends_at {
        if let Ok(stream) = connect(scene).await {
            tally.open();
            // However it ended: the server did it.
            let _ = habit.live(stream).await;
            tally.end();
        }
        sleep(RETURN_AFTER).await;
    }
}

async fn connect(scene: &Scene) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BYTES)?;
    socket.connect(scene.address()).await
}

impl Habit {
    /// Returns when the connection has ended.
    async fn live(self, stream: TcpStream) -> io::Result<()> {
        match self {
            Habit::Idle => until_shown_out(stream).await,
            Habit::SlowHead => {
                let head = [
                    "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ",
                    &"a".repeat(4_096),
                ];
                send_slowly(stream, head.concat().as_bytes()).await
            }
            Habit::SlowBody => {
                let (path, length) = (routes::ORDERS, 1_000);
                let head = format!(
                    "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
                     content-length: {length}\r\n\r\n"
                );
                let mut stream = stream;
                stream.write_all(head.as_bytes()).await?;
                send_slowly(stream, &[b' '; 1_000]).await
            }
            Habit::Deaf => ask_without_end(stream, false).await,
            Habit::Dribbling => ask_without_end(stream, true).await,
        }
    }
}

/// Reads whatever comes until the end.
async fn until_shown_out(mut stream: TcpStream) -> io::Result<()> {
    let mut answer = [0; 1_024];
    while stream.read(&mut answer).await? > 0 {}
    Ok(())
}

async fn send_slowly(stream: TcpStream, bytes: &[u8]) -> io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let send = async {
        for byte in bytes {
            writing.write_all(&[*byte]).await?;
            sleep(A_BYTE_EVERY).await;
        }
        // Holds the connection: whoever sent everything waits to be shown out.
        std::future::pending::<io::Result<()>>().await
    };
    let read = async {
        let mut reading = reading;
        let mut answer = [0; 1_024];
        while reading.read(&mut answer).await? > 0 {}
        Ok(())
    };
    tokio::select! {
        sent = send => sent,
        read = read => read,
    }
}

/// Asks for far more than fits into anybody's buffers, and looks now and then whether the server has
/// had enough. The end of the answers waits behind what is not read; but a server that has closed
/// refuses whatever still comes, and of that the kernel tells.
async fn ask_without_end(mut stream: TcpStream, is_dribbling: bool) -> io::Result<()> {
    let request = format!(
        "GET {} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        routes::OPENAPI
    );
    // Taken by the kernel at once, whether the server reads it or not.
    let _ = stream.try_write(request.repeat(ASKED_FOR).as_bytes())?;
    loop {
        match stream.try_write(b"\r\n") {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            Ok(_) | Err(_) => {}
        }
        if is_dribbling {
            let _ = stream.read(&mut [0; 1]).await?;
        }
        sleep(A_BYTE_EVERY).await;
    }
}
