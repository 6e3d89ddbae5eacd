//! Explains a refused signature: what was signed here, what came, and the likely mistake.
//!
//! For the person who reads `签名错误` at three in the morning. The example `explain` puts it on
//! the command line.

use std::fmt;

use encoding_rs::GBK;
use md5::{Digest, Md5};
use url::form_urlencoded::byte_serialize;

use crate::sign::{canonical, sign, sign_canonical};
use crate::{ApiKey, Params, SignType};

/// What is known about the signature of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The text that is signed, with the key's name in the place of the key.
    pub canonical: String,
    /// The configured sign type.
    pub sign_type: SignType,
    /// `sign` as received.
    pub received: Option<String>,
    /// The first digits of the right signature: enough to compare. All of them would be what a
    /// forger lacks.
    pub expected_start: String,
    /// Whether the signature is right, and if not, why.
    pub finding: Finding,
}

/// Whether a signature is right, or which mistake makes it what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// Nothing is wrong with it.
    Right,
    /// There is no `sign`, or an empty one.
    Missing,
    /// Right but for the case of its letters.
    WrongCase,
    /// Right but for blanks around it.
    Padded,
    /// Made with the other sign type.
    OtherSignType(SignType),
    /// Empty values were signed too.
    EmptyValuesSigned,
    /// `sign_type` was left out.
    SignTypeLeftOut,
    /// Parameters were signed in the order of arrival.
    NotSorted,
    /// Blanks around values were cut off before signing.
    ValuesTrimmed,
    /// Values were percent-encoded before signing.
    ValuesEncoded,
    /// Values were signed with their XML markup: escaped, or inside CDATA.
    MarkupSigned,
    /// The text was signed in GBK.
    NotUtf8Signed,
    /// Amounts were signed with decimals, such as `1990.0`.
    DecimalsSigned,
    /// The key was not appended.
    KeyNotAppended,
    /// No known mistake gives this signature.
    OtherKeyOrChanged,
}

impl Finding {
    /// What to do about it, in a sentence or two.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Finding::Right => "The signature is right.",
            Finding::Missing => {
                "The message has no signature. WeChat leaves it out only with return_code FAIL; \
                 everything else without one is not WeChat's."
            }
            Finding::WrongCase => "Signatures are capital hex: convert before sending.",
            Finding::Padded => "Blanks or line ends got into sign: build the XML without them.",
            Finding::OtherSignType(SignType::Md5) => {
                "The sender signs with MD5, this side is configured for HMAC-SHA256: \
                 give both the same sign type."
            }
            Finding::OtherSignType(SignType::HmacSha256) => {
                "The sender signs with HMAC-SHA256, this side is configured for MD5: \
                 give both the same sign type."
            }
            Finding::EmptyValuesSigned => "Leave parameters without a value out when signing.",
            Finding::SignTypeLeftOut => "sign_type takes part in the signature when it is sent.",
            Finding::NotSorted => "Sort the parameters by name, byte by byte, before signing.",
            Finding::ValuesTrimmed => "Sign values exactly as they are sent, blanks included.",
            Finding::ValuesEncoded => "Sign the plain values, not their percent-encoded form.",
            Finding::MarkupSigned => {
                "Sign the plain values: without CDATA, and with & < > as they are."
            }
            Finding::NotUtf8Signed => {
                "Sign the bytes of UTF-8: the text was turned into GBK first."
            }
            Finding::DecimalsSigned => "Amounts are whole fen: sign and send 1990, not 1990.0.",
            Finding::KeyNotAppended => "End the text with &key= and the API key before the digest.",
            Finding::OtherKeyOrChanged => {
                "Most likely another key: the APIv3 key in the place of the APIv2 key, the key of \
                 another merchant, or one that was changed in the merchant platform. If the key's \
                 fingerprint is right, a value was changed between signing and sending: text that \
                 is not UTF-8, JSON that was written anew, 1990.0 for 1990."
            }
        }
    }
}

/// Compares the signature of a message with the one that it should have.
///
/// ```
/// use wechat_checkout_gateway::explain::{Finding, explain};
/// use wechat_checkout_gateway::{ApiKey, Params, SignType};
///
/// let message = Params::from_iter([
///     ("appid", "wxd930ea5d5a258f4f"), ("mch_id", "10000100"), ("device_info", "1000"),
///     ("body", "test"), ("nonce_str", "ibuaiVcKdpRxkhJA"),
///     ("sign", "9a0a8659f005d6984697e2ca0a9cf3b7"),
/// ]);
/// let key = ApiKey::parse("192006250b4c09247ec02edce69f6a2d")?;
/// let explanation = explain(&message, &key, "SHOP_KEY", SignType::Md5);
/// assert_eq!(explanation.finding, Finding::WrongCase);
/// assert!(explanation.canonical.ends_with("&nonce_str=ibuaiVcKdpRxkhJA&key=<SHOP_KEY>"));
/// # Ok::<(), wechat_checkout_gateway::ApiKeyError>(())
/// ```
#[must_use]
pub fn explain(params: &Params, key: &ApiKey, key_name: &str, sign_type: SignType) -> Explanation {
    let expected = sign(params, key, sign_type);
    let received = params.get("sign").filter(|sign| !sign.is_empty());
    Explanation {
        canonical: [&canonical(params), "&key=<", key_name, ">"].concat(),
        sign_type,
        received: received.map(str::to_owned),
        expected_start: expected[..4].to_owned(),
        finding: match received {
            None => Finding::Missing,
            Some(received) if received == expected => Finding::Right,
            Some(received) => find(params, key, sign_type, &expected, received),
        },
    }
}

fn find(
    params: &Params,
    key: &ApiKey,
    sign_type: SignType,
    expected: &str,
    received: &str,
) -> Finding {
    let trimmed = received.trim();
    if trimmed.eq_ignore_ascii_case(expected) {
        return if trimmed == received {
            Finding::WrongCase
        } else {
            Finding::Padded
        };
    }
    let other = match sign_type {
        SignType::Md5 => SignType::HmacSha256,
        SignType::HmacSha256 => SignType::Md5,
    };
    if trimmed.eq_ignore_ascii_case(&sign(params, key, other)) {
        return Finding::OtherSignType(other);
    }
    let keyless = crate::hex::upper(&Md5::digest(canonical(params).as_bytes()));
    if trimmed.eq_ignore_ascii_case(&keyless) {
        return Finding::KeyNotAppended;
    }
    let is_made_from = |text: &[u8]| {
        [sign_type, other]
            .into_iter()
            .any(|sign_type| trimmed.eq_ignore_ascii_case(&sign_canonical(text, key, sign_type)))
    };
    if is_made_from(&GBK.encode(&canonical(params)).0) {
        return Finding::NotUtf8Signed;
    }
    let mistake = mistakes(params)
        .into_iter()
        .find(|(_, text)| is_made_from(text.as_bytes()));
    mistake.map_or(Finding::OtherKeyOrChanged, |(finding, _)| finding)
}

/// The texts that senders sign by mistake.
fn mistakes(params: &Params) -> [(Finding, String); 8] {
    let by_name = || params.iter_by_name().filter(|(name, _)| *name != "sign");
    let filled = || by_name().filter(|(_, value)| !value.is_empty());
    let encoded = |value: &str| byte_serialize(value.as_bytes()).collect::<String>();
    let arrival = params
        .iter()
        .filter(|(name, value)| *name != "sign" && !value.is_empty());
    [
        (Finding::EmptyValuesSigned, join(by_name().map(owned))),
        (
            Finding::SignTypeLeftOut,
            join(filled().filter(|(name, _)| *name != "sign_type").map(owned)),
        ),
        (Finding::NotSorted, join(arrival.map(owned))),
        (
            Finding::ValuesTrimmed,
            join(filled().map(|(name, value)| (name, value.trim().to_owned()))),
        ),
        (
            Finding::ValuesEncoded,
            join(filled().map(|(name, value)| (name, encoded(value)))),
        ),
        (
            Finding::MarkupSigned,
            join(filled().map(|(name, value)| (name, escaped(value)))),
        ),
        (
            Finding::MarkupSigned,
            join(filled().map(|(name, value)| (name, ["<![CDATA[", value, "]]>"].concat()))),
        ),
        (
            Finding::DecimalsSigned,
            join(filled().map(|(name, value)| (name, with_decimals(name, value)))),
        ),
    ]
}

fn escaped(value: &str) -> String {
    let value = value.replace('&', "&amp;");
    value.replace('<', "&lt;").replace('>', "&gt;")
}

fn with_decimals(name: &str, value: &str) -> String {
    let is_amount = name.ends_with("_fee");
    [value, if is_amount { ".0" } else { "" }].concat()
}

fn owned<'p>((name, value): (&'p str, &'p str)) -> (&'p str, String) {
    (name, value.to_owned())
}

fn join<'p>(pairs: impl Iterator<Item = (&'p str, String)>) -> String {
    pairs
        .map(|(name, value)| [name, "=", &value].concat())
        .collect::<Vec<_>>()
        .join("&")
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "signed text  {}", self.canonical)?;
        writeln!(f, "sign type    {}", self.sign_type)?;
        writeln!(
            f,
            "received     {}",
            self.received.as_deref().unwrap_or("(none)")
        )?;
        writeln!(f, "expected     {}…", self.expected_start)?;
        writeln!(f, "finding      {:?}", self.finding)?;
        write!(f, "             {}", self.finding.advice())
    }
}
