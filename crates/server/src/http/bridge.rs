//! `POST /api/orders/{id}/bridge` and `POST /api/orders/{id}/report`: around the pay sheet.

use axum::Json;
use axum::extract::State;
use wechat_checkout_protocol::{ErrorCode, OrderView, ReportOutcome};

use super::answer::Refused;
use super::buyer::Buyer;
use super::orders::own_order;
use super::request::{JsonBody, OrderPath};
use crate::app::SharedApp;
use crate::flow;

/// Signs the bridge parameters anew.
pub(super) async fn refresh_bridge(
    State(app): State<SharedApp>,
    Buyer(openid): Buyer,
    OrderPath(id): OrderPath,
) -> Result<Json<OrderView>, Refused> {
    let record = own_order(&app, &openid, &id).await?;
    Ok(Json(
        flow::refresh_bridge::refresh_bridge(&app, record).await?,
    ))
}

/// Takes what the bridge said.
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
