//! What browsers are told about every answer to them: what the page may load, whom it may talk to,
//! and that this site is reached over TLS only.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// A year, as usual. Other hosts of the domain are their owners' business.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The headers for a site at these origins.
pub(super) fn headers(public_origins: &[String]) -> Arc<HeaderMap> {
    let mut headers = HeaderMap::new();
    let policy = content_security_policy(public_origins);
    // Origins were parsed and are ASCII.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        let _ = headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let _ = headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let _ = headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if public_origins
        .iter()
        .any(|origin| origin.starts_with("https://"))
    {
        let _ = headers.insert(STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    Arc::new(headers)
}

/// States the headers wherever an answer does not state its own.
pub(super) async fn state(
    State(headers): State<Arc<HeaderMap>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in headers.iter() {
        let _ = response
            .headers_mut()
            .entry(name)
            .or_insert_with(|| value.clone());
    }
    response
}

/// Scripts of this origin only, and sockets to the public origins only: older browsers do not take
/// `'self'` for a socket. Inline styles are what the page's framework sets.
fn content_security_policy(public_origins: &[String]) -> String {
    let sockets: String = public_origins
        .iter()
        .filter_map(|origin| origin.strip_prefix("http"))
        .flat_map(|rest| [" ws", rest])
        .collect();
    [
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
         style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'",
        &sockets,
        "; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_go_to_the_public_origins_only_and_tls_is_demanded_where_there_is_tls() {
        let origins = ["https://shop.example.com", "http://127.0.0.1:8080"].map(str::to_owned);
        let with_tls = headers(&origins);
        let policy = with_tls[CONTENT_SECURITY_POLICY].to_str().expect("ASCII");
        let sources = "connect-src 'self' wss://shop.example.com ws://127.0.0.1:8080;";
        assert!(policy.contains(sources), "{policy}");
        assert!(with_tls.contains_key(STRICT_TRANSPORT_SECURITY));
        assert!(!headers(&origins[1..]).contains_key(STRICT_TRANSPORT_SECURITY));
    }
}
