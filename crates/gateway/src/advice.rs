//! What a refusal most likely means, and what to do about it: the failures that merchants report most.
//!
//! For people who read logs. Programs branch on [`ErrCode`] and [`crate::RetryClass`], never on words.

use crate::call::{CallError, UnknownCause};
use crate::error_code::ErrCode;
use crate::merchant::VerifyError;
use crate::transport::TransportError;

/// WeChat's sentences, by a part that stays the same, with what is behind them. The first that
/// fits counts.
const WORDS: [(&str, &str); 26] = [
    (
        "签名错误",
        "The APIv2 key is not the merchant's (the APIv3 key in its place, or one that was changed \
         in the merchant platform), or a value was changed after signing: let `explain` look at \
         the message.",
    ),
    (
        "支付验证签名失败",
        "The sheet's paySign is not over the five bridge parameters in the order's sign type: use \
         bridge_params, and never the sign of the unifiedorder answer.",
    ),
    (
        "缺少参数",
        "In the pay sheet: the prepay_id is empty, older than two hours or another appid's (it is \
         not about total_fee). In a call: the named field is missing.",
    ),
    (
        "URL未注册",
        "The page's folder is not among the 支付授权目录 of the merchant platform; on iOS the \
         address of the last full page load counts.",
    ),
    (
        "支付账号不一致",
        "The order was made for another openid, for example behind a shared link: make one for \
         the buyer who pays.",
    ),
    (
        "openid与appid不匹配",
        "The openid belongs to another appid: ask OAuth of the appid that is paid to.",
    ),
    (
        "openid不匹配",
        "The openid belongs to another appid: ask OAuth of the appid that is paid to.",
    ),
    (
        "无效的openid",
        "The openid belongs to another appid, or is cut off: ask OAuth of the appid that is paid to.",
    ),
    (
        // Also 商户号mch_id与appid不匹配: the words come in either order.
        "appid不匹配",
        "The appid is not bound to the merchant number: bind it in the merchant platform under \
         产品中心 → AppID账号管理, which takes some minutes.",
    ),
    (
        "mch_id不匹配",
        "The appid is not bound to the merchant number: bind it in the merchant platform under \
         产品中心 → AppID账号管理, which takes some minutes.",
    ),
    (
        "重入",
        "The same out_trade_no came with other parameters before (amount, body, time_expire …): \
         repeat the first ones exactly, or close the order and take a new number.",
    ),
    (
        "订单号重复",
        "The same out_trade_no came with other parameters before, or is used up: query it.",
    ),
    (
        "时间过短",
        "time_expire is less than a minute ahead, most often because it was written in UTC: use \
         beijing::format.",
    ),
    (
        "time_expire",
        "time_expire must be yyyyMMddHHmmss in Beijing time, and the same in every repeat.",
    ),
    (
        "证书",
        "The merchant certificate is missing, expired or another merchant's: \
         ClientCertificate::check tells which.",
    ),
    (
        "产品权限未开通",
        "The product (JSAPI, Native, H5, App) is not switched on for the merchant: 产品中心 → 我的产品.",
    ),
    (
        "权限",
        "The merchant may not use this call: look in the merchant platform under 产品中心.",
    ),
    (
        "请在微信外打开",
        "H5 payment (MWEB) is for browsers outside WeChat: inside it, place a JSAPI order.",
    ),
    (
        "支付场景非法",
        "A prepay_id opens the sheet of its own trade type only: place an order of the right one.",
    ),
    (
        "订单已失效",
        "The prepay_id is older than two hours, or time_expire has passed: order again with the \
         same parameters, or close and take a new number.",
    ),
    (
        "余额不足",
        "Of an order: the buyer picks another card. Of a refund: top the merchant account up, and \
         send the same out_refund_no again.",
    ),
    (
        "频率",
        "Too many calls, or too many wrong ones (six a second): wait a minute.",
    ),
    (
        "系统繁忙",
        "WeChat's own trouble, or a value that is the word null or has blanks at its ends: query, \
         then repeat with the same number.",
    ),
    (
        "XML",
        "The message is not one flat level of XML in UTF-8 under <xml>.",
    ),
    ("编码", "The message is not UTF-8."),
    (
        "total_fee",
        "Amounts are whole fen without a decimal point, at least 1.",
    ),
];

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
    let mut known = WORDS.iter();
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
        ErrCode::SignError => {
            "The APIv2 key is not the merchant's (the APIv3 key in its place, or one that was \
             changed in the merchant platform), or a value was changed after signing."
        }
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
        ErrCode::AppidMchIdNotMatch => {
            "The appid is not bound to the merchant number: bind it in the merchant platform under \
             产品中心 → AppID账号管理, which takes some minutes."
        }
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
}

fn of_cause(cause: &UnknownCause) -> Option<&'static str> {
    match cause {
        UnknownCause::CommunicationFailed { message } => of_words(message),
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
