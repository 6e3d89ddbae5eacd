//! What a message of WeChat's has that nobody documented: logged by name, never by value, and
//! counted. It is a message all the same: WeChat may add members whenever it likes.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::Params;

/// Members that WeChat documents for calls and notifications of an ordinary merchant, in byte
/// order and without the numbers at their ends.
const DOCUMENTED: [&str; 60] = [
    "appid",
    "attach",
    "bank_type",
    "cash_fee",
    "cash_fee_type",
    "cash_refund_fee",
    "cash_refund_fee_type",
    "code_url",
    "coupon_batch_id",
    "coupon_count",
    "coupon_fee",
    "coupon_id",
    "coupon_refund_batch_id",
    "coupon_refund_count",
    "coupon_refund_fee",
    "coupon_refund_id",
    "coupon_type",
    "device_info",
    "err_code",
    "err_code_des",
    "fee_type",
    "is_subscribe",
    "mch_id",
    "mweb_url",
    "nonce_str",
    "offset",
    "openid",
    "out_refund_no",
    "out_trade_no",
    "prepay_id",
    "promotion_detail",
    "recall",
    "refund_account",
    "refund_channel",
    "refund_count",
    "refund_fee",
    "refund_fee_type",
    "refund_id",
    "refund_recv_accout",
    "refund_request_source",
    "refund_status",
    "refund_success_time",
    "req_info",
    "result_code",
    "result_msg",
    "return_code",
    "return_msg",
    "settlement_refund_fee",
    "settlement_total_fee",
    "sign",
    "sign_type",
    "success_time",
    "time_end",
    "total_fee",
    "total_refund_count",
    "trade_state",
    "trade_state_desc",
    "trade_type",
    "transaction_id",
    "version",
];

/// Members that only a service provider's messages have: the money may be for somebody else.
const SERVICE_PROVIDER: [&str; 4] = ["sub_appid", "sub_is_subscribe", "sub_mch_id", "sub_openid"];

/// So many names are logged in the life of a process, each once; all are counted.
const NAMES_TOLD_MAX: usize = 64;

/// Longer names and words are cut in the log.
const NAME_CHARS_MAX: usize = 64;

static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Counts and logs the members that nobody documented. Call it with verified messages only:
/// strangers would fill the log.
pub fn report_members(message: &'static str, params: &Params) {
    let names = || params.iter_by_name().map(|(name, _)| name);
    if SERVICE_PROVIDER
        .iter()
        .any(|name| names().any(|n| n == *name))
    {
        let members: Vec<_> = names().filter(|n| SERVICE_PROVIDER.contains(n)).collect();
        metrics::counter!("wechat_service_provider_messages", "message" => message).increment(1);
        tracing::warn!(
            message_kind = message,
            members = members.join(" "),
            out_trade_no = params.get("out_trade_no"),
            "a message in service-provider mode: this merchant is configured as an ordinary one",
        );
    }
    for name in names().filter(|name| !is_documented(name)) {
        metrics::counter!("wechat_undocumented_members", "message" => message).increment(1);
        if is_first(&[message, " ", name].concat()) {
            let member = cut(name);
            tracing::warn!(
                message_kind = message,
                member,
                "a member that is not documented"
            );
        }
    }
}

/// Counts and logs a word that is none of the documented ones, such as a new `trade_state`.
pub fn report_word(member: &'static str, word: &str) {
    metrics::counter!("wechat_undocumented_words", "member" => member).increment(1);
    let word = cut(word);
    tracing::warn!(
        member,
        word,
        "a word that is not documented: taken as not final"
    );
}

fn is_documented(name: &str) -> bool {
    let is_known = |name: &str| DOCUMENTED.binary_search(&name).is_ok();
    is_known(name) || is_known(without_numbers(name)) || SERVICE_PROVIDER.contains(&name)
}

/// `coupon_refund_fee_0_1` is member `coupon_refund_fee` of coupon 1 of refund 0.
fn without_numbers(name: &str) -> &str {
    let mut rest = name;
    for _ in 0..2 {
        let Some((base, number)) = rest.rsplit_once('_') else {
            break;
        };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        rest = base;
    }
    rest
}

fn is_first(name: &str) -> bool {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    told.len() < NAMES_TOLD_MAX && told.insert(name.to_owned())
}

fn cut(text: &str) -> String {
    text.chars().take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_members_are_in_order_and_found_with_their_numbers() {
        assert!(DOCUMENTED.is_sorted() && SERVICE_PROVIDER.is_sorted());
        for name in [
            "total_fee",
            "coupon_id_0",
            "coupon_refund_fee_0_12",
            "sub_mch_id",
        ] {
            assert!(is_documented(name), "{name}");
        }
        for name in ["coupon_id_", "coupon_id_x", "total_fee_0_1_2", "未来", ""] {
            assert!(!is_documented(name), "{name}");
        }
    }
}
