//! The edge: routes, and nothing but translation between HTTP and the flows.

pub mod admin;
mod answer;
mod benefits;
mod bridge;
mod browser_rules;
mod buyer;
mod catalog;
mod cookies;
mod forwarded;
mod health;
mod limit;
mod notify;
mod oauth;
pub mod openapi;
mod orders;
mod page;
mod qr;
mod request;
mod return_path;
mod serve;
mod session;
mod trace;
mod watch;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use wechat_checkout_protocol::{ErrorCode, routes};

pub(crate) use self::serve::{Patience, serve};

use self::answer::Refused;
use self::trace::RefusalLog;
use crate::app::SharedApp;

/// The longest body of our own API.
const API_BODY_BYTES_MAX: usize = 4 * 1024;

/// The longest notification; the gateway's reader has the same limit.
const NOTIFY_BODY_BYTES_MAX: usize = 64 * 1024;

/// A request that takes longer is given up; WeChat's own deadline for notifications is 5 s.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The whole HTTP surface; tests call it without a socket.
pub fn router(app: SharedApp, page_dir: Option<&Path>) -> Router {
    let api = Router::new()
        .route(routes::CATALOG, get(catalog::get_catalog))
        .route(routes::SESSION, get(session::get_session))
        .route(routes::SIGN_OUT, post(session::end_session))
        .route(routes::BENEFITS, get(benefits::get_benefits))
        .route(routes::OPENAPI, get(openapi::get_openapi))
        .route(routes::QR, get(qr::get_qr))
        .route(
            routes::ORDERS,
            get(orders::list_orders).post(orders::place_order),
        )
        .route("/api/orders/{id}", get(orders::get_order))
        .route("/api/orders/{id}/bridge", post(bridge::refresh_bridge))
        .route("/api/orders/{id}/report", post(bridge::report))
        .route("/api/orders/{id}/watch", get(watch::watch_order))
        .layer(from_fn_with_state(
            SharedApp::clone(&app),
            limit::leave_room,
        ))
        .layer(DefaultBodyLimit::max(API_BODY_BYTES_MAX))
        .layer(from_fn_with_state(
            SharedApp::clone(&app),
            limit::refuse_too_many,
        ))
        .layer(from_fn_with_state(
            SharedApp::clone(&app),
            request::refuse_foreign_origins,
        ))
        .layer(header("cache-control", "no-store"));
    let wechat = Router::new()
        .route(routes::NOTIFY_PAYMENT, post(notify::payment))
        .route(routes::NOTIFY_REFUND, post(notify::refund))
        .layer(DefaultBodyLimit::max(NOTIFY_BODY_BYTES_MAX));
    let sign_in = Router::new()
        .route(routes::OAUTH_START, get(oauth::start))
        .route(routes::OAUTH_CALLBACK, get(oauth::callback))
        .layer(from_fn_with_state(
            SharedApp::clone(&app),
            limit::leave_room,
        ))
        .layer(from_fn_with_state(
            SharedApp::clone(&app),
            limit::refuse_too_many,
        ))
        .layer(header("cache-control", "no-store"));
    let metrics = Router::new()
        .route(routes::METRICS, get(health::metrics))
        .layer(from_fn_with_state(
            SharedApp::clone(&app),
            admin::only_operators_and_this_machine,
        ));
    let operators = admin::router(&app)
        .layer(header("cache-control", "no-store"))
        .route(routes::HEALTHZ, get(health::healthz))
        .route(routes::READYZ, get(health::readyz))
        .merge(metrics);
    let for_browsers = api
        .merge(sign_in)
        .merge(operators)
        .method_not_allowed_fallback(|| async { Refused::from(ErrorCode::MethodNotAllowed) })
        .with_state(SharedApp::clone(&app))
        .merge(page::router(page_dir))
        .layer(from_fn_with_state(
            browser_rules::headers(&app.public_origins),
            browser_rules::state,
        ));
    let for_wechat = wechat
        .method_not_allowed_fallback(notify::wrong_method)
        .with_state(app);
    for_browsers
        .merge(for_wechat)
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            REQUEST_TIMEOUT,
        ))
        .layer(CatchPanicLayer::custom(answer::panicked))
        .layer(from_fn(request::refuse_malformed))
        .layer(from_fn_with_state(
            Arc::<RefusalLog>::default(),
            trace::trace_request,
        ))
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}
