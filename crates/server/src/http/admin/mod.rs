//! `/admin/…`: what operators do, over HTTP with a bearer token.
//!
//! Without a configured token there is no admin API: its paths look like any unknown path.

mod orders;
mod webhooks;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use wechat_checkout_protocol::ErrorCode;

use super::answer::Refused;
use crate::app::SharedApp;

pub use orders::{AskRefundBody, OrderTimeline, RefundView, ReviewedBody, TimelineEntry};

pub(super) fn router(app: &SharedApp) -> Router<SharedApp> {
    Router::new()
        .route("/admin/orders/{id}", get(orders::get_timeline))
        .route("/admin/orders/{id}/inquire", post(orders::inquire))
        .route("/admin/orders/{id}/refunds", post(orders::ask_refund))
        .route("/admin/orders/{id}/reviewed", post(orders::end_review))
        .route("/admin/webhooks", get(webhooks::list))
        .route("/admin/webhooks/{id}/redeliver", post(webhooks::redeliver))
        .layer(from_fn_with_state(SharedApp::clone(app), only_operators))
}

/// Security: compares digests, so that neither length nor content of the token shows in time.
async fn only_operators(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    let Some(token) = &app.admin_token else {
        return Refused::from(ErrorCode::NotFound).into_response();
    };
    let given = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.strip_prefix("Bearer "))
        .unwrap_or_default();
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    if bool::from(digest(token.expose_secret()).ct_eq(&digest(given))) {
        next.run(request).await
    } else {
        Refused::detailed(
            ErrorCode::SignInRequired,
            "`Authorization: Bearer` with the admin token",
        )
        .into_response()
    }
}
