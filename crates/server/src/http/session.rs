//! `GET /api/session`.

use axum::Json;
use axum::extract::State;
use wechat_checkout_protocol::{SessionView, routes};

use super::buyer::MaybeBuyer;
use crate::app::SharedApp;

/// Whether there is a buyer, and his token for watch sockets.
#[utoipa::path(
    get, path = routes::SESSION,
    responses((status = 200, description = "who is buying", body = SessionView)),
)]
pub(super) async fn get_session(
    State(app): State<SharedApp>,
    MaybeBuyer(openid): MaybeBuyer,
) -> Json<SessionView> {
    let watch_token = openid
        .clone()
        .map(|openid| app.session_key.seal_watch(None, openid, app.clock.now()));
    Json(SessionView {
        is_signed_in: openid.is_some(),
        watch_token,
        shop: Some(app.shop.clone()),
    })
}
