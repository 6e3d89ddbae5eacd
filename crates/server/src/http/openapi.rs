//! `GET /api/openapi.json`: the calls between page and server, for people and tools.

use std::sync::OnceLock;

use axum::Json;
use utoipa::OpenApi;

use super::{benefits, bridge, catalog, health, notify, oauth, orders, qr, session, watch};

/// Made from the handlers and the protocol's types; `docs/openapi.json` is its checked-in copy.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "wechat-checkout",
        description = "Between the checkout page and its server. Money is whole fen (分), time is \
                       Unix milliseconds, refusals are problem documents (RFC 9457)."
    ),
    paths(
        catalog::get_catalog,
        session::get_session,
        benefits::get_benefits,
        orders::place_order,
        orders::list_orders,
        orders::get_order,
        bridge::refresh_bridge,
        bridge::report,
        watch::watch_order,
        qr::get_qr,
        oauth::start,
        oauth::callback,
        notify::payment,
        notify::refund,
        health::healthz,
        health::readyz,
        health::metrics,
    ),
    components(schemas(
        wechat_checkout_protocol::ClientFrame,
        wechat_checkout_protocol::ServerFrame,
    ))
)]
pub struct Document;

pub(super) async fn get_openapi() -> Json<&'static utoipa::openapi::OpenApi> {
    static DOCUMENT: OnceLock<utoipa::openapi::OpenApi> = OnceLock::new();
    Json(DOCUMENT.get_or_init(Document::openapi))
}
