//! The merchant certificate (商户API证书) of the calls that demand one: that it is there, and whose it is.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::answer::Refusal;
use super::call::Call;
use crate::listener::Connection;

/// What the web server in front of the gateway answers to a call without the certificate: no XML,
/// and no 200.
pub(super) fn missing() -> Response {
    let title = "400 No required SSL certificate was sent";
    let page =
        format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>");
    (StatusCode::BAD_REQUEST, Html(page)).into_response()
}

/// Refuses the certificate of another merchant. One without a merchant number in its subject, such
/// as one made for a test in a minute, proves nothing and passes.
pub(super) fn check(connection: &Connection, call: &Call<'_>) -> Result<(), Refusal> {
    match connection {
        Connection::Authenticated {
            mch_id: Some(mch_id),
        } if mch_id != call.account.mch_id() => {
            Err(Refusal::business("CERT_ERROR", "证书校验错误"))
        }
        Connection::Authenticated { .. } | Connection::Encrypted | Connection::Plain => Ok(()),
    }
}
