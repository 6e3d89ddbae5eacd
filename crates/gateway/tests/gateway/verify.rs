//! The signature check refuses by default and cannot be talked out of it.

use wechat_checkout_gateway::{Params, SignType, VerifyError, sign};

use crate::merchant::{self, APPID, KEY, MCH_ID, signed};

fn check(change: impl FnOnce(&mut Params), expected: VerifyError) {
    let merchant = merchant::md5();
    let mut params = signed(&merchant, &merchant::PAYMENT);
    change(&mut params);
    assert_eq!(merchant.verify_addressed(params).err(), Some(expected));
}

#[test]
fn a_message_of_ours_is_accepted_and_keeps_its_parameters() {
    for merchant in [merchant::md5(), merchant::hmac()] {
        let params = signed(&merchant, &merchant::PAYMENT);
        let verified = merchant
            .verify_addressed(params.clone())
            .expect("our own signature");
        assert_eq!(verified.into_inner(), params);
    }
}

#[test]
fn a_missing_or_empty_signature_is_a_refusal() {
    check(
        |params| assert!(params.remove("sign")),
        VerifyError::SignatureMissing,
    );
    check(
        |params| params.set("sign", ""),
        VerifyError::SignatureMissing,
    );
}

#[test]
fn only_the_exact_signature_is_accepted() {
    let lower = |params: &mut Params| {
        let sign = params
            .get("sign")
            .map(str::to_ascii_lowercase)
            .expect("signed");
        params.set("sign", sign);
    };
    check(lower, VerifyError::SignatureMismatch);
    for forged in [
        "0",
        " ",
        "C380BEC2BFD727A4B6845133519F3AD6",
        "null",
        "SUCCESS",
    ] {
        check(
            |params| params.set("sign", forged),
            VerifyError::SignatureMismatch,
        );
    }
    let padded = |params: &mut Params| {
        let sign = [params.get("sign").expect("signed"), " "].concat();
        params.set("sign", sign);
    };
    check(padded, VerifyError::SignatureMismatch);
}

#[test]
fn every_parameter_is_covered_known_or_not() {
    check(
        |params| params.set("total_fee", "1"),
        VerifyError::SignatureMismatch,
    );
    check(
        |params| params.set("new_field", "1"),
        VerifyError::SignatureMismatch,
    );
    check(
        |params| assert!(params.remove("time_end")),
        VerifyError::SignatureMismatch,
    );

    let merchant = merchant::md5();
    let with_unknown = signed(
        &merchant,
        &[("sub_openid", "o1"), ("coupon_id_0", "7"), ("未来", "x")],
    );
    assert!(merchant.verify(with_unknown).is_ok());
}

#[test]
fn the_configured_sign_type_decides_and_never_the_message() {
    let (md5, hmac) = (merchant::md5(), merchant::hmac());
    // Signed with the right key but the other digest, whatever the message calls it.
    for (configured, other, other_type) in [
        (&md5, &hmac, SignType::HmacSha256),
        (&hmac, &md5, SignType::Md5),
    ] {
        let params = signed(other, &merchant::PAYMENT);
        assert_eq!(
            configured.verify(params).err(),
            Some(VerifyError::SignatureMismatch)
        );
        let mut params = signed(other, &merchant::PAYMENT);
        params.set("sign_type", configured.sign_type().as_str());
        let key = wechat_checkout_gateway::ApiKey::parse(KEY).expect("a key");
        let signature = sign::sign(&params, &key, other_type);
        params.set("sign", signature);
        assert_eq!(
            configured.verify(params).err(),
            Some(VerifyError::SignatureMismatch)
        );
    }
    // An HMAC merchant's notification comes without sign_type at times.
    let mut params = signed(&hmac, &merchant::PAYMENT);
    params.remove("sign_type");
    let key = wechat_checkout_gateway::ApiKey::parse(KEY).expect("a key");
    let signature = sign::sign(&params, &key, SignType::HmacSha256);
    params.set("sign", signature);
    assert!(hmac.verify(params).is_ok());
}

#[test]
fn messages_for_others_are_refused_even_when_signed_with_our_key() {
    let merchant = merchant::md5();
    let other_appid = merchant::of("wx0000000000000000", MCH_ID, SignType::Md5, KEY);
    let other_mch_id = merchant::of(APPID, "10000101", SignType::Md5, KEY);
    let verify = |params| merchant.verify(params).err();
    assert_eq!(
        verify(signed(&other_appid, &[])),
        Some(VerifyError::ForeignAppid)
    );
    assert_eq!(
        verify(signed(&other_mch_id, &[])),
        Some(VerifyError::ForeignMchId)
    );
    // An empty element says nothing, and is not covered by the signature.
    assert_eq!(verify(signed(&merchant, &[("appid", "")])), None);

    let without = |name: &str| {
        let mut params = signed(&merchant, &[]);
        params.remove(name);
        merchant.sign(&mut params);
        merchant.verify_addressed(params).err()
    };
    let empty = |name: &str| {
        merchant
            .verify_addressed(signed(&merchant, &[(name, "")]))
            .err()
    };
    assert_eq!(empty("appid"), Some(VerifyError::AppidMissing));
    assert_eq!(empty("mch_id"), Some(VerifyError::MchIdMissing));
    assert_eq!(without("appid"), Some(VerifyError::AppidMissing));
    assert_eq!(without("mch_id"), Some(VerifyError::MchIdMissing));
}

#[test]
fn another_key_makes_another_signature() {
    let stranger = merchant::of(
        APPID,
        MCH_ID,
        SignType::Md5,
        "292006250b4c09247ec02edce69f6a2d",
    );
    let params = signed(&stranger, &merchant::PAYMENT);
    assert_eq!(
        merchant::md5().verify(params).err(),
        Some(VerifyError::SignatureMismatch)
    );
}

#[test]
fn nothing_that_prints_shows_the_key() {
    let merchant = merchant::md5();
    let printed = format!("{merchant:?} {:?}", merchant.verify(Params::new()));
    assert!(!printed.contains(KEY), "{printed}");
    assert!(printed.contains("redacted"), "{printed}");
}
