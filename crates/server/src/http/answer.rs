//! From refusals to problem documents. Handlers say which; [`super::trace`] writes the body, since
//! only it knows the request id.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use wechat_checkout_protocol::ErrorCode;

use crate::flow::place_order::{PlaceOrderError, PrepayError};
use crate::flow::refresh_bridge::RefreshBridgeError;
use crate::flow::take_report::TakeReportError;
use crate::store::StoreError;
use wechat_checkout_gateway::CallError;

/// A refused request: what the page is told, and what only the log is told.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) code: ErrorCode,
    /// For developers; never a secret, never another buyer's data.
    pub(super) detail: Option<String>,
    /// For the log, with its chain.
    pub(super) cause: Option<Arc<dyn Error + Send + Sync>>,
    /// When asking again makes sense, where that is known.
    pub(super) retry_after_s: Option<u64>,
    /// Where it says more than the code's own.
    pub(super) status: Option<StatusCode>,
}

impl Refused {
    pub(super) fn detailed(code: ErrorCode, detail: impl Into<String>) -> Refused {
        Refused {
            detail: Some(detail.into()),
            ..code.into()
        }
    }

    /// A bad request whose kind HTTP has a status for.
    pub(super) fn malformed(status: StatusCode, detail: &'static str) -> Refused {
        Refused {
            status: Some(status),
            ..Refused::detailed(ErrorCode::BadRequest, detail)
        }
    }

    /// Rounded up to seconds: whoever keeps to it is let through.
    pub(super) fn too_many(wait: Duration) -> Refused {
        let seconds = wait
            .as_secs()
            .saturating_add(u64::from(wait.subsec_nanos() > 0));
        Refused {
            retry_after_s: Some(seconds),
            ..ErrorCode::TooManyRequests.into()
        }
    }

    fn caused(code: ErrorCode, cause: impl Error + Send + Sync + 'static) -> Refused {
        Refused {
            cause: Some(Arc::new(cause)),
            ..code.into()
        }
    }
}

impl From<ErrorCode> for Refused {
    fn from(code: ErrorCode) -> Refused {
        Refused {
            code,
            detail: None,
            cause: None,
            retry_after_s: None,
            status: None,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.status.unwrap_or_else(|| status(self.code));
        let mut response = status.into_response();
        let _ = response.extensions_mut().insert(self);
        response
    }
}

/// The HTTP status of each code.
fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
        ErrorCode::SignInRequired => StatusCode::UNAUTHORIZED,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::IdempotencyConflict
        | ErrorCode::SoldOut
        | ErrorCode::TooManyOpenOrders
        | ErrorCode::OrderNotPayable
        | ErrorCode::RefundRefused => StatusCode::CONFLICT,
        ErrorCode::ForeignOrigin => StatusCode::FORBIDDEN,
        ErrorCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::WechatRefused => StatusCode::BAD_GATEWAY,
        ErrorCode::WechatUnavailable | ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// One sentence for developers per code; the buyer's words are the page's.
pub(super) const fn title(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::BadRequest => "the request does not say what this call needs",
        ErrorCode::SignInRequired => "no session: navigate to /oauth/start",
        ErrorCode::NotFound => "there is nothing here",
        ErrorCode::MethodNotAllowed => "this path does not take this method",
        ErrorCode::BodyTooLarge => "the body is longer than this call allows",
        ErrorCode::UnsupportedMediaType => "the body must be application/json",
        ErrorCode::IdempotencyConflict => "the idempotency key stands for another order",
        ErrorCode::SoldOut => "not enough of this product is left",
        ErrorCode::TooManyOpenOrders => "this buyer has too many unpaid orders",
        ErrorCode::OrderNotPayable => "this order cannot be paid",
        ErrorCode::RefundRefused => "this refund does not fit the order",
        ErrorCode::ForeignOrigin => "requests from this origin are not taken",
        ErrorCode::TooManyRequests => "too many requests: wait",
        ErrorCode::WechatRefused => "WeChat refused the order",
        ErrorCode::WechatUnavailable => "WeChat gave no clear answer: asking again is safe",
        ErrorCode::Unavailable => "the server cannot work now: asking again is safe",
        _ => "a defect on our side",
    }
}

/// A panic is a defect: logged as one, answered like any other.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic over"
)]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(panic = message, "a request handler panicked");
    Refused::from(ErrorCode::Internal).into_response()
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        Refused::caused(ErrorCode::Unavailable, error)
    }
}

/// Whose fault a call to WeChat is that did not end well.
pub(super) const fn code_of(error: &CallError) -> ErrorCode {
    match error {
        CallError::Refused { .. } => ErrorCode::WechatRefused,
        CallError::OutcomeUnknown(_) => ErrorCode::WechatUnavailable,
        CallError::Invalid(_) => ErrorCode::Internal,
    }
}

impl From<PrepayError> for Refused {
    fn from(error: PrepayError) -> Refused {
        let code = match &error {
            PrepayError::Gateway(error) => code_of(error),
            PrepayError::Bridge(_) => ErrorCode::Internal,
            PrepayError::Refused(_) => ErrorCode::OrderNotPayable,
            PrepayError::Store(_) => ErrorCode::Unavailable,
        };
        Refused::caused(code, error)
    }
}

impl From<PlaceOrderError> for Refused {
    fn from(error: PlaceOrderError) -> Refused {
        match error {
            PlaceOrderError::UnknownProduct => {
                Refused::detailed(ErrorCode::NotFound, "no such product")
            }
            PlaceOrderError::Quantity => {
                Refused::detailed(ErrorCode::BadRequest, "`quantity` takes 1 to 20")
            }
            PlaceOrderError::Conflict => ErrorCode::IdempotencyConflict.into(),
            PlaceOrderError::SoldOut => ErrorCode::SoldOut.into(),
            PlaceOrderError::TooManyOpen => ErrorCode::TooManyOpenOrders.into(),
            PlaceOrderError::Prepay(error) => error.into(),
            PlaceOrderError::Store(error) => error.into(),
        }
    }
}

impl From<RefreshBridgeError> for Refused {
    fn from(error: RefreshBridgeError) -> Refused {
        match error {
            RefreshBridgeError::NotPayable => ErrorCode::OrderNotPayable.into(),
            RefreshBridgeError::Prepay(error) => error.into(),
        }
    }
}

impl From<TakeReportError> for Refused {
    fn from(error: TakeReportError) -> Refused {
        match error {
            TakeReportError::Unknown => ErrorCode::NotFound.into(),
            TakeReportError::Refused(_) => ErrorCode::OrderNotPayable.into(),
            TakeReportError::Store(error) => error.into(),
        }
    }
}
