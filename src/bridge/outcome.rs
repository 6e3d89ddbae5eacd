//! Judges an answer of the bridge by WeChat's result policy.
//!
//! Clients spell the answer in many ways: `err_msg` or `errMsg`, snake case or camel case before the
//! colon, blanks or commas after it. What decides is the word after the first colon, without regard
//! to case. <https://pay.weixin.qq.com/doc/v2/merchant/4011941342>

use wechat_checkout_protocol::BridgeOutcome;

use crate::{checkout::FailReason, search};

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Selects the follow-up.
    pub outcome: BridgeOutcome,
    /// What can be told to the buyer about a failure.
    pub reason: Option<FailReason>,
}

/// Judges `err_msg` (or `errMsg`); `err_desc` only tells failures apart.
#[must_use]
pub fn judge(err_msg: &str, err_desc: &str) -> Judgement {
    let message = err_msg.trim().to_ascii_lowercase();
    let Some((call, result)) = message.split_once(':') else {
        return Judgement {
            outcome: BridgeOutcome::Unknown,
            reason: None,
        };
    };
    let result = result.trim();
    let outcome = match result {
        "ok" => BridgeOutcome::Ok,
        "cancel" => BridgeOutcome::Cancel,
        _ if call == "system" || result.starts_with("fail") => BridgeOutcome::Fail,
        _ => BridgeOutcome::Unknown,
    };
    let reason = (outcome == BridgeOutcome::Fail).then(|| explain(result, err_desc));
    Judgement { outcome, reason }
}

fn explain(result: &str, err_desc: &str) -> FailReason {
    // The fixed part first, then the sentence for people, which may change any day: it chooses words
    // and the next offer, and counts for nothing else. Some clients put it behind the fixed part. The
    // first match decides.
    const MARKS: [(&str, FailReason); 22] = [
        ("access_denied", FailReason::AccessDenied),
        ("function_not_exist", FailReason::ClientTooOld),
        ("too_frequent", FailReason::TooFrequent),
        ("offline verifying", FailReason::NotARealDevice),
        ("fail_invalid", FailReason::Misconfigured),
        ("no permission", FailReason::Misconfigured),
        ("permission denied", FailReason::Misconfigured),
        ("url未注册", FailReason::UrlNotRegistered),
        ("已支付", FailReason::AlreadyPaid),
        ("已付款", FailReason::AlreadyPaid),
        ("已失效", FailReason::OrderExpired),
        ("已过期", FailReason::OrderExpired),
        ("已关闭", FailReason::OrderExpired),
        ("total_fee", FailReason::BadPrepay),
        ("prepay", FailReason::BadPrepay),
        ("缺少参数", FailReason::MissingParameter),
        ("appid", FailReason::WrongAppid),
        ("签名", FailReason::BadSignature),
        ("场景", FailReason::WrongScene),
        ("账号不一致", FailReason::AnotherAccount),
        ("收款", FailReason::MerchantRestricted),
        ("交易权限", FailReason::MerchantRestricted),
    ];
    let said = [result, " ", &err_desc.to_ascii_lowercase()].concat();
    MARKS
        .iter()
        .find(|(mark, _)| search::contains(&said, mark))
        .map_or(FailReason::Unexplained, |(_, reason)| *reason)
}
