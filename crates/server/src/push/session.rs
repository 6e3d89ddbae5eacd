//! One watching page: token, snapshot, then each change, until one side leaves.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use wechat_checkout_protocol::watch::{PING_INTERVAL_MS, WATCH_FRAME_DUE_MS, close};
use wechat_checkout_protocol::{ClientFrame, OpenId, OrderId, ServerFrame};

use super::hub::{Heard, Seat, Subscription};
use crate::app::App;
use crate::flow::view::single_order_view;
use crate::session::Purpose;
use crate::store::OrderRecord;

/// A page that cannot take a frame for this long is gone: it is dropped, not waited for.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a session ended on our side: a close code of [`close`].
type Ended = u16;

/// Serves one socket until it ends.
pub async fn watch_order(app: &App, id: &OrderId, seat: Seat, mut socket: WebSocket) {
    metrics::gauge!("watch_sockets").increment(1);
    if let Err(code) = serve(app, id, seat, &mut socket).await {
        let frame = CloseFrame {
            code,
            reason: Utf8Bytes::from_static(""),
        };
        let _ = tokio::time::timeout(SEND_TIMEOUT, socket.send(Message::Close(Some(frame)))).await;
    }
    metrics::gauge!("watch_sockets").decrement(1);
}

async fn serve(app: &App, id: &OrderId, seat: Seat, socket: &mut WebSocket) -> Result<(), Ended> {
    let openid = first_frame(app, socket).await?;
    // Subscribing before reading: a change in between rings, so nothing falls between.
    let mut subscription = app.hub.subscribe(id, seat).ok_or(close::TOO_MANY)?;
    let record = own_order(app, id, &openid).await?;
    let mut seq = record.order.seq;
    send_snapshot(app, socket, record).await?;
    loop {
        match next(socket, &mut subscription).await {
            Next::Change => {
                let record = own_order(app, id, &openid).await?;
                if record.order.seq > seq {
                    seq = record.order.seq;
                    send_snapshot(app, socket, record).await?;
                }
            }
            Next::Quiet => send(socket, &ServerFrame::Ping).await?,
            Next::Left => return Ok(()),
            Next::Stopping => return Err(close::GOING_AWAY),
        }
    }
}

/// The token, in time, or the socket ends.
async fn first_frame(app: &App, socket: &mut WebSocket) -> Result<OpenId, Ended> {
    let due = Duration::from_millis(WATCH_FRAME_DUE_MS);
    let frame = tokio::time::timeout(due, socket.recv())
        .await
        .map_err(|_| close::BAD_FRAME)?;
    let Some(Ok(Message::Text(text))) = frame else {
        return Err(close::BAD_FRAME);
    };
    let ClientFrame::Watch { token } = serde_json::from_str(&text).map_err(|_| close::BAD_FRAME)?;
    app.session_key
        .open(Purpose::Watch, &token, app.clock.now())
        .ok_or(close::SIGN_IN_REQUIRED)
}

/// A foreign order looks exactly like an unknown one. A database that fails sends the page away
/// to poll and come back.
async fn own_order(app: &App, id: &OrderId, openid: &OpenId) -> Result<OrderRecord, Ended> {
    match app.store.order(id).await {
        Ok(Some(record)) if record.order.openid == *openid => Ok(record),
        Ok(_) => Err(close::NOT_FOUND),
        Err(_) => Err(close::GOING_AWAY),
    }
}

enum Next {
    Change,
    Quiet,
    Left,
    Stopping,
}

async fn next(socket: &mut WebSocket, subscription: &mut Subscription) -> Next {
    let quiet = tokio::time::sleep(Duration::from_millis(PING_INTERVAL_MS));
    tokio::select! {
        heard = subscription.heard() => match heard {
            Heard::Change => Next::Change,
            Heard::Stopping => Next::Stopping,
        },
        () = quiet => Next::Quiet,
        () = left(socket) => Next::Left,
    }
}

/// Nothing more is expected from the page; text after the first frame counts as leaving.
async fn left(socket: &mut WebSocket) {
    while let Some(Ok(Message::Ping(_) | Message::Pong(_))) = socket.recv().await {}
}

async fn send_snapshot(
    app: &App,
    socket: &mut WebSocket,
    record: OrderRecord,
) -> Result<(), Ended> {
    let order = Box::new(single_order_view(app, record).await);
    send(
        socket,
        &ServerFrame::Snapshot {
            seq: order.seq,
            order,
        },
    )
    .await
}

async fn send(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), Ended> {
    let text = serde_json::to_string(frame).map_err(|_| close::GOING_AWAY)?;
    let sent = tokio::time::timeout(SEND_TIMEOUT, socket.send(Message::text(text))).await;
    match sent {
        Ok(Ok(())) => Ok(()),
        _ => Err(close::GOING_AWAY),
    }
}
