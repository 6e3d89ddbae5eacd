//! `GET /api/openapi.json`: the calls between page and server, for people and tools.

use std::sync::OnceLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use bytes::Bytes;
use utoipa::openapi::{Content, HeaderBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};

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
        session::end_session,
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
    )),
    modifiers(&Limited)
)]
pub struct Document;

/// Every call of buyers can be refused for coming too often; a layer does that, not the handlers.
struct Limited;

impl Modify for Limited {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        let refused = ResponseBuilder::new()
            .description("too many requests")
            .header(
                "retry-after",
                HeaderBuilder::new()
                    .description(Some("seconds to wait"))
                    .build(),
            )
            .content("application/problem+json", problem)
            .build();
        let of_buyers = |path: &str| path.starts_with("/api/") || path.starts_with("/oauth/");
        let items = document.paths.paths.iter_mut();
        for (_, item) in items.filter(|(path, _)| of_buyers(path)) {
            for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
                let responses = &mut operation.responses.responses;
                let _ = responses.insert("429".to_owned(), RefOr::T(refused.clone()));
            }
        }
    }
}

/// Written once: it is long, and strangers may ask for it as often as they like.
pub(super) async fn get_openapi() -> impl IntoResponse {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| {
        let written = serde_json::to_vec(&Document::openapi());
        written
            .expect("the document is plain maps and texts")
            .into()
    });
    ([(CONTENT_TYPE, "application/json")], document.clone())
}
