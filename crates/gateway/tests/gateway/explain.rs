//! The explainer names the mistake in messages of the corpus, and never tells the key.

use std::fs;
use std::path::Path;

use md5::{Digest, Md5};
use wechat_checkout_gateway::explain::{Explanation, Finding, explain};
use wechat_checkout_gateway::{ApiKey, CallError, ErrCode, Params, SignType, advice, sign, xml};

use crate::merchant::KEY;

fn key() -> ApiKey {
    ApiKey::parse(KEY).expect("a key")
}

fn of_corpus(name: &str, sign_type: SignType) -> Explanation {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/data/notifications");
    let message = fs::read(folder.join(format!("{name}.xml"))).expect(name);
    explain(
        &xml::read(&message).expect(name),
        &key(),
        "SHOP_KEY",
        sign_type,
    )
}

#[test]
fn the_mistakes_of_the_corpus_are_named() {
    let md5 =
        |name, expected| assert_eq!(of_corpus(name, SignType::Md5).finding, expected, "{name}");
    md5("ok-md5", Finding::Right);
    md5("ok-other-order", Finding::Right);
    md5("sign-missing", Finding::Missing);
    md5("sign-empty", Finding::Missing);
    md5("sign-lower-case", Finding::WrongCase);
    md5("sign-mixed-case", Finding::WrongCase);
    md5("sign-line-end-behind", Finding::Padded);
    md5("sign-without-key", Finding::KeyNotAppended);
    md5("sign-of-empty-values", Finding::EmptyValuesSigned);
    md5("sign-other-key", Finding::OtherKeyOrChanged);
    md5("changed-amount", Finding::OtherKeyOrChanged);
    let other = Finding::OtherSignType(SignType::HmacSha256);
    md5("hmac-to-md5-merchant-labelled-md5", other);
    let hmac = of_corpus("md5-to-hmac-merchant-labelled-none", SignType::HmacSha256);
    assert_eq!(hmac.finding, Finding::OtherSignType(SignType::Md5));
}

#[test]
fn mistakes_before_the_digest_are_named() {
    let message = Params::from_iter([
        ("mch_id", "10000100"),
        ("appid", "wx2421b1c4370ec43b"),
        ("attach", " 支付 测试 "),
        ("sign_type", "HMAC-SHA256"),
    ]);
    let signed_as = |change: &dyn Fn(&mut Params)| {
        let mut signed = message.clone();
        change(&mut signed);
        let signature = sign::sign(&signed, &key(), SignType::HmacSha256);
        let mut sent = message.clone();
        sent.set("sign", signature);
        explain(&sent, &key(), "SHOP_KEY", SignType::HmacSha256).finding
    };
    assert_eq!(signed_as(&|_| {}), Finding::Right);
    assert_eq!(
        signed_as(&|p| p.set("attach", "支付 测试")),
        Finding::ValuesTrimmed
    );
    assert_eq!(
        signed_as(&|p| p.set("attach", "+%E6%94%AF%E4%BB%98+%E6%B5%8B%E8%AF%95+")),
        Finding::ValuesEncoded,
    );
    assert_eq!(
        signed_as(&|p| assert!(p.remove("sign_type"))),
        Finding::SignTypeLeftOut
    );
    assert_eq!(
        signed_as(&|p| p.set("attach", "<![CDATA[ 支付 测试 ]]>")),
        Finding::OtherKeyOrChanged,
        "in CDATA is everything, or nothing"
    );
    // Signed in the order of arrival: names that sort the other way round make the same text.
    let arrival = "mch_id=10000100&appid=wx2421b1c4370ec43b";
    let unsorted = Params::from_iter([("mch_id", "10000100&appid=wx2421b1c4370ec43b")]);
    assert_eq!(sign::canonical(&unsorted), arrival);
    let mut sent = Params::from_iter([("mch_id", "10000100"), ("appid", "wx2421b1c4370ec43b")]);
    sent.set("sign", sign::sign(&unsorted, &key(), SignType::Md5));
    let explanation = explain(&sent, &key(), "SHOP_KEY", SignType::Md5);
    assert_eq!(explanation.finding, Finding::NotSorted);
}

/// A signature over bytes that are no UTF-8, over markup, and over amounts with decimals.
#[test]
fn mistakes_in_writing_values_are_named() {
    let of = |text: &[u8], message: &[(&str, &str)]| {
        let mut sent = Params::from_iter(message.iter().copied());
        let mut signed = text.to_vec();
        signed.extend_from_slice(b"&key=");
        signed.extend_from_slice(KEY.as_bytes());
        let digest = Md5::digest(&signed);
        let hex: String = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        sent.set("sign", hex);
        explain(&sent, &key(), "SHOP_KEY", SignType::Md5).finding
    };
    // 支付 in GBK.
    let gbk = b"attach=\xD6\xA7\xB8\xB6&total_fee=1990";
    let message = [("attach", "支付"), ("total_fee", "1990")];
    assert_eq!(of(gbk, &message), Finding::NotUtf8Signed);
    assert_eq!(
        of("attach=支付&total_fee=1990".as_bytes(), &message),
        Finding::Right
    );
    assert_eq!(
        of("attach=支付&total_fee=1990.0".as_bytes(), &message),
        Finding::DecimalsSigned
    );
    let cdata = "attach=<![CDATA[支付]]>&total_fee=<![CDATA[1990]]>";
    assert_eq!(of(cdata.as_bytes(), &message), Finding::MarkupSigned);
    assert_eq!(
        of(b"attach=a &amp; b", &[("attach", "a & b")]),
        Finding::MarkupSigned
    );
}

/// The sentences in which WeChat refuses, and what each has to be told apart from.
#[test]
fn refusals_are_explained_by_their_words_and_codes() {
    for (words, advice) in [
        ("签名错误", "APIv2 key"),
        ("签名失败", "APIv2 key"),
        ("mch_id参数格式错误", "8 to 10 digits"),
        ("appid参数格式错误", "wx and 16"),
        ("商户号mch_id不存在", "misspelt"),
        ("商户传入的appid参数不正确", "not the one of the order"),
        ("支付场景非法", "trade type"),
        ("该订单已支付", "is paid"),
        ("此商家的收款功能已被限制", "limits"),
        ("调用支付JSAPI缺少参数：appId", "capital I"),
        ("appid和mch_id不匹配", "not bound"),
        ("商户号mch_id与appid不匹配", "not bound"),
        ("appid和openid不匹配", "another appid"),
        ("sub_mch_id与openid不匹配", "another appid"),
        ("无效的openid", "another appid"),
        (
            "请求重入时，参数与首次请求时不一致",
            "other parameters before",
        ),
        ("商户订单号重复", "other parameters before"),
        ("time_expire时间过短，刷卡至少1分钟，其他5分钟", "UTC"),
        ("time_expire时间过短，刷卡至少1分钟，其他5分钟", "clock"),
        ("请使用商户证书", "certificate"),
        ("商户号该产品权限未开通", "switched on"),
        ("调用支付JSAPI缺少参数：total_fee", "prepay_id"),
        ("当前页面的URL未注册：https://shop.example/", "支付授权目录"),
        ("下单账号与支付账号不一致", "another openid"),
        ("支付验证签名失败", "bridge_params"),
        ("请在微信外打开订单", "outside WeChat"),
        (
            "基本账户余额不足，请充值后重新发起",
            "top the merchant account up",
        ),
    ] {
        let found = advice::of_words(words).unwrap_or("nothing");
        assert!(found.contains(advice), "{words}: {found}");
    }
    for code in ErrCode::KNOWN {
        assert!(advice::of_code(code).is_some(), "{code}");
    }
    let error = CallError::Refused {
        code: ErrCode::AppidMchIdNotMatch,
        description: String::new(),
    };
    assert!(
        error
            .advice()
            .is_some_and(|advice| advice.contains("not bound"))
    );
    let error = CallError::Refused {
        code: ErrCode::Other("NEW".to_owned()),
        description: "支付成功".to_owned(),
    };
    assert_eq!(error.advice(), None);
}

/// What is printed can be logged or mailed: neither the key nor the missing signature is in it.
#[test]
fn an_explanation_gives_nothing_away() {
    let explanation = of_corpus("sign-missing", SignType::Md5);
    let right = of_corpus("ok-md5", SignType::Md5).received.expect("signed");
    let printed = format!("{explanation} {explanation:?}");
    assert!(
        !printed.contains(KEY) && !printed.contains(&right),
        "{printed}"
    );
    assert!(
        printed.contains("&key=<SHOP_KEY>") && printed.contains(&right[..4]),
        "{printed}"
    );
}
