//! Passes an upgraded connection (a WebSocket) through, byte for byte.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use hyper_util::rt::TokioIo;

use super::Client;
use super::forward::{self, Visit};

/// Whether the browser asks for an upgrade.
pub(super) fn is_wanted(request: &Request) -> bool {
    request.headers().contains_key(header::UPGRADE)
}

/// Asks the page's server for the same upgrade and joins the two connections.
///
/// Frames are not looked at: extensions, subprotocols, pings and close codes are between the page
/// and its server, as they are in the real app.
pub(super) async fn open(client: &Client, visit: Visit, mut request: Request) -> Response {
    let browser_side = hyper::upgrade::on(&mut request);
    let mut headers = forward::outgoing_headers(request.headers(), &visit);
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    if let Some(protocol) = request.headers().get(header::UPGRADE) {
        headers.insert(header::UPGRADE, protocol.clone());
    }
    let mut address = forward::address(&visit.page, request.uri());
    if let Some(scheme) = http_scheme(address.scheme()) {
        // Same kind of scheme, so this cannot fail; a refusal would leave the address as it is.
        let _ = address.set_scheme(scheme);
    }
    let answer = match client
        .http
        .request(request.method().clone(), address)
        .headers(headers)
        .send()
        .await
    {
        Ok(answer) => answer,
        Err(error) => return forward::unreachable_page(&visit.page, &error),
    };
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        return forward::incoming(client, &visit, false, answer);
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *response.headers_mut() = answer.headers().clone();
    let mut cuts = client.cuts.subscribe();
    tokio::spawn(async move {
        let Ok(mut server_side) = answer.upgrade().await else {
            return;
        };
        let Ok(browser_side) = browser_side.await else {
            return;
        };
        let mut browser_side = TokioIo::new(browser_side);
        tokio::select! {
            ended = tokio::io::copy_bidirectional(&mut browser_side, &mut server_side) => {
                if let Err(error) = ended {
                    tracing::trace!(%error, "socket ended");
                }
            }
            _ = cuts.changed() => {}
        }
    });
    response
}

fn http_scheme(scheme: &str) -> Option<&'static str> {
    match scheme {
        "ws" => Some("http"),
        "wss" => Some("https"),
        _ => None,
    }
}
