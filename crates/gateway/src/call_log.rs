//! The log lines and metrics of calls: one line for each call that did not end well, with what
//! WeChat said and what to do about it.
//!
//! Security: numbers, codes and WeChat's sentences only. Bodies hold openids and signatures, and
//! stay out of logs.

use std::time::Duration;

use crate::call::{CallError, UnknownCause};
use crate::clock_skew::ClockSkew;
use crate::error_code::{Call, RetryClass};
use crate::{Merchant, Params, advice};

/// What is known of a call whatever its outcome.
pub(crate) struct Facts<'c> {
    pub(crate) call: Call,
    pub(crate) params: &'c Params,
    pub(crate) attempts: u32,
    pub(crate) took: Duration,
    /// Where this machine's clock is wrong.
    pub(crate) skew: Option<ClockSkew>,
}

macro_rules! say {
    ($level:ident, $facts:expr, $($rest:tt)+) => {
        tracing::$level!(
            call = $facts.call.as_str(),
            out_trade_no = $facts.params.get("out_trade_no"),
            out_refund_no = $facts.params.get("out_refund_no"),
            attempts = $facts.attempts,
            duration_ms = millis($facts.took),
            $($rest)+
        )
    };
}

/// The end of a call.
pub(crate) fn ended(facts: &Facts<'_>, error: Option<&CallError>) {
    let outcome = outcome(error);
    metrics::counter!("wechat_calls", "call" => facts.call.as_str(), "outcome" => outcome)
        .increment(1);
    let advice = error.and_then(CallError::advice);
    let clock = facts.skew.map(|skew| skew.to_string());
    match error {
        None => say!(debug, facts, "WeChat answered"),
        Some(CallError::Refused { code, description }) => {
            let (code, wechat) = (code.as_str(), description.as_str());
            match class(facts.call, error) {
                RetryClass::AlreadyDone | RetryClass::Absent | RetryClass::Buyer => {
                    say!(info, facts, code, wechat, advice, "WeChat refused a call");
                }
                RetryClass::Defect => {
                    say!(
                        error,
                        facts,
                        code,
                        wechat,
                        advice,
                        clock,
                        "WeChat refused a call"
                    );
                }
                _ => say!(
                    warn,
                    facts,
                    code,
                    wechat,
                    advice,
                    clock,
                    "WeChat refused a call"
                ),
            }
        }
        // Every call of a pause ends like this: its beginning was said.
        Some(CallError::OutcomeUnknown(UnknownCause::Paused { .. })) => {
            say!(debug, facts, "calls are paused");
        }
        Some(CallError::OutcomeUnknown(cause)) => {
            let wechat = chain(cause);
            say!(
                warn,
                facts,
                wechat,
                advice,
                clock,
                "the outcome of a call is unknown"
            );
        }
        Some(CallError::Invalid(invalid)) => {
            say!(error, facts, why = %invalid, "a call was not sent, since WeChat would refuse it");
        }
    }
}

/// An attempt that is followed by another one.
pub(crate) fn repeated(
    call: Call,
    params: &Params,
    attempt: u32,
    pause: Duration,
    error: &CallError,
) {
    metrics::counter!("wechat_call_repeats", "call" => call.as_str()).increment(1);
    tracing::info!(
        call = call.as_str(),
        out_trade_no = params.get("out_trade_no"),
        out_refund_no = params.get("out_refund_no"),
        attempt,
        pause_ms = millis(pause),
        why = chain(error),
        "a call is sent again",
    );
}

/// The first of our signatures that WeChat refused.
pub(crate) fn signature_refused(merchant: &Merchant, message: &str) {
    metrics::counter!("wechat_signature_refusals").increment(1);
    metrics::gauge!("wechat_calls_paused").set(1);
    tracing::error!(
        mch_id = merchant.mch_id(),
        wechat = message,
        advice = advice::of_words("签名错误"),
        "WeChat refuses the signature of our calls: nobody can pay. Calls are paused, and one at a \
         time tries whether it is accepted again",
    );
}

/// The signatures are good again.
pub(crate) fn signature_accepted(merchant: &Merchant) {
    metrics::gauge!("wechat_calls_paused").set(0);
    tracing::info!(
        mch_id = merchant.mch_id(),
        "WeChat accepts the signature of our calls again"
    );
}

fn outcome(error: Option<&CallError>) -> &'static str {
    match error {
        None => "ok",
        Some(CallError::Refused { .. }) => "refused",
        Some(CallError::OutcomeUnknown(UnknownCause::SignatureRefused { .. })) => {
            "signature_refused"
        }
        Some(CallError::OutcomeUnknown(UnknownCause::Paused { .. })) => "paused",
        Some(CallError::OutcomeUnknown(_)) => "unknown",
        Some(CallError::Invalid(_)) => "not_sent",
    }
}

fn class(call: Call, error: Option<&CallError>) -> RetryClass {
    match error {
        Some(CallError::Refused { code, .. }) => code.class_in(call),
        _ => RetryClass::Unknown,
    }
}

/// An error and its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
