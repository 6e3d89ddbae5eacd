//! The calls to WeChat, and the three ways in which one can end other than well.

mod closeorder;
mod orderquery;
mod refund;
mod refundquery;
mod request;
mod unifiedorder;

pub use closeorder::Closed;
pub(crate) use closeorder::{read as read_closed, to_params as closeorder_params};
pub use orderquery::{OrderQueryReply, QueryBy};
pub use refund::{Refund, RefundAccepted, RefundAccount};
pub use refundquery::{RefundQueryBy, RefundQueryReply, RefundRecord, RefundStatus};
pub use request::InvalidRequest;
pub use unifiedorder::{Prepay, TradeType, UnifiedOrder};

use std::time::Duration;

use crate::error_code::ErrCode;
use crate::fields::FieldError;
use crate::merchant::VerifyError;
use crate::transport::TransportError;
use crate::xml::XmlError;

/// How a call ended that did not end well.
///
/// There is no question "did it fail?" to ask of this type: an unknown outcome is not a failure,
/// and has to lead to a query or to the same call again.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// WeChat said no, verifiably.
    #[error("WeChat refused the call: {code} {description}")]
    Refused {
        /// What programs branch on.
        code: ErrCode,
        /// WeChat's sentence, Chinese, for people.
        description: String,
    },
    /// It may have been done, and it may not.
    #[error("outcome of the call is unknown")]
    OutcomeUnknown(#[from] UnknownCause),
    /// Not sent, because WeChat would refuse it.
    #[error("call was not sent")]
    Invalid(#[from] InvalidRequest),
}

/// Why the outcome of a call is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownCause {
    /// No usable answer.
    #[error("no usable answer")]
    Transport(#[from] TransportError),
    /// An answer that is not WeChat's XML; perhaps of a proxy in between.
    #[error("answer is not readable")]
    Unreadable(#[source] XmlError),
    /// `return_code` is not `SUCCESS`. Unsigned: a hint for people, no evidence.
    #[error("WeChat reports a communication failure: {message}")]
    CommunicationFailed {
        /// `return_msg`, for example `商户号mch_id与appid不匹配`.
        message: String,
    },
    /// WeChat does not accept the signature of our call: most often the API key is wrong.
    #[error("WeChat refuses the signature of our calls: {message}")]
    SignatureRefused {
        /// WeChat's words, for example `签名错误`.
        message: String,
    },
    /// Not sent: WeChat has just refused a signature of ours, and locks out whoever goes on.
    #[error("calls are paused for {} s, since WeChat refused our signature", .left.as_secs())]
    Paused {
        /// Until the next call is tried.
        left: Duration,
    },
    /// The answer is not verifiably WeChat's to us.
    #[error("answer is not verified")]
    Unverified(#[source] VerifyError),
    /// Verified, but not an answer to this call.
    #[error("answer does not say what it should")]
    Incomplete(#[from] FieldError),
    /// `SYSTEMERROR` and its relatives: WeChat does not know either.
    #[error("WeChat is not sure itself: {code} {description}")]
    Busy {
        /// What programs branch on.
        code: ErrCode,
        /// WeChat's sentence, Chinese, for people.
        description: String,
    },
}
