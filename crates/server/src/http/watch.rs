//! `GET /api/orders/{id}/watch`: upgrades to the watch socket.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use wechat_checkout_protocol::OrderId;

use super::request::OrderPath;
use crate::app::SharedApp;
use crate::push;

/// The longest frame a page sends: a token.
const FRAME_BYTES_MAX: usize = 2_048;

/// The read buffer is allocated per socket, and its default is 128 KiB: an idle watcher needs
/// almost nothing.
const READ_BUFFER_BYTES: usize = 1_024;

/// What waits for a page that is slow to take it: its pongs and a few snapshots. Beyond, the socket
/// ends.
const WRITE_BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Anybody may open a socket; the first frame says who it is.
#[utoipa::path(
    get, path = "/api/orders/{id}/watch", params(("id" = OrderId, Path)),
    responses((
        status = 101,
        description = "a WebSocket: the first frame is a `ClientFrame` within 5 s, then come `ServerFrame`s"
    )),
)]
pub(super) async fn watch_order(
    State(app): State<SharedApp>,
    OrderPath(id): OrderPath,
    upgrade: WebSocketUpgrade,
) -> Response {
    let place = app.hub.anteroom().await;
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .on_upgrade(move |socket| async move { push::watch_order(&app, &id, place, socket).await })
}
