//! Everything that WeChat clients are known to answer.

use wechat_checkout::{bridge::judge, checkout::FailReason};
use wechat_checkout_protocol::BridgeOutcome::{self, Cancel, Fail, Ok, Unknown};

fn check(message: &str, description: &str, outcome: BridgeOutcome, reason: Option<FailReason>) {
    let judgement = judge(message, description);
    assert_eq!(judgement.outcome, outcome, "{message:?}");
    assert_eq!(judgement.reason, reason, "{message:?} {description:?}");
}

#[test]
fn ok_and_cancel_come_in_several_spellings() {
    for message in [
        "get_brand_wcpay_request:ok",
        "chooseWXPay:ok",
        "getBrandWCPayRequest:ok",
        "GET_BRAND_WCPAY_REQUEST:OK",
        " get_brand_wcpay_request: ok ",
    ] {
        check(message, "", Ok, None);
    }
    check("get_brand_wcpay_request:cancel", "", Cancel, None);
    check("chooseWXPay:cancel", "", Cancel, None);
}

#[test]
fn failures_are_explained_by_their_fixed_part() {
    for (message, reason) in [
        (
            "get_brand_wcpay_request:fail_invalid_data",
            FailReason::Misconfigured,
        ),
        (
            "get_brand_wcpay_request:fail_invalid appid",
            FailReason::Misconfigured,
        ),
        (
            "get_brand_wcpay_request:fail_invalid signature",
            FailReason::Misconfigured,
        ),
        (
            "get_brand_wcpay_request:fail no permission",
            FailReason::Misconfigured,
        ),
        (
            "getBrandWCPayRequest:fail_no permission to execute",
            FailReason::Misconfigured,
        ),
        ("system:access_denied", FailReason::AccessDenied),
        ("system:function_not_exist", FailReason::ClientTooOld),
        ("system:too_frequent", FailReason::TooFrequent),
        (
            "chooseWXPay:fail, the permission value is offline verifying",
            FailReason::NotARealDevice,
        ),
        ("get_brand_wcpay_request:fail", FailReason::Unexplained),
    ] {
        check(message, "", Fail, Some(reason));
    }
}

#[test]
fn the_human_sentence_only_chooses_words() {
    for (description, reason) in [
        (
            "当前页面的URL未注册：http://a.example/",
            FailReason::UrlNotRegistered,
        ),
        (
            "下单账号与支付账号不一致，请核实后再支付",
            FailReason::AnotherAccount,
        ),
        ("该订单已失效", FailReason::OrderExpired),
        ("支付请求已失效，请重新发起支付", FailReason::OrderExpired),
        ("商家暂时没有此类交易权限", FailReason::MerchantRestricted),
        ("此商家的收款功能已被限制", FailReason::MerchantRestricted),
        ("支付验证签名失败", FailReason::Unexplained),
    ] {
        check(
            "get_brand_wcpay_request:fail",
            description,
            Fail,
            Some(reason),
        );
        assert!(!reason.excludes_payment(), "a sentence is not evidence");
    }
    check("get_brand_wcpay_request:ok", "该订单已失效", Ok, None);
}

#[test]
fn what_nobody_documented_is_unknown() {
    for message in [
        "",
        "ok",
        "get_brand_wcpay_request",
        "get_brand_wcpay_request:",
        "x:okay",
        "x:yes",
    ] {
        check(message, "", Unknown, None);
    }
}
