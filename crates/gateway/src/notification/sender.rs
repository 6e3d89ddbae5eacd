//! Who a refused notification most likely comes from: WeChat that probes, somebody else's WeChat,
//! or a stranger. For logs and counters; the answer is the same for all of them.

use subtle::ConstantTimeEq;

use crate::merchant::addressee;
use crate::{Merchant, Params, sign, xml};

/// What WeChat's signature probes begin with, in `sign` or in the header `Wechatpay-Signature`.
const SIGN_TEST: &str = "WECHATPAY/SIGNTEST/";

/// A signature with so few wrong digits was made by somebody who has the key, and spoilt: guessing
/// all others would take longer than the world is old.
const SPOILT_DIGITS_MAX: usize = 4;

/// Who a refused notification most likely comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sender {
    /// A test whether a spoilt signature is refused. Refusing it is right, and no incident.
    SignatureProbe,
    /// A test whether the XML reader fetches what an entity names. Anybody can send one.
    EntityProbe,
    /// Addressed to another appid or merchant.
    OtherMerchant,
    /// Somebody without the key; or the key here is not the merchant's.
    Stranger,
}

/// Looks at a notification that was refused as not WeChat's.
#[must_use]
pub fn likely_sender(merchant: &Merchant, body: &[u8]) -> Sender {
    let Ok(params) = xml::read(body) else {
        return if names_an_entity(body) {
            Sender::EntityProbe
        } else {
            Sender::Stranger
        };
    };
    let signature = params.get("sign").unwrap_or_default();
    let is_foreign = |name, own| addressee(&params, name).is_some_and(|given| given != own);
    if is_sign_test(signature) || is_spoilt(merchant, &params, signature) {
        Sender::SignatureProbe
    } else if is_foreign("appid", merchant.appid()) || is_foreign("mch_id", merchant.mch_id()) {
        Sender::OtherMerchant
    } else {
        Sender::Stranger
    }
}

/// Whether a signature says of itself that it is a probe's.
#[must_use]
pub fn is_sign_test(signature: &str) -> bool {
    signature.starts_with(SIGN_TEST)
}

fn names_an_entity(body: &[u8]) -> bool {
    memchr::memmem::find(body, b"<!ENTITY").is_some()
}

fn is_spoilt(merchant: &Merchant, params: &Params, signature: &str) -> bool {
    let right = sign::sign(params, merchant.key(), merchant.sign_type());
    if right.len() != signature.len() {
        return false;
    }
    let pairs = right.bytes().zip(signature.bytes());
    let wrong = pairs.filter(|(a, b)| !bool::from(a.ct_eq(b))).count();
    wrong <= SPOILT_DIGITS_MAX
}
