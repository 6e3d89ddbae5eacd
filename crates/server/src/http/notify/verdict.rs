//! What became of a notification: one word for the metric, one line for the log.
//!
//! Strangers can send what they like as often as they like, so their lines are sampled. Nothing
//! that they sent is repeated.

use std::error::Error;
use std::net::IpAddr;
use std::sync::LazyLock;

use wechat_checkout_gateway::notification::{NotificationError, Sender, likely_sender};
use wechat_checkout_gateway::{Merchant, RefundNotificationError};

use crate::flow::confirm_payment::{ConfirmPaymentError, Confirmation};
use crate::flow::take_notification::TakeNotificationError;
use crate::flow::take_refund_notification::TakeRefundNotificationError;
use crate::http::trace::chain;
use crate::log_sample::LogSample;

/// Lines about messages that anybody can send.
static OF_STRANGERS: LazyLock<LogSample> = LazyLock::new(LogSample::default);
/// Lines about probes: apart, so that neither hides the other.
static PROBES: LazyLock<LogSample> = LazyLock::new(LogSample::default);

type Cause = dyn Error + Send + Sync;

/// What a notification is about: the label `kind` of the metric `notifications`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Payment,
    Refund,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Kind::Payment => "payment",
            Kind::Refund => "refund",
        }
    }
}

/// What became of it: the label `verdict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Confirmed just now; of a refund: taken as a reason to ask.
    Confirmed,
    /// Confirmed before.
    Repeated,
    /// WeChat (or somebody) tests whether a bad message is refused. It was.
    Probe,
    /// Not signed, or not encrypted, with the key of this merchant.
    Forged,
    /// Addressed to another appid or merchant.
    OtherMerchant,
    /// Not WeChat's XML.
    Unreadable,
    /// Longer than any notification.
    TooLong,
    /// The connection broke before the message was complete.
    Broken,
    /// Not a POST.
    WrongMethod,
    /// It says that nothing happened.
    NoContent,
    /// Genuine, but without what it has to say.
    Incomplete,
    /// Genuine, about an order or a refund that is not known here.
    Unknown,
    /// Genuine, and it does not fit the order.
    Misfit,
    /// The database is away.
    Unavailable,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Verdict::Confirmed => "confirmed",
            Verdict::Repeated => "repeated",
            Verdict::Probe => "probe",
            Verdict::Forged => "forged",
            Verdict::OtherMerchant => "other_merchant",
            Verdict::Unreadable => "unreadable",
            Verdict::TooLong => "too_long",
            Verdict::Broken => "broken",
            Verdict::WrongMethod => "wrong_method",
            Verdict::NoContent => "no_content",
            Verdict::Incomplete => "incomplete",
            Verdict::Unknown => "unknown",
            Verdict::Misfit => "misfit",
            Verdict::Unavailable => "unavailable",
        }
    }

    /// What an operator is to make of it.
    const fn meaning(self) -> &'static str {
        match self {
            Verdict::Confirmed | Verdict::Repeated => "acknowledged",
            Verdict::Probe => {
                "a probe was refused, as it has to be: WeChat tests merchants like this, and it is \
                 no attack"
            }
            Verdict::Forged => {
                "not signed with this merchant's key: a forgery, or merchant.api_key is not \
                 WeChat's (was it changed in the merchant platform?)"
            }
            Verdict::OtherMerchant => {
                "for another appid or merchant: is its notify_url this server's by mistake?"
            }
            Verdict::Unreadable => "not WeChat's XML",
            Verdict::TooLong => "longer than any notification of WeChat's",
            Verdict::Broken => "the connection broke before the notification was complete",
            Verdict::WrongMethod => "WeChat sends notifications by POST",
            Verdict::NoContent => "the message says that nothing happened",
            Verdict::Incomplete => "signed by WeChat, and without a member that it always has",
            Verdict::Unknown => "about an order or a refund that is not known here",
            Verdict::Misfit => "the payment does not fit its order",
            Verdict::Unavailable => "the store is away: WeChat sends it again",
        }
    }
}

impl Verdict {
    /// Of a payment that was confirmed.
    pub(super) const fn of_confirmation(confirmation: &Confirmation) -> Verdict {
        match confirmation {
            Confirmation::Done(_) => Verdict::Confirmed,
            Confirmation::DoneBefore(_) => Verdict::Repeated,
        }
    }

    /// Of a payment that was not.
    pub(super) fn of_payment(
        error: &TakeNotificationError,
        merchant: &Merchant,
        body: &[u8],
    ) -> Verdict {
        match error {
            TakeNotificationError::Notification(error) => match error {
                NotificationError::Unreadable(_) => Verdict::of_unreadable(merchant, body),
                NotificationError::Unverified(_) => match likely_sender(merchant, body) {
                    Sender::SignatureProbe | Sender::EntityProbe => Verdict::Probe,
                    Sender::OtherMerchant => Verdict::OtherMerchant,
                    _ => Verdict::Forged,
                },
                NotificationError::CommunicationFailed | NotificationError::NotPaid => {
                    Verdict::NoContent
                }
                _ => Verdict::Incomplete,
            },
            TakeNotificationError::Confirm(error) => match error {
                ConfirmPaymentError::UnknownOrder => Verdict::Unknown,
                ConfirmPaymentError::Misfit(_) => Verdict::Misfit,
                ConfirmPaymentError::Store(_) => Verdict::Unavailable,
            },
        }
    }

    /// Of a refund notification that was not taken.
    pub(super) fn of_refund(
        error: &TakeRefundNotificationError,
        merchant: &Merchant,
        body: &[u8],
    ) -> Verdict {
        match error {
            TakeRefundNotificationError::Notification(error) => match error {
                RefundNotificationError::Unreadable(_) => Verdict::of_unreadable(merchant, body),
                RefundNotificationError::CommunicationFailed => Verdict::NoContent,
                RefundNotificationError::NotAddressed => Verdict::OtherMerchant,
                RefundNotificationError::Undecryptable
                | RefundNotificationError::InnerUnreadable(_) => Verdict::Forged,
                _ => Verdict::Incomplete,
            },
            TakeRefundNotificationError::Unknown => Verdict::Unknown,
            TakeRefundNotificationError::Store(_) => Verdict::Unavailable,
        }
    }

    /// Whether somebody without the key can cause it.
    pub(super) const fn is_refusal_of_stranger(self) -> bool {
        match self {
            Verdict::Probe
            | Verdict::Forged
            | Verdict::OtherMerchant
            | Verdict::Unreadable
            | Verdict::TooLong
            | Verdict::Broken
            | Verdict::WrongMethod
            | Verdict::NoContent => true,
            Verdict::Confirmed
            | Verdict::Repeated
            | Verdict::Incomplete
            | Verdict::Unknown
            | Verdict::Misfit
            | Verdict::Unavailable => false,
        }
    }

    fn of_unreadable(merchant: &Merchant, body: &[u8]) -> Verdict {
        match likely_sender(merchant, body) {
            Sender::EntityProbe => Verdict::Probe,
            _ => Verdict::Unreadable,
        }
    }
}

/// Counts a notification, and says in the log why one was not acknowledged.
pub(super) fn note(kind: Kind, verdict: Verdict, from: IpAddr, cause: Option<&Cause>) {
    metrics::counter!(
        "notifications", "kind" => kind.as_str(), "verdict" => verdict.as_str()
    )
    .increment(1);
    let cause = cause.map(chain);
    macro_rules! say {
        ($level:ident, $left_out:expr) => {
            tracing::$level!(
                kind = kind.as_str(),
                verdict = verdict.as_str(),
                %from,
                cause,
                left_out = $left_out,
                "notification not acknowledged: {}",
                verdict.meaning(),
            )
        };
    }
    match verdict {
        Verdict::Confirmed | Verdict::Repeated => {}
        // Only whoever has the key can cause these: all are told.
        Verdict::Incomplete if kind == Kind::Payment => say!(error, 0),
        Verdict::Incomplete | Verdict::Unknown | Verdict::Unavailable => say!(warn, 0),
        // Told once, where it was noted; WeChat repeats it for a day.
        Verdict::Misfit => say!(debug, 0),
        Verdict::Probe => {
            if let Some(left_out) = PROBES.line() {
                say!(info, left_out);
            }
        }
        Verdict::Forged
        | Verdict::OtherMerchant
        | Verdict::Unreadable
        | Verdict::TooLong
        | Verdict::Broken
        | Verdict::WrongMethod
        | Verdict::NoContent => {
            if let Some(left_out) = OF_STRANGERS.line() {
                say!(warn, left_out);
            }
        }
    }
}
