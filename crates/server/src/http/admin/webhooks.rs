//! `/admin/webhooks`: what the merchant's own system was told, and telling it again.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use wechat_checkout_protocol::ErrorCode;

use crate::app::SharedApp;
use crate::http::answer::Refused;
use crate::store::{WebhookRecord, WebhookStatus};

/// Messages shown at a time.
const SHOWN_MAX: u32 = 200;

#[derive(Debug, Deserialize)]
pub(super) struct ListQuery {
    status: Option<WebhookStatus>,
}

/// Messages of one status, newest first; the dead ones unless another status is asked for.
pub(super) async fn list(
    State(app): State<SharedApp>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<WebhookRecord>>, Refused> {
    let status = query.status.unwrap_or(WebhookStatus::Dead);
    Ok(Json(app.store.webhooks(status, SHOWN_MAX).await?))
}

/// Sends a message again, from the first attempt on.
pub(super) async fn redeliver(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    if app.store.redeliver_webhook(&id, app.clock.now()).await? {
        app.bells.webhook.notify_one();
        Ok(StatusCode::ACCEPTED)
    } else {
        Err(ErrorCode::NotFound.into())
    }
}
