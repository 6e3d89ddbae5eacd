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

/// Judges `err_msg` (or `errMsg`); `err_desc` only helps to choose words.
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
    // The fixed part first: these mean that no sheet opened.
    const FIXED: [(&str, FailReason); 7] = [
        ("access_denied", FailReason::AccessDenied),
        ("function_not_exist", FailReason::ClientTooOld),
        ("too_frequent", FailReason::TooFrequent),
        ("offline verifying", FailReason::NotARealDevice),
        ("fail_invalid", FailReason::Misconfigured),
        ("no permission", FailReason::Misconfigured),
        ("permission denied", FailReason::Misconfigured),
    ];
    // Then the sentence for humans: it may change any day, so it chooses words and nothing else.
    const SENTENCES: [(&str, FailReason); 5] = [
        ("URL未注册", FailReason::UrlNotRegistered),
        ("不一致", FailReason::AnotherAccount),
        ("已失效", FailReason::OrderExpired),
        ("收款", FailReason::MerchantRestricted),
        ("交易权限", FailReason::MerchantRestricted),
    ];
    let fixed = FIXED
        .iter()
        .find(|(mark, _)| search::contains(result, mark));
    let sentence = || {
        SENTENCES
            .iter()
            .find(|(mark, _)| search::contains(err_desc, mark))
    };
    fixed
        .or_else(sentence)
        .map_or(FailReason::Unexplained, |(_, reason)| *reason)
}
