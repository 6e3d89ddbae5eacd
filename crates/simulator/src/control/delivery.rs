//! Notifications: looked at, and delivered by hand.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::view::{self, NotificationView};
use super::{ControlError, NO_NOTIFICATION};
use crate::client::Client;
use crate::courier;

#[derive(Debug, Deserialize)]
pub(super) struct OfTrade {
    out_trade_no: Option<String>,
}

pub(super) async fn list_notifications(
    State(client): State<Arc<Client>>,
    Query(query): Query<OfTrade>,
) -> Json<Vec<NotificationView>> {
    Json(view::notifications(
        &client.platform,
        query.out_trade_no.as_deref(),
    ))
}

/// Sends the next planned notification now, due or not.
pub(super) async fn deliver_next(
    State(client): State<Arc<Client>>,
) -> Result<Json<NotificationView>, ControlError> {
    let id = client
        .platform
        .take_next_delivery()
        .ok_or(NO_NOTIFICATION)?;
    courier::deliver(&client.platform, id).await;
    view::notification(&client.platform, id)
        .map(Json)
        .ok_or(NO_NOTIFICATION)
}

/// Sends one notification (again), whatever its state.
pub(super) async fn deliver(
    State(client): State<Arc<Client>>,
    Path(id): Path<u64>,
) -> Result<Json<NotificationView>, ControlError> {
    if !client.platform.take_delivery(id) {
        return Err(NO_NOTIFICATION);
    }
    courier::deliver(&client.platform, id).await;
    view::notification(&client.platform, id)
        .map(Json)
        .ok_or(NO_NOTIFICATION)
}
