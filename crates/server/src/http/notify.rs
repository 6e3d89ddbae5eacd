//! `POST /wechat/v2/notify/…`: WeChat's notifications, acknowledged byte for byte.
//!
//! No session, no cookie, no redirect: WeChat has none and follows none. A refusal names one of
//! two fixed reasons, so that a forger never learns which check he failed. Only a server that
//! cannot work says so by its status, 503, for those who watch the proxy; WeChat decides on the
//! XML and repeats either.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use wechat_checkout_gateway::notification::{ACK_SUCCESS, ack_fail};
use wechat_checkout_protocol::routes::{NOTIFY_PAYMENT, NOTIFY_REFUND};

use super::trace::chain;
use crate::app::SharedApp;
use crate::flow::confirm_payment::{ConfirmPaymentError, Confirmation};
use crate::flow::take_notification::{TakeNotificationError, take_notification};
use crate::flow::take_refund_notification::{
    TakeRefundNotificationError, take_refund_notification,
};

/// Called by WeChat, not by the page.
#[utoipa::path(
    post, path = NOTIFY_PAYMENT,
    request_body(content = String, content_type = "text/xml", description = "signed XML"),
    responses(
        (status = 200, description = "SUCCESS or FAIL as XML", content_type = "text/xml"),
        (status = 503, description = "FAIL as XML: the database is away", content_type = "text/xml"),
    ),
)]
pub(super) async fn payment(State(app): State<SharedApp>, body: Bytes) -> Response {
    let (verdict, answer) = match take_notification(&app, &body).await {
        Ok(Confirmation::Done(_)) => ("confirmed", acknowledge()),
        Ok(Confirmation::DoneBefore(_)) => ("repeated", acknowledge()),
        Err(error) => refuse(&error),
    };
    metrics::counter!("notifications", "verdict" => verdict).increment(1);
    answer
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
pub(super) async fn refund(State(app): State<SharedApp>, body: Bytes) -> Response {
    match take_refund_notification(&app, &body).await {
        Ok(()) => acknowledge(),
        Err(error) => {
            tracing::warn!(
                cause = chain(&error),
                "refund notification not acknowledged"
            );
            match error {
                TakeRefundNotificationError::Store(_) => unavailable(),
                TakeRefundNotificationError::Notification(_)
                | TakeRefundNotificationError::Unknown => refused(),
            }
        }
    }
}

fn acknowledge() -> Response {
    xml(StatusCode::OK, ACK_SUCCESS.to_owned())
}

fn refused() -> Response {
    xml(StatusCode::OK, ack_fail("REFUSED"))
}

fn unavailable() -> Response {
    xml(StatusCode::SERVICE_UNAVAILABLE, ack_fail("UNAVAILABLE"))
}

fn refuse(error: &TakeNotificationError) -> (&'static str, Response) {
    let (verdict, answer) = match error {
        TakeNotificationError::Notification(_) => ("refused", refused()),
        TakeNotificationError::Confirm(
            ConfirmPaymentError::UnknownOrder | ConfirmPaymentError::Misfit(_),
        ) => ("misfit", refused()),
        TakeNotificationError::Confirm(ConfirmPaymentError::Store(_)) => {
            ("unavailable", unavailable())
        }
    };
    tracing::warn!(
        verdict,
        cause = chain(error),
        "notification not acknowledged"
    );
    (verdict, answer)
}

fn xml(status: StatusCode, body: String) -> Response {
    let mut response = (status, body).into_response();
    let _ = response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/xml; charset=utf-8"),
    );
    response
}
