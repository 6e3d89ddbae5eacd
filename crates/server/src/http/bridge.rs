//! `POST /api/orders/{id}/bridge` and `POST /api/orders/{id}/report`: around the pay sheet.

use axum::Json;
use axum::extract::State;
use wechat_checkout_protocol::{ErrorCode, OrderId, OrderView, Problem, ReportOutcome};

use super::answer::Refused;
use super::buyer::Buyer;
use super::orders::{own_order, watchable};
use super::request::{JsonBody, OrderPath};
use crate::app::SharedApp;
use crate::flow;

/// Signs the bridge parameters anew.
#[utoipa::path(
    post, path = "/api/orders/{id}/bridge", params(("id" = OrderId, Path)),
    responses(
        (status = 200, description = "the order, with bridge parameters", body = OrderView),
        (status = 401, description = "no session", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "unknown, or somebody else's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "see `code`", body = Problem, content_type = "application/problem+json"),
        (status = 502, description = "WeChat refused", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "asking again is safe", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn refresh_bridge(
    State(app): State<SharedApp>,
    Buyer(openid): Buyer,
    OrderPath(id): OrderPath,
) -> Result<Json<OrderView>, Refused> {
    let record = own_order(&app, &openid, &id).await?;
    let order = flow::refresh_bridge::refresh_bridge(&app, record).await?;
    Ok(Json(watchable(&app, openid, order)))
}

/// Takes what the bridge said.
#[utoipa::path(
    post, path = "/api/orders/{id}/report", params(("id" = OrderId, Path)),
    request_body = ReportOutcome,
    responses(
        (status = 200, description = "the order as it is now", body = OrderView),
        (status = 400, description = "unreadable or out of range", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "no session", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "unknown, or somebody else's", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "asking again is safe", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn report(
    State(app): State<SharedApp>,
    Buyer(openid): Buyer,
    OrderPath(id): OrderPath,
    JsonBody(report): JsonBody<ReportOutcome>,
) -> Result<Json<OrderView>, Refused> {
    if report.raw.len() > ReportOutcome::RAW_BYTES_MAX {
        return Err(Refused::detailed(
            ErrorCode::BadRequest,
            "`raw` takes 1024 bytes",
        ));
    }
    let _ = own_order(&app, &openid, &id).await?;
    tracing::info!(order.id = %id, outcome = ?report.outcome, raw = report.raw, "page reported");
    Ok(Json(
        flow::take_report::take_report(&app, &id, report.outcome).await?,
    ))
}
