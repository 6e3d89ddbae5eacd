//! The version 2 signature: sorted parameters, the key at the end, one digest in capital hex.
//!
//! Official page: <https://pay.weixin.qq.com/doc/v2/merchant/4011985891> (签名生成算法).

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{ApiKey, Params};

/// The digest of a merchant's signatures: configured, never taken from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SignType {
    /// `MD5`, what WeChat assumes when a message names none: 32 hex digits.
    #[serde(rename = "MD5")]
    Md5,
    /// `HMAC-SHA256`: 64 hex digits.
    #[serde(rename = "HMAC-SHA256")]
    HmacSha256,
}

/// The text is neither `MD5` nor `HMAC-SHA256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sign type is neither MD5 nor HMAC-SHA256")]
pub struct SignTypeError;

impl SignType {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            SignType::Md5 => "MD5",
            SignType::HmacSha256 => "HMAC-SHA256",
        }
    }
}

impl fmt::Display for SignType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SignType {
    type Err = SignTypeError;

    fn from_str(text: &str) -> Result<SignType, SignTypeError> {
        [SignType::Md5, SignType::HmacSha256]
            .into_iter()
            .find(|sign_type| sign_type.as_str() == text)
            .ok_or(SignTypeError)
    }
}

/// The text that is signed, without the key: every parameter but `sign` and the empty ones, by
/// name in byte order, as `name=value` joined with `&`.
#[must_use]
pub fn canonical(params: &Params) -> String {
    String::from_utf8(canonical_bytes(params)).expect("parameters are text")
}

/// Bytes, because cutting text checks at every cut that no character is cut.
fn canonical_bytes(params: &Params) -> Vec<u8> {
    let mut text = Vec::with_capacity(params.text_bytes() + params.len() * 2);
    for (name, value) in params.bytes_by_name() {
        if name == b"sign" || value.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push(b'&');
        }
        text.extend_from_slice(name);
        text.push(b'=');
        text.extend_from_slice(value);
    }
    text
}

/// Signs the parameters; a `sign` among them is ignored.
///
/// ```
/// use wechat_checkout_gateway::{ApiKey, Params, SignType, sign};
///
/// let params = Params::from_iter([
///     ("appid", "wxd930ea5d5a258f4f"), ("mch_id", "10000100"), ("device_info", "1000"),
///     ("body", "test"), ("nonce_str", "ibuaiVcKdpRxkhJA"),
/// ]);
/// let key = ApiKey::parse("192006250b4c09247ec02edce69f6a2d")?;
/// assert_eq!(sign::sign(&params, &key, SignType::Md5), "9A0A8659F005D6984697E2CA0A9CF3B7");
/// # Ok::<(), wechat_checkout_gateway::ApiKeyError>(())
/// ```
#[must_use]
pub fn sign(params: &Params, key: &ApiKey, sign_type: SignType) -> String {
    sign_canonical(&canonical_bytes(params), key, sign_type)
}

pub(crate) fn sign_canonical(canonical: &[u8], key: &ApiKey, sign_type: SignType) -> String {
    let parts = [canonical, b"&key=", key.expose().as_bytes()];
    match sign_type {
        SignType::Md5 => {
            let mut digest = Md5::new();
            parts.iter().for_each(|part| digest.update(part));
            crate::hex::upper(&digest.finalize())
        }
        SignType::HmacSha256 => {
            let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes())
                .expect("HMAC takes keys of every length");
            parts.iter().for_each(|part| mac.update(part));
            crate::hex::upper(&mac.finalize().into_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[derive(Deserialize)]
    struct Vector {
        name: String,
        key: String,
        params: HashMap<String, String>,
        #[serde(rename = "MD5")]
        md5: Option<String>,
        #[serde(rename = "HMAC-SHA256")]
        hmac_sha256: Option<String>,
    }

    #[test]
    fn every_published_vector_is_reproduced() {
        let data = include_str!("../tests/gateway/data/signatures.json");
        let vectors: Vec<Vector> = serde_json::from_str(data).expect("readable vectors");
        let mut compared = 0;
        for vector in vectors {
            let key = ApiKey::of_any_length(&vector.key);
            let params = Params::from_iter(&vector.params);
            for (sign_type, expected) in [
                (SignType::Md5, vector.md5),
                (SignType::HmacSha256, vector.hmac_sha256),
            ] {
                let Some(expected) = expected else { continue };
                assert_eq!(
                    sign(&params, &key, sign_type),
                    expected,
                    "{} {sign_type}",
                    vector.name
                );
                compared += 1;
            }
        }
        assert_eq!(compared, 8);
    }

    #[test]
    fn empty_values_and_the_signature_itself_are_left_out_but_blanks_and_zero_are_not() {
        let params = Params::from_iter([
            ("coupon_fee_2", "0"),
            ("coupon_fee_10", "1"),
            ("attach", ""),
            ("sign", "X"),
            ("detail", " "),
            ("Zone", "a&b=c"),
        ]);
        assert_eq!(
            canonical(&params),
            "Zone=a&b=c&coupon_fee_10=1&coupon_fee_2=0&detail= "
        );
    }
}
