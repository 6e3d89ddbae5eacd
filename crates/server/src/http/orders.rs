//! `POST /api/orders`, `GET /api/orders`, `GET /api/orders/{id}`.

use axum::Json;
use axum::extract::State;
use wechat_checkout_protocol::{
    ErrorCode, OpenId, OrderId, OrderListView, OrderView, PlaceOrder, Problem, routes,
};

use super::answer::Refused;
use super::buyer::Buyer;
use super::request::{ClientIp, JsonBody, OrderPath};
use crate::app::{App, SharedApp};
use crate::flow;
use crate::flow::view::{order_view, payable_view};
use crate::session::WatchGrant;
use crate::store::OrderRecord;

/// Issues an order, or returns the one of the same wish.
#[utoipa::path(
    post, path = routes::ORDERS, request_body = PlaceOrder,
    responses(
        (status = 200, description = "the order, with bridge parameters", body = OrderView),
        (status = 400, description = "unreadable or out of range", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "no session", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "unknown, or somebody else's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "see `code`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 502, description = "WeChat refused", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "asking again is safe", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn place_order(
    State(app): State<SharedApp>,
    Buyer(openid): Buyer,
    ClientIp(client_ip): ClientIp,
    JsonBody(wish): JsonBody<PlaceOrder>,
) -> Result<Json<OrderView>, Refused> {
    let order = flow::place_order::place_order(&app, &openid, client_ip, wish).await?;
    Ok(Json(watchable(&app, openid, order)))
}

/// The buyer's own orders, newest first.
#[utoipa::path(
    get, path = routes::ORDERS,
    responses(
        (status = 200, description = "the buyer's orders", body = OrderListView),
        (status = 401, description = "no session", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "asking again is safe", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_orders(
    State(app): State<SharedApp>,
    Buyer(openid): Buyer,
) -> Result<Json<OrderListView>, Refused> {
    let records = app
        .store
        .orders_of(&openid, OrderListView::ORDERS_MAX)
        .await?;
    let orders = records
        .into_iter()
        .map(|record| order_view(&app, record))
        .collect();
    Ok(Json(OrderListView { orders }))
}

/// One order, with bridge parameters while it can be paid and its session is fresh.
#[utoipa::path(
    get, path = "/api/orders/{id}", params(("id" = OrderId, Path)),
    responses(
        (status = 200, description = "the order", body = OrderView),
        (status = 401, description = "no session", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "unknown, or somebody else's", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "asking again is safe", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get_order(
    State(app): State<SharedApp>,
    Buyer(openid): Buyer,
    OrderPath(id): OrderPath,
) -> Result<Json<OrderView>, Refused> {
    let record = own_order(&app, &openid, &id).await?;
    let order = payable_view(&app, record).await.map_err(|error| {
        tracing::error!(%error, "a stored prepay_id cannot be signed");
        ErrorCode::Internal
    })?;
    Ok(Json(watchable(&app, openid, order)))
}

/// The order with a token that lets its buyer watch it.
pub(super) fn watchable(app: &App, openid: OpenId, order: OrderView) -> OrderView {
    let grant = WatchGrant {
        order: order.id.clone(),
        openid,
        issued_at: app.clock.now(),
    };
    OrderView {
        watch_token: Some(app.session_key.seal_watch(&grant)),
        ..order
    }
}

/// The order if it is the buyer's; a foreign one looks exactly like an unknown one.
pub(super) async fn own_order(
    app: &App,
    openid: &OpenId,
    id: &OrderId,
) -> Result<OrderRecord, Refused> {
    match app.store.order(id).await? {
        Some(record) if record.order.openid == *openid => Ok(record),
        _ => Err(ErrorCode::NotFound.into()),
    }
}
