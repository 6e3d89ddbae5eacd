//! Passes a request on to the page's server and its answer back, streaming in both directions.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request};
use axum::response::{Html, IntoResponse, Response};
use http_body::Frame;
use url::Url;

use super::{Client, inject};
use crate::agent::Agent;

/// Headers that concern one connection only.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Where a request goes, and as what.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) page: Url,
    /// `None`: outside WeChat, the browser's own agent stays.
    pub(super) agent: Option<Agent>,
    pub(super) peer: SocketAddr,
}

/// Forwards one request.
pub(super) async fn forward(client: &Client, visit: Visit, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let is_document = visit.agent.is_some() && wants_document(&parts);
    let mut headers = outgoing_headers(&parts.headers, &visit);
    if is_document {
        // A compressed document could not be given a bridge, and a cached one has none.
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        );
        headers.remove(header::IF_NONE_MATCH);
        headers.remove(header::IF_MODIFIED_SINCE);
    }
    let mut outgoing = client
        .http
        .request(parts.method, address(&visit.page, &parts.uri))
        .headers(headers);
    if has_body(&parts.headers) {
        outgoing = outgoing.body(reqwest::Body::wrap(StreamedBody(Mutex::new(body))));
    }
    match outgoing.send().await {
        Ok(answer) => incoming(client, &visit, is_document, answer),
        Err(error) => unreachable_page(&visit.page, &error),
    }
}

/// The page's address for a request to the client.
pub(super) fn address(page: &Url, uri: &axum::http::Uri) -> Url {
    let mut address = page.clone();
    address.set_path(uri.path());
    address.set_query(uri.query());
    address.set_fragment(None);
    address
}

/// What the page's server is to see.
///
/// The browser's `Origin` stays as it is: the buyer's browser really is at the client's address,
/// and a server that checks origins must be told about it. A server on this machine also sees the
/// browser's `Host`, so that both agree; a remote one is found by its own name.
pub(super) fn outgoing_headers(from_browser: &HeaderMap, visit: &Visit) -> HeaderMap {
    let mut headers = end_to_end(from_browser);
    let host = headers.remove(header::HOST);
    if let Some(host) = host {
        if is_local(&visit.page) {
            headers.insert(header::HOST, host.clone());
        }
        headers.insert("x-forwarded-host", host);
    }
    headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
    if let Ok(address) = HeaderValue::from_str(&visit.peer.ip().to_string()) {
        headers.insert("x-forwarded-for", address);
    }
    if let Some(agent) = visit.agent {
        headers.insert(
            header::USER_AGENT,
            HeaderValue::from_static(agent.user_agent()),
        );
        // Chromium's client hints would contradict the agent.
        for hint in ["sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"] {
            headers.remove(hint);
        }
    }
    headers
}

fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    headers
        .iter()
        .filter(|(name, _)| !HOP_BY_HOP.contains(name) && !named.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn is_local(page: &Url) -> bool {
    match page.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn wants_document(parts: &request::Parts) -> bool {
    let text = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    match text("sec-fetch-dest") {
        Some(destination) => matches!(destination, "document" | "iframe" | "frame"),
        // Not a browser, or an old one.
        None => {
            parts.method == Method::GET
                && text("accept").is_some_and(|accept| accept.contains("text/html"))
        }
    }
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING)
}

/// Turns the server's answer into the client's.
pub(super) fn incoming(
    client: &Client,
    visit: &Visit,
    is_document: bool,
    answer: reqwest::Response,
) -> Response {
    let (parts, body) = axum::http::Response::<reqwest::Body>::from(answer).into_parts();
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = parts.status;
    *response.headers_mut() = end_to_end(&parts.headers);
    let headers = response.headers_mut();
    if let Some(location) = headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok())
    {
        let rewritten = rewritten_location(&visit.page, &client.gateway, location);
        if let Some(value) = rewritten.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(header::LOCATION, value);
        }
    }
    rewrite_cookies(headers, &visit.page);
    if is_document {
        inject::into_document(response)
    } else {
        response
    }
}

/// Redirects stay inside the client: those to the page's own origin, and those to WeChat's
/// authorisation page, which the client itself plays (so that it knows the account's cookie).
fn rewritten_location(page: &Url, gateway: &Url, location: &str) -> Option<String> {
    let target: Url = location.parse().ok()?;
    let is_authorisation = target.path() == "/connect/oauth2/authorize"
        && (target.origin() == gateway.origin() || target.host_str() == Some("open.weixin.qq.com"));
    let rest = &target[url::Position::BeforePath..];
    if is_authorisation {
        // Without `#wechat_redirect`: a browser would carry it on to the page, the app does not.
        let rest = &target[url::Position::BeforePath..url::Position::AfterQuery];
        Some(format!("/__wechat{rest}"))
    } else if target.origin() == page.origin() {
        Some(rest.to_owned())
    } else {
        None
    }
}

/// A cookie for the page's own domain, or for HTTPS only, would be lost at the client's address.
fn rewrite_cookies(headers: &mut HeaderMap, page: &Url) {
    let cookies: Vec<HeaderValue> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|value| {
            let kept: Vec<&str> = value
                .to_str()
                .ok()?
                .split(';')
                .filter(|part| {
                    let name = part.trim().split('=').next().unwrap_or_default();
                    let is_secure = name.eq_ignore_ascii_case("secure") && page.scheme() == "https";
                    !name.eq_ignore_ascii_case("domain") && !is_secure
                })
                .collect();
            HeaderValue::from_str(&kept.join(";")).ok()
        })
        .collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
}

pub(super) fn unreachable_page(page: &Url, error: &reqwest::Error) -> Response {
    tracing::warn!(%page, %error, "the page's server did not answer");
    let origin = page.origin().ascii_serialization();
    let text = format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>模拟微信</title><h1>无法打开网页</h1><p>{origin}</p>\
         <p>The page's server does not answer. Is it running?</p>"
    );
    (StatusCode::BAD_GATEWAY, Html(text)).into_response()
}

/// A request body that may be shared between threads, as the HTTP client demands, although only
/// one thread at a time reads it.
struct StreamedBody(Mutex<Body>);

impl http_body::Body for StreamedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let body = self
            .get_mut()
            .0
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        Pin::new(body).poll_frame(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    #[test]
    fn redirects_to_the_page_and_to_wechat_stay_inside_the_client() {
        let (page, gateway) = (url("http://127.0.0.1:8080/"), url("http://127.0.0.1:8089/"));
        let rewritten = |location: &str| rewritten_location(&page, &gateway, location);
        assert_eq!(
            rewritten("http://127.0.0.1:8080/a?b#c").as_deref(),
            Some("/a?b#c")
        );
        assert_eq!(
            rewritten(
                "https://open.weixin.qq.com/connect/oauth2/authorize?appid=x#wechat_redirect"
            )
            .as_deref(),
            Some("/__wechat/connect/oauth2/authorize?appid=x")
        );
        assert_eq!(rewritten("/relative"), None);
        assert_eq!(rewritten("https://elsewhere.example/"), None);
    }

    #[test]
    fn headers_of_the_connection_are_not_passed_on() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONNECTION,
            HeaderValue::from_static("keep-alive, x-hop"),
        );
        headers.insert("x-hop", HeaderValue::from_static("1"));
        headers.insert(
            header::ORIGIN,
            HeaderValue::from_static("http://127.0.0.1:8088"),
        );
        let passed = end_to_end(&headers);
        assert_eq!(passed.len(), 1);
        assert_eq!(passed[header::ORIGIN], "http://127.0.0.1:8088");
    }
}
