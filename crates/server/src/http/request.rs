//! Reading requests strictly: JSON bodies, path ids, origins, the buyer's address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, FailedToBufferBody, JsonRejection};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use wechat_checkout_protocol::{ErrorCode, OrderId};

use super::answer::Refused;
use super::forwarded;
use crate::app::SharedApp;

/// A JSON body; everything else gets a problem document.
#[derive(Debug)]
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(JsonBody(value)),
            Err(rejection) => Err(refuse(&rejection)),
        }
    }
}

fn refuse(rejection: &JsonRejection) -> Refused {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => ErrorCode::UnsupportedMediaType.into(),
        JsonRejection::BytesRejection(rejection) => refuse_bytes(rejection),
        other => Refused::detailed(ErrorCode::BadRequest, other.body_text()),
    }
}

fn refuse_bytes(rejection: &BytesRejection) -> Refused {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            ErrorCode::BodyTooLarge.into()
        }
        _ => Refused::malformed(
            StatusCode::REQUEST_TIMEOUT,
            "the body broke off, or did not come in time",
        ),
    }
}

/// The request once its body has come, of the length that the route takes.
pub(super) async fn with_whole_body(request: Request) -> Result<Request, Refused> {
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    match Bytes::from_request(whole, &()).await {
        Ok(body) => Ok(Request::from_parts(parts, Body::from(body))),
        Err(rejection) => Err(refuse_bytes(&rejection)),
    }
}

/// The order in the path. Text that is no order id names no order: not found, like any other.
#[derive(Debug)]
pub(super) struct OrderPath(pub(super) OrderId);

impl<S: Send + Sync> FromRequestParts<S> for OrderPath {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match Path::<OrderId>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(OrderPath(id)),
            Err(_) => Err(ErrorCode::NotFound.into()),
        }
    }
}

/// Where the buyer sits: `spbill_create_ip`.
#[derive(Debug)]
pub(super) struct ClientIp(pub(super) IpAddr);

impl FromRequestParts<SharedApp> for ClientIp {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refused> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let forwarded = app
            .is_behind_proxy
            .then(|| forwarded::client_address(&parts.headers));
        let ip = forwarded.flatten().or(peer.map(|ip| ip.to_canonical()));
        // A router called without a socket has no peer: that is a test.
        Ok(ClientIp(ip.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// Whether a request comes from this machine itself, past every proxy: from an operator's command
/// line, a health check, a collector of metrics.
pub(super) fn is_local(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback())
        && !forwarded::is_forwarded(request.headers())
}

/// The longest path and query; longer ones than ours are somebody's experiment.
const TARGET_BYTES_MAX: usize = 4 * 1024;

/// Refuses what no browser and no proxy sends.
///
/// Security: a request for nobody, or for two hosts, may be another one to the proxy in front.
pub(super) async fn refuse_malformed(request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query();
    if target.is_some_and(|target| target.as_str().len() > TARGET_BYTES_MAX) {
        return Refused::malformed(StatusCode::URI_TOO_LONG, "the path is too long")
            .into_response();
    }
    // HTTP/1.0 knows no hosts; some health checks still speak it.
    let hosts = request.headers().get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() > Version::HTTP_10) {
        return Refused::malformed(StatusCode::BAD_REQUEST, "a request needs one `Host`")
            .into_response();
    }
    next.run(request).await
}

/// Security: a browser says where a request comes from; pages of others get nothing, not even
/// over a WebSocket. Requests without an origin are no browser's cross-site requests.
pub(super) async fn refuse_foreign_origins(
    State(app): State<SharedApp>,
    request: Request,
    next: Next,
) -> Response {
    match request
        .headers()
        .get(ORIGIN)
        .map(axum::http::HeaderValue::to_str)
    {
        None => next.run(request).await,
        Some(Ok(origin)) if app.is_own_origin(origin) => next.run(request).await,
        Some(_) => Refused::from(ErrorCode::ForeignOrigin).into_response(),
    }
}
