//! When a call is tried again: one pure table over outcome and attempt. [`crate::Client`] keeps to it.

use std::time::Duration;

use crate::bill::BillError;
use crate::call::{CallError, UnknownCause};
use crate::error_code::RetryClass;
use crate::merchant::VerifyError;
use crate::transport::TransportError;

/// After this many attempts the caller is told; their own schedule goes on.
pub const ATTEMPTS_MAX: u32 = 3;

/// First wait after an unclear outcome; doubled each time.
const AMBIGUOUS_WAIT: Duration = Duration::from_millis(500);

/// First wait after "too fast"; doubled each time.
const THROTTLED_WAIT: Duration = Duration::from_secs(60);

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Repeating the call now cannot help.
    Stop,
    /// Repeat with identical parameters, not before this time has passed.
    WaitFor(Duration),
}

/// Decides after attempt number `attempt` (the first is 1).
///
/// Every call of this crate may be repeated: an order or a refund is named by our own number, so
/// that the same number with the same parameters is the same order or refund.
///
/// | outcome | then |
/// |---|---|
/// | refused before sending | stop |
/// | refused: too fast | wait 1, 2 minutes |
/// | refused: anything else | stop |
/// | unknown: no, broken, incomplete or unverified answer, 5xx, `SYSTEMERROR` | wait 0.5, 1 s |
/// | unknown: `return_code` FAIL, signature refused, 4xx, foreign answer | stop, and query later |
#[must_use]
pub fn decide(error: &CallError, attempt: u32) -> Retry {
    let first_wait = match error {
        CallError::Invalid(_) => None,
        CallError::Refused { code, .. } => match code.class() {
            RetryClass::Ambiguous => Some(AMBIGUOUS_WAIT),
            RetryClass::Throttled => Some(THROTTLED_WAIT),
            RetryClass::AlreadyDone
            | RetryClass::DeadNumber
            | RetryClass::Buyer
            | RetryClass::MerchantFunds
            | RetryClass::Defect
            | RetryClass::Absent
            | RetryClass::Manual
            | RetryClass::Unknown => None,
        },
        CallError::OutcomeUnknown(cause) => match cause {
            UnknownCause::Transport(TransportError::Status(status)) if *status < 500 => None,
            UnknownCause::Transport(_)
            | UnknownCause::Unreadable(_)
            | UnknownCause::Unverified(
                VerifyError::SignatureMissing | VerifyError::SignatureMismatch,
            )
            | UnknownCause::Incomplete(_)
            | UnknownCause::Busy { .. } => Some(AMBIGUOUS_WAIT),
            // The same call would get the same answer.
            UnknownCause::CommunicationFailed { .. }
            | UnknownCause::SignatureRefused { .. }
            | UnknownCause::Paused { .. }
            | UnknownCause::Unverified(_) => None,
        },
    };
    after(first_wait, attempt)
}

/// Decides after attempt number `attempt` to download a bill, which changes nothing at WeChat.
///
/// | outcome | then |
/// |---|---|
/// | no or broken answer, 5xx, damaged or cut-off bill, WeChat's own trouble | wait 0.5, 1 s |
/// | no bill that day, bill not made yet, refused, not sent, 4xx | stop |
#[must_use]
pub fn decide_bill(error: &BillError, attempt: u32) -> Retry {
    let first_wait = match error {
        BillError::Transport(TransportError::Status(status)) if *status < 500 => None,
        BillError::Transport(_)
        | BillError::Busy { .. }
        | BillError::Damaged(_)
        | BillError::Format(_) => Some(AMBIGUOUS_WAIT),
        BillError::Invalid(_)
        | BillError::Empty
        | BillError::NotReady
        | BillError::Refused { .. } => None,
    };
    after(first_wait, attempt)
}

fn after(first_wait: Option<Duration>, attempt: u32) -> Retry {
    match first_wait {
        Some(wait) if attempt < ATTEMPTS_MAX => {
            Retry::WaitFor(wait * 2_u32.pow(attempt.saturating_sub(1)))
        }
        _ => Retry::Stop,
    }
}

/// Stretches a wait by up to a half, so that clients that failed together do not return together.
///
/// `random` is any random byte.
///
/// ```
/// use std::time::Duration;
/// use wechat_checkout_gateway::retry::with_jitter;
///
/// assert_eq!(with_jitter(Duration::from_millis(1000), 0), Duration::from_millis(1000));
/// assert_eq!(with_jitter(Duration::from_millis(1000), 255), Duration::from_millis(1500));
/// ```
#[must_use]
pub fn with_jitter(wait: Duration, random: u8) -> Duration {
    wait + wait * u32::from(random) / (2 * u32::from(u8::MAX))
}
