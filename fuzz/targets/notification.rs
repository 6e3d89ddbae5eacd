//! No message is taken for WeChat's unless it is signed; a signed one is taken, however odd.

#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use md5::{Digest, Md5};
use sha2::Sha256;
use wechat_checkout_gateway::explain::{Finding, explain};
use wechat_checkout_gateway::notification::{
    NotificationError, read_payment, read_refund, write_refund,
};
use wechat_checkout_gateway::{ApiKey, Merchant, Params, SignType, xml};

const KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// A merchant whose key has signed none of the seeds.
fn merchant(sign_type: SignType) -> Merchant {
    let key = ApiKey::parse(KEY).expect("a key");
    Merchant::new("wx2421b1c4370ec43b", "10000100", sign_type, key).expect("a merchant")
}

static MERCHANTS: LazyLock<[Merchant; 2]> =
    LazyLock::new(|| [merchant(SignType::Md5), merchant(SignType::HmacSha256)]);

fuzz_target!(|message: &[u8]| {
    let key = ApiKey::parse(KEY).expect("a key");
    for merchant in &*MERCHANTS {
        // The fuzzer watches comparisons and so learns the right signature now and then, which
        // nobody outside this process can: what it gets accepted has to be signed all the same.
        if let Ok(payment) = read_payment(merchant, message) {
            let signature = signature(&payment.params, merchant.sign_type());
            assert_eq!(payment.params.get("sign"), Some(signature.as_str()));
        }
        let _ = read_refund(merchant, message);
        let Ok(params) = xml::read(message) else {
            continue;
        };
        let _ = explain(&params, &key, "KEY", merchant.sign_type()).to_string();
        signed_is_verified(merchant, params.clone());
        encrypted_is_decrypted(merchant, &params);
    }
});

/// The signature by WeChat's description, without any code of the gateway.
fn signature(params: &Params, sign_type: SignType) -> String {
    let signed: BTreeMap<&str, &str> = params
        .iter()
        .filter(|(name, value)| *name != "sign" && !value.is_empty())
        .collect();
    let pairs = signed.iter().map(|(name, value)| format!("{name}={value}"));
    let text = [pairs.collect::<Vec<_>>().join("&"), format!("&key={KEY}")].concat();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    match sign_type {
        SignType::Md5 => hex(&Md5::digest(text.as_bytes())),
        SignType::HmacSha256 => {
            let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).expect("any key");
            mac.update(text.as_bytes());
            hex(&mac.finalize().into_bytes())
        }
    }
}

/// The same parameters, signed: what is wrong with them then is never the signature.
fn signed_is_verified(merchant: &Merchant, mut params: Params) {
    params.set("appid", merchant.appid());
    params.set("mch_id", merchant.mch_id());
    params.set("return_code", "SUCCESS");
    params.set("result_code", "SUCCESS");
    merchant.sign(&mut params);
    let key = ApiKey::parse(KEY).expect("a key");
    let finding = explain(&params, &key, "KEY", merchant.sign_type()).finding;
    assert_eq!(finding, Finding::Right);
    match read_payment(merchant, xml::write(&params).as_bytes()) {
        Ok(payment) => {
            assert_eq!(payment.params, params);
            assert!(payment.payment.total_fee.get() > 0);
        }
        Err(NotificationError::Incomplete(_)) => {}
        // Signing adds some fields to a message that may already be as long as one can be.
        Err(NotificationError::Unreadable(
            xml::XmlError::TooLong | xml::XmlError::TooManyFields,
        )) => {}
        Err(error) => panic!("a signed message was refused: {error:?}"),
    }
}

fn encrypted_is_decrypted(merchant: &Merchant, params: &Params) {
    let message = write_refund(merchant, params);
    if let Ok(refund) = read_refund(merchant, message.as_bytes()) {
        assert_eq!(&refund.params, params);
    }
}
