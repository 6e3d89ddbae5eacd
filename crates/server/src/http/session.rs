//! `GET /api/session` and `POST /api/session/end`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::CookieJar;
use wechat_checkout_protocol::{SessionView, routes};

use super::buyer::MaybeBuyer;
use super::cookies;
use crate::app::SharedApp;

/// Whether there is a buyer, and whose shop it is.
#[utoipa::path(
    get, path = routes::SESSION,
    responses((status = 200, description = "who is buying", body = SessionView)),
)]
pub(super) async fn get_session(
    State(app): State<SharedApp>,
    MaybeBuyer(openid): MaybeBuyer,
) -> Json<SessionView> {
    Json(SessionView {
        is_signed_in: openid.is_some(),
        shop: Some(app.shop.clone()),
    })
}

/// Signs the buyer out on this device: takes his cookies away.
#[utoipa::path(
    post, path = routes::SIGN_OUT,
    responses((status = 204, description = "signed out, or was before")),
)]
pub(super) async fn end_session(
    State(app): State<SharedApp>,
    headers: HeaderMap,
) -> (StatusCode, CookieJar) {
    let jar = CookieJar::new()
        .add(cookies::clear(&app, &headers, cookies::SESSION))
        .add(cookies::clear(&app, &headers, cookies::SIGN_IN));
    (StatusCode::NO_CONTENT, jar)
}
