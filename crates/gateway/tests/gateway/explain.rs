//! The explainer names the mistake in messages of the corpus, and never tells the key.

use std::fs;
use std::path::Path;

use wechat_checkout_gateway::explain::{Explanation, Finding, explain};
use wechat_checkout_gateway::{ApiKey, Params, SignType, sign, xml};

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
    // Signed in the order of arrival: names that sort the other way round make the same text.
    let arrival = "mch_id=10000100&appid=wx2421b1c4370ec43b";
    let unsorted = Params::from_iter([("mch_id", "10000100&appid=wx2421b1c4370ec43b")]);
    assert_eq!(sign::canonical(&unsorted), arrival);
    let mut sent = Params::from_iter([("mch_id", "10000100"), ("appid", "wx2421b1c4370ec43b")]);
    sent.set("sign", sign::sign(&unsorted, &key(), SignType::Md5));
    let explanation = explain(&sent, &key(), "SHOP_KEY", SignType::Md5);
    assert_eq!(explanation.finding, Finding::NotSorted);
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
