//! `POST /wechat/v2/notify/…`: WeChat's notifications, acknowledged byte for byte.
//!
//! No session, no cookie, no redirect: WeChat has none and follows none. Whatever comes is answered
//! with the XML that WeChat reads. A refusal names one of two fixed reasons, so that a forger never
//! learns which check he failed; `verdict` tells the operator. Only a server that cannot work says
//! so by its status, 503, for those who watch the proxy; WeChat decides on the XML and repeats
//! either.

mod verdict;

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use wechat_checkout_gateway::notification::{ACK_SUCCESS, ack_fail, is_sign_test};
use wechat_checkout_protocol::routes::{NOTIFY_PAYMENT, NOTIFY_REFUND};

use self::verdict::{Kind, Verdict, note};
use super::request::ClientIp;
use crate::app::SharedApp;
use crate::flow::take_notification::take_notification;
use crate::flow::take_refund_notification::take_refund_notification;

/// What a message says of its signature, where it says it in a header.
const SIGNATURE: &str = "wechatpay-signature";

/// Called by WeChat, not by the page.
#[utoipa::path(
    post, path = NOTIFY_PAYMENT,
    request_body(content = String, content_type = "text/xml", description = "signed XML"),
    responses(
        (status = 200, description = "SUCCESS or FAIL as XML", content_type = "text/xml"),
        (status = 503, description = "FAIL as XML: the database is away", content_type = "text/xml"),
    ),
)]
pub(super) async fn payment(
    State(app): State<SharedApp>,
    ClientIp(from): ClientIp,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return without_body(Kind::Payment, &rejection, from),
    };
    match take_notification(&app, &body).await {
        Ok(confirmation) => {
            let verdict = Verdict::of_confirmation(&confirmation);
            note(Kind::Payment, verdict, from, None);
            acknowledge()
        }
        Err(error) => {
            let verdict = Verdict::of_payment(&error, &app.merchant, &body).or_probe(&headers);
            note(Kind::Payment, verdict, from, Some(&error));
            refuse(verdict)
        }
    }
}

/// Called by WeChat, not by the page. Moves no money: it makes us ask.
#[utoipa::path(
    post, path = NOTIFY_REFUND,
    request_body(content = String, content_type = "text/xml", description = "encrypted XML"),
    responses(
        (status = 200, description = "SUCCESS or FAIL as XML", content_type = "text/xml"),
        (status = 503, description = "FAIL as XML: the database is away", content_type = "text/xml"),
    ),
)]
pub(super) async fn refund(
    State(app): State<SharedApp>,
    ClientIp(from): ClientIp,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return without_body(Kind::Refund, &rejection, from),
    };
    match take_refund_notification(&app, &body).await {
        Ok(()) => {
            note(Kind::Refund, Verdict::Confirmed, from, None);
            acknowledge()
        }
        Err(error) => {
            let verdict = Verdict::of_refund(&error, &app.merchant, &body).or_probe(&headers);
            note(Kind::Refund, verdict, from, Some(&error));
            refuse(verdict)
        }
    }
}

/// Another method than POST.
pub(super) async fn wrong_method(ClientIp(from): ClientIp, uri: Uri) -> Response {
    let kind = match uri.path() {
        NOTIFY_REFUND => Kind::Refund,
        _ => Kind::Payment,
    };
    note(kind, Verdict::WrongMethod, from, None);
    fail(StatusCode::METHOD_NOT_ALLOWED, "REFUSED")
}

impl Verdict {
    /// A refused message whose header says of its signature that it is a probe's.
    fn or_probe(self, headers: &HeaderMap) -> Verdict {
        let signature = headers.get(SIGNATURE).map(HeaderValue::to_str);
        match signature {
            Some(Ok(text)) if self.is_refusal_of_stranger() && is_sign_test(text) => Verdict::Probe,
            _ => self,
        }
    }
}

fn without_body(kind: Kind, rejection: &BytesRejection, from: IpAddr) -> Response {
    let verdict = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Verdict::TooLong,
        _ => Verdict::Broken,
    };
    note(kind, verdict, from, None);
    refuse(verdict)
}

fn acknowledge() -> Response {
    xml(StatusCode::OK, ACK_SUCCESS.to_owned())
}

fn refuse(verdict: Verdict) -> Response {
    match verdict {
        Verdict::Unavailable => fail(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"),
        _ => fail(StatusCode::OK, "REFUSED"),
    }
}

fn fail(status: StatusCode, reason: &'static str) -> Response {
    xml(status, ack_fail(reason))
}

fn xml(status: StatusCode, body: String) -> Response {
    let mut response = (status, body).into_response();
    let _ = response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/xml; charset=utf-8"),
    );
    response
}
