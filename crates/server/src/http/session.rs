//! `GET /api/session`.

use axum::Json;
use axum::extract::State;
use wechat_checkout_protocol::{SessionView, routes};

use super::buyer::MaybeBuyer;
use crate::app::SharedApp;
use crate::session::{Purpose, WATCH_TOKEN_MS};

/// Whether there is a buyer, and his token for watch sockets.
#[utoipa::path(
    get, path = routes::SESSION,
    responses((status = 200, description = "who is buying", body = SessionView)),
)]
pub(super) async fn get_session(
    State(app): State<SharedApp>,
    MaybeBuyer(openid): MaybeBuyer,
) -> Json<SessionView> {
    let watch_token = openid.as_ref().map(|openid| {
        let ends_at = app.clock.now().plus_ms(WATCH_TOKEN_MS);
        app.session_key.seal(Purpose::Watch, openid, ends_at)
    });
    Json(SessionView {
        is_signed_in: openid.is_some(),
        watch_token,
        shop: Some(app.shop.clone()),
    })
}
