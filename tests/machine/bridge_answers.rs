//! Everything that WeChat clients are known to answer.

use wechat_checkout::{
    bridge::{judge, safe_words},
    checkout::FailReason,
};
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
fn the_sentence_for_people_tells_failures_apart() {
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
        (
            "今日收款超出单日收款最大金额",
            FailReason::MerchantRestricted,
        ),
        ("支付验证签名失败", FailReason::BadSignature),
        ("调用支付JSAPI缺少参数：total_fee", FailReason::BadPrepay),
        ("调用支付JSAPI缺少参数：appId", FailReason::MissingParameter),
        (
            "调用支付JSAPI缺少参数：package",
            FailReason::MissingParameter,
        ),
        ("商户传入的appid参数不正确", FailReason::WrongAppid),
        ("商户传入的APPID参数不正确", FailReason::WrongAppid),
        ("支付场景非法", FailReason::WrongScene),
        ("该订单已支付", FailReason::AlreadyPaid),
        ("该订单已支付，请勿重复支付", FailReason::AlreadyPaid),
        (
            "当前页面的url未注册:http://a.example/",
            FailReason::UrlNotRegistered,
        ),
        (
            "支付失败，银行系统繁忙，请稍后再试",
            FailReason::Unexplained,
        ),
        ("", FailReason::Unexplained),
    ] {
        check(
            "get_brand_wcpay_request:fail",
            description,
            Fail,
            Some(reason),
        );
    }
    check("get_brand_wcpay_request:ok", "该订单已失效", Ok, None);
    check(
        "get_brand_wcpay_request:cancel",
        "该订单已支付",
        Cancel,
        None,
    );
    // Some clients put the sentence behind the fixed part.
    let message = "chooseWXPay:fail, 当前页面的URL未注册：http://a.example/";
    check(message, "", Fail, Some(FailReason::UrlNotRegistered));
}

/// What WeChat's cashier says for people, and what others might put in its mouth.
#[test]
fn of_wechat_s_words_only_harmless_ones_are_shown() {
    for (said, shown) in [
        (
            "支付失败，银行系统繁忙，请稍后再试",
            Some("银行系统繁忙，请稍后再试"),
        ),
        (
            "银行系统繁忙，请稍后再试。",
            Some("银行系统繁忙，请稍后再试"),
        ),
        (" 银行卡余额不足 ", Some("银行卡余额不足")),
        (
            "超出单笔限额，请更换银行卡",
            Some("超出单笔限额，请更换银行卡"),
        ),
        ("系统繁忙，请稍后再试", Some("系统繁忙，请稍后再试")),
        // Nothing to say, or nothing for the buyer.
        ("", None),
        ("支付失败", None),
        ("支付验证签名失败", None),
        ("商户余额异常", None),
        ("bank busy", None),
        ("银行错误 ERR_1024", None),
        // Whether money moved is not the sheet's to say.
        ("银行系统繁忙，您未被扣款", None),
        ("支付成功，银行稍后通知", None),
        ("银行处理中，订单未支付", None),
        // Other people's sentences.
        ("银行系统繁忙，请转账到个人账户", None),
        ("银行系统繁忙，请联系客服", None),
        ("余额不足，请扫描下方图片", None),
        ("<b>银行系统繁忙</b>", None),
        ("银行系统繁忙：http://a.example/", None),
        ("银行系统繁忙\u{202e}", None),
        ("银行系统繁忙\n请稍后再试", None),
    ] {
        assert_eq!(safe_words(said).as_deref(), shown, "{said:?}");
    }
    assert_eq!(safe_words(&"银行系统繁忙，".repeat(6)), None, "too long");
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
