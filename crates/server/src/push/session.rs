//! One watching page: token, snapshot, then each change, until one side leaves.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use wechat_checkout_protocol::watch::{WATCH_FRAME_DUE_MS, close};
use wechat_checkout_protocol::{ClientFrame, OrderId, ServerFrame};

use super::hub::{Heard, Subscription};
use super::line::Line;
use crate::app::App;
use crate::flow::view::single_order_view;
use crate::places::Place;
use crate::session::WatchGrant;
use crate::store::OrderRecord;

/// A page that cannot take a frame for this long is gone: it is dropped, not waited for.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a session ended on our side: a close code of [`close`].
type Ended = u16;

/// Serves one socket until it ends. It has a place in the anteroom until its token was seen.
pub(crate) async fn watch_order(app: &App, id: &OrderId, place: Place, mut socket: WebSocket) {
    metrics::gauge!("watch_sockets").increment(1);
    if let Err(code) = serve(app, id, place, &mut socket).await {
        let frame = CloseFrame {
            code,
            reason: Utf8Bytes::from_static(""),
        };
        let _ = tokio::time::timeout(SEND_TIMEOUT, socket.send(Message::Close(Some(frame)))).await;
    }
    metrics::gauge!("watch_sockets").decrement(1);
}

async fn serve(app: &App, id: &OrderId, place: Place, socket: &mut WebSocket) -> Result<(), Ended> {
    let grant = tokio::select! {
        grant = first_frame(app, id, socket) => grant?,
        () = place.told_to_leave() => return Err(close::TOO_MANY),
    };
    // Subscribing before reading: a change in between rings, so nothing falls between.
    let mut subscription = app
        .hub
        .subscribe(id, &grant.openid)
        .ok_or(close::TOO_MANY)?;
    drop(place);
    let record = granted_order(app, id, &grant).await?;
    let mut seq = record.order.seq;
    send_snapshot(app, socket, record).await?;
    let mut line = Line::open();
    let mut clock_moves = app.clock.moves();
    loop {
        let heard = tokio::select! {
            next = next(socket, &mut subscription, &mut line) => next,
            () = clock_moves.next() => Next::ClockMoved,
        };
        match heard {
            Next::Change => {
                let record = granted_order(app, id, &grant).await?;
                if record.order.seq > seq {
                    seq = record.order.seq;
                    send_snapshot(app, socket, record).await?;
                }
            }
            // The page counts down by the server's time, which the snapshot tells.
            Next::ClockMoved => {
                let record = granted_order(app, id, &grant).await?;
                seq = record.order.seq;
                send_snapshot(app, socket, record).await?;
            }
            Next::PingDue if is_over(app, &grant) => return Err(close::SIGN_IN_REQUIRED),
            Next::PingDue if line.may_ping() => ping(socket).await?,
            Next::PingDue | Next::Stopping => return Err(close::GOING_AWAY),
            Next::Left => return Ok(()),
        }
    }
}

/// The token, in time, or the socket ends.
async fn first_frame(app: &App, id: &OrderId, socket: &mut WebSocket) -> Result<WatchGrant, Ended> {
    let due = Duration::from_millis(WATCH_FRAME_DUE_MS);
    let frame = tokio::time::timeout(due, socket.recv())
        .await
        .map_err(|_| close::BAD_FRAME)?;
    let Some(Ok(Message::Text(text))) = frame else {
        return Err(close::BAD_FRAME);
    };
    let ClientFrame::Watch { token } = serde_json::from_str(&text).map_err(|_| close::BAD_FRAME)?;
    let grant = app
        .session_key
        .open_watch(&token, app.clock.now())
        .ok_or(close::SIGN_IN_REQUIRED)?;
    if is_over(app, &grant) {
        return Err(close::SIGN_IN_REQUIRED);
    }
    // A token for another order: as if this one did not exist.
    if grant.order != *id {
        return Err(close::NOT_FOUND);
    }
    Ok(grant)
}

/// Whether an operator has ended the sessions that the token comes from.
fn is_over(app: &App, grant: &WatchGrant) -> bool {
    app.ended_sessions.include(&grant.openid, grant.issued_at)
}

/// A foreign order looks exactly like an unknown one. A database that fails sends the page away
/// to poll and come back.
async fn granted_order(app: &App, id: &OrderId, grant: &WatchGrant) -> Result<OrderRecord, Ended> {
    match app.store.order(id).await {
        Ok(Some(record)) if record.order.openid == grant.openid => Ok(record),
        Ok(_) => Err(close::NOT_FOUND),
        Err(_) => Err(close::GOING_AWAY),
    }
}

enum Next {
    Change,
    ClockMoved,
    PingDue,
    Left,
    Stopping,
}

async fn next(socket: &mut WebSocket, subscription: &mut Subscription, line: &mut Line) -> Next {
    loop {
        tokio::select! {
            heard = subscription.heard() => return match heard {
                Heard::Change => Next::Change,
                Heard::Stopping => Next::Stopping,
            },
            () = line.ping_due() => return Next::PingDue,
            received = socket.recv() => match received {
                Some(Ok(message)) if line.takes(&message) => {}
                // Nothing more is expected from the page.
                _ => return Next::Left,
            },
        }
    }
}

/// One ping for the browser, which answers it, and one for the page, which hears only frames.
async fn ping(socket: &mut WebSocket) -> Result<(), Ended> {
    send(socket, Message::Ping(Bytes::new())).await?;
    send_frame(socket, &ServerFrame::Ping).await
}

async fn send_snapshot(
    app: &App,
    socket: &mut WebSocket,
    record: OrderRecord,
) -> Result<(), Ended> {
    let order = Box::new(single_order_view(app, record).await);
    let seq = order.seq;
    send_frame(socket, &ServerFrame::Snapshot { seq, order }).await
}

async fn send_frame(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), Ended> {
    let text = serde_json::to_string(frame).map_err(|_| close::GOING_AWAY)?;
    send(socket, Message::text(text)).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Ended> {
    match tokio::time::timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(close::GOING_AWAY),
    }
}
