//! `GET /healthz`, `/readyz`, `/metrics`: for operators.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use wechat_checkout_protocol::{Problem, routes};

use super::answer::Refused;
use crate::app::SharedApp;
use crate::telemetry;

/// The process lives.
#[utoipa::path(get, path = routes::HEALTHZ, responses((status = 200, description = "it lives")))]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The process can serve: a commit works. The result is shared for a second.
#[utoipa::path(
    get, path = routes::READYZ,
    responses(
        (status = 200, description = "it can serve"),
        (status = 503, description = "asking again is safe", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn readyz(State(app): State<SharedApp>) -> Result<&'static str, Refused> {
    app.readiness.check(&app.store).await?;
    Ok("ready\n")
}

/// Prometheus text, for operators: on this machine itself, or with the admin token.
#[utoipa::path(
    get, path = routes::METRICS,
    responses(
        (status = 200, description = "Prometheus text"),
        (status = 204, description = "nobody collects metrics in this process"),
        (status = 401, description = "not from this machine, and without the admin token", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "not from this machine, and there is no admin token", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn metrics() -> Response {
    match telemetry::render_metrics() {
        Some(text) => text.into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}
