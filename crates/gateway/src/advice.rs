//! What a refusal most likely means, and what to do about it: the failures that merchants report most.
//!
//! For people who read logs. Programs branch on [`ErrCode`] and [`crate::RetryClass`], never on words.

mod words;

use crate::call::{CallError, UnknownCause};
use crate::clock_skew::ClockSkew;
use crate::error_code::ErrCode;
use crate::merchant::VerifyError;
use crate::transport::TransportError;

/// What is behind a sentence of WeChat's (`return_msg`, `err_code_des`, or the sheet's `err_desc`).
///
/// ```
/// use wechat_checkout_gateway::advice;
///
/// let words = "商户号mch_id与appid不匹配";
/// assert!(advice::of_words(words).is_some_and(|advice| advice.contains("not bound")));
/// assert_eq!(advice::of_words("OK"), None);
/// ```
#[must_use]
pub fn of_words(words: &str) -> Option<&'static str> {
    let mut known = words::WORDS.iter();
    let found = known.find(|(part, _)| words.contains(part))?;
    Some(found.1)
}

/// What an error code asks people to do.
#[must_use]
pub fn of_code(code: &ErrCode) -> Option<&'static str> {
    let advice = match code {
        ErrCode::SystemError | ErrCode::BizErrNeedRetry | ErrCode::BankError => {
            "Perhaps done, perhaps not: query, then repeat with the same number."
        }
        ErrCode::FrequencyLimited | ErrCode::FreqLimit | ErrCode::InvalidReqTooMuch => {
            "Too many calls, or too many wrong ones (six a second): wait a minute."
        }
        ErrCode::OrderPaid => "The order is paid: query it, then fulfil or refund.",
        ErrCode::OrderClosed => {
            "Of a close: done before. Of an order: the number is used up, take a new one."
        }
        ErrCode::OutTradeNoUsed | ErrCode::InvalidRequest => {
            "The same out_trade_no came with other parameters before, or is used up: query it."
        }
        ErrCode::NotEnough => {
            "Of an order: the buyer picks another card. Of a refund: top the merchant account up, \
             and send the same out_refund_no again."
        }
        ErrCode::OrderNotExist | ErrCode::RefundNotExist => {
            "Right after an unclear call this proves nothing: query again in some seconds. \
             Otherwise look whether the number went to another merchant or to a simulator."
        }
        ErrCode::SignError => words::SIGNATURE,
        ErrCode::XmlFormatError | ErrCode::PostDataEmpty | ErrCode::NotUtf8 => {
            "The message is not one flat level of XML in UTF-8 under <xml>."
        }
        ErrCode::RequirePostMethod => {
            "Something between here and WeChat turned the POST into a GET."
        }
        ErrCode::LackParams | ErrCode::ParamError => {
            "A field is missing or malformed: the description names it."
        }
        ErrCode::AppidNotExist => "The appid is misspelt, or of a deleted account.",
        ErrCode::MchIdNotExist => "The merchant number is misspelt.",
        ErrCode::AppidMchIdNotMatch => words::NOT_BOUND,
        ErrCode::NoAuth => "The product is not switched on for the merchant: 产品中心 → 我的产品.",
        ErrCode::CertError => {
            "The merchant certificate is missing, expired or another merchant's: \
             ClientCertificate::check tells which."
        }
        ErrCode::InvalidTransactionId => "The transaction_id is not one of this merchant's.",
        ErrCode::RefundFeeMismatch => {
            "The same out_refund_no came with other amounts before: repeat the first ones exactly."
        }
        ErrCode::OrderNotReady => "The payment is still being booked: refund it in a minute.",
        ErrCode::TradeStateError | ErrCode::Error => {
            "Query the order: its state does not allow this."
        }
        ErrCode::TradeOverdue => "Refunds end a year after the payment: pay the buyer another way.",
        ErrCode::UserAccountAbnormal => "The buyer's account is gone: pay the buyer another way.",
        ErrCode::ReverseExpire => "Reversals end after seven days: refund instead.",
        ErrCode::Other(_) => return None,
    };
    Some(advice)
}

/// What the `errcode` of a refused sign-in (OAuth) asks people to do.
#[must_use]
pub fn of_errcode(errcode: i64) -> Option<&'static str> {
    let advice = match errcode {
        -1 => "WeChat is busy: the buyer is sent through again.",
        40_029 | 40_163 | 41_008 => {
            "The code is used up, older than five minutes or cut off, as behind a shared address: \
             the buyer is sent through again."
        }
        40_001 | 40_125 | 41_004 => {
            "oauth.app_secret is not the AppSecret of this appid, or was reset: copy it from the \
             official account's platform (设置与开发 → 基本配置)."
        }
        40_013 | 41_002 => "The appid is misspelt, or not an official account's.",
        40_164 => "This machine's address is not in the official account's IP白名单.",
        45_009 | 45_011 => "Too many calls: WeChat's limit for the appid is reached.",
        48_001 | 50_001 => {
            "The account may not use 网页授权: it has to be a verified service account (服务号)."
        }
        50_002 => "The account is limited or banned: look into the official account's platform.",
        _ => return None,
    };
    Some(advice)
}

impl CallError {
    /// What most likely is behind it, and what to do, where that is known.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            CallError::Refused { code, description }
            | CallError::OutcomeUnknown(UnknownCause::Busy { code, description }) => {
                of_words(description).or_else(|| of_code(code))
            }
            CallError::OutcomeUnknown(cause) => of_cause(cause),
            // The error itself says it.
            CallError::Invalid(_) => None,
        }
    }

    /// The whole of it in a few sentences, for whoever operates the shop: what WeChat said, what to
    /// do, and that the clock is wrong where it is (see [`crate::Client::clock_skew`]).
    #[must_use]
    pub fn explained(&self, skew: Option<ClockSkew>) -> String {
        let mut text = crate::call_log::chain(self);
        let clock = skew.filter(|skew| skew.is_beyond_bound());
        let more = [
            self.advice().map(str::to_owned),
            clock.map(|skew| skew.to_string()),
        ];
        for sentence in more.into_iter().flatten() {
            text.push_str(". ");
            text.push_str(sentence.trim_end_matches('.'));
        }
        text
    }
}

fn of_cause(cause: &UnknownCause) -> Option<&'static str> {
    match cause {
        UnknownCause::CommunicationFailed { message } => of_words(message),
        UnknownCause::SignatureRefused { .. } | UnknownCause::Paused { .. } => {
            Some(words::SIGNATURE)
        }
        UnknownCause::Unverified(VerifyError::ForeignAppid | VerifyError::ForeignMchId) => Some(
            "The answer is for another appid or merchant: a proxy in between mixes answers up, or \
             the address is not WeChat's.",
        ),
        UnknownCause::Unverified(
            VerifyError::SignatureMismatch | VerifyError::SignatureMissing,
        ) => Some(
            "The answer is signed with another key or sign type than the configured ones, or a \
             proxy has changed it.",
        ),
        UnknownCause::Transport(TransportError::Unreachable(_)) => Some(
            "Name, network, or TLS: WeChat is called by its domain name, and its root certificate \
             changed in 2025 under everybody who had pinned the old one.",
        ),
        UnknownCause::Transport(TransportError::Status(400)) => Some(
            "WeChat's front server asks for the merchant certificate: missing, or not this \
             merchant's.",
        ),
        UnknownCause::Unreadable(_) => Some(
            "An HTML page or a proxy's answer: the call did not reach the gateway, or too many did.",
        ),
        UnknownCause::Transport(_)
        | UnknownCause::Unverified(_)
        | UnknownCause::Incomplete(_)
        | UnknownCause::Busy { .. } => None,
    }
}
