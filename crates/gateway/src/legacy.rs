//! **Legacy.** The `package` and SHA1 `paySign` of version 1 (2013), to recognise and to migrate.
//!
//! New merchants cannot get the secrets for it, and no current WeChat document describes it. It
//! is here because old pages still call `getBrandWCPayRequest` with `signType` `SHA1`.

use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;

use crate::{Params, sign};

/// The two secrets of version 1, neither of which is an API key.
#[derive(Clone, Debug)]
pub struct LegacySecrets {
    /// `partnerKey` (财付通密钥), 32 characters: signs the package.
    pub partner_key: SecretString,
    /// `paySignKey` or `appkey`, 128 characters: signs the call of the bridge.
    pub pay_sign_key: SecretString,
}

/// What the bridge of version 1 is called with, besides `signType` = `SHA1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyCall<'a> {
    /// `appId`.
    pub appid: &'a str,
    /// `nonceStr`.
    pub nonce: &'a str,
    /// `timeStamp`, Unix seconds.
    pub unix_seconds: i64,
    /// From [`package`], letter for letter: another letter case in its `%3a` is another signature.
    pub package: &'a str,
    /// Only of calls from native apps.
    pub traceid: Option<&'a str>,
}

/// The `package`: the order's parameters with percent-encoded values, and their MD5 signature.
///
/// Signed are the values as they are, in UTF-8. The escapes are lower-case like those of the
/// official example.
#[must_use]
pub fn package(order: &Params, secrets: &LegacySecrets) -> String {
    let mut digest = Md5::new();
    digest.update(sign::canonical(order).as_bytes());
    digest.update(b"&key=");
    digest.update(secrets.partner_key.expose_secret().as_bytes());
    let signature = crate::hex::upper(&digest.finalize());

    let mut package = String::new();
    for (name, value) in order.iter_by_name().filter(|(_, value)| !value.is_empty()) {
        package.push_str(name);
        package.push('=');
        percent_encode(&mut package, value);
        package.push('&');
    }
    package.push_str("sign=");
    package.push_str(&signature);
    package
}

/// The `paySign`: lower-case SHA1 over lower-case names, the secret among them, and no `signType`.
///
/// ```
/// use secrecy::SecretString;
/// use wechat_checkout_gateway::legacy::{LegacyCall, LegacySecrets, pay_sign};
///
/// // The official worked example.
/// let secrets = LegacySecrets {
///     partner_key: SecretString::from("8934e7d15453e97507ef794cf7b0519d"),
///     pay_sign_key: SecretString::from(concat!(
///         "2Wozy2aksie1puXUBpWD8oZxiD1DfQuEaiC7KcRATv1Ino3mdopKaPGQQ7TtkNySuAmCaDCrw4xhPY5qKTBl7Fzm",
///         "0RgR3c0WaVYIXZARsxzHV2x7iwPPzOz94dnwPWSn",
///     )),
/// };
/// let call = LegacyCall {
///     appid: "wxf8b4f85f3a794e77",
///     nonce: "adssdasssd13d",
///     unix_seconds: 189026618,
///     package: concat!(
///         "bank_type=WX&body=\u{58}XX&fee_type=1&input_charset=GBK&notify_url=http%3a%2f%2fwww.qq.com",
///         "&out_trade_no=16642817866003386000&partner=1900000109&spbill_create_ip=127.0.0.1",
///         "&total_fee=1&sign=BEEF37AD19575D92E191C1E4B1474CA9",
///     ),
///     traceid: None,
/// };
/// assert_eq!(pay_sign(&call, &secrets), "7717231c335a05165b1874658306fa431fe9a0de");
/// ```
#[must_use]
pub fn pay_sign(call: &LegacyCall<'_>, secrets: &LegacySecrets) -> String {
    let mut signed = Params::from_iter([
        ("appid", call.appid),
        ("noncestr", call.nonce),
        ("package", call.package),
        ("timestamp", &call.unix_seconds.to_string()),
        ("traceid", call.traceid.unwrap_or_default()),
    ]);
    signed.set("appkey", secrets.pay_sign_key.expose_secret());
    crate::hex::lower(&Sha1::digest(sign::canonical(&signed).as_bytes()))
}

/// Letters, digits and `-_.` stay; a blank is `%20`.
fn percent_encode(text: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push_str(&crate::hex::lower(&[byte]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(pay_sign_key: &str) -> LegacySecrets {
        LegacySecrets {
            partner_key: SecretString::from("8934e7d15453e97507ef794cf7b0519d"),
            pay_sign_key: SecretString::from(pay_sign_key),
        }
    }

    fn order(pairs: [(&str, &str); 5]) -> Params {
        let mut order = Params::from_iter(pairs);
        order.set("bank_type", "WX");
        order.set("fee_type", "1");
        order.set("partner", "1900000109");
        order.set("total_fee", "1");
        order
    }

    /// The package of the official worked example, made from its parameters.
    #[test]
    fn the_official_package_is_reproduced() {
        let order = order([
            ("body", "\u{58}XX"),
            ("input_charset", "GBK"),
            ("notify_url", "http://www.qq.com"),
            ("out_trade_no", "16642817866003386000"),
            ("spbill_create_ip", "127.0.0.1"),
        ]);
        assert_eq!(
            package(&order, &secrets("unused")),
            concat!(
                "bank_type=WX&body=\u{58}XX&fee_type=1&input_charset=GBK&notify_url=http%3a%2f%2fwww.qq.com",
                "&out_trade_no=16642817866003386000&partner=1900000109&spbill_create_ip=127.0.0.1",
                "&total_fee=1&sign=BEEF37AD19575D92E191C1E4B1474CA9",
            ),
        );
    }

    /// The second published vector: a native app, Chinese text in UTF-8.
    #[test]
    fn the_native_app_vector_is_reproduced() {
        let order = order([
            ("body", "支付测试"),
            ("input_charset", "UTF-8"),
            ("notify_url", "http://weixin.qq.com"),
            ("out_trade_no", "7240b65810859cbf2a8d9f76a638c0a3"),
            ("spbill_create_ip", "196.168.1.1"),
        ]);
        let secrets = secrets(concat!(
            "L8LrMqqeGRxST5reouB0K66CaYAWpqhAVsq7ggKkxHCOastWksvuX1uvmvQclxaHoYd3ElNBrNO2DHnnzgfVG9Qs",
            "473M3DTOZug5er46FhuGofumV8H2FVR9qkjSlC5K",
        ));
        let package = package(&order, &secrets);
        assert!(
            package.ends_with("&sign=7F77B507B755B3262884291517E380F8"),
            "{package}"
        );
        // The publisher's encoder writes its escapes in capitals, and the case is signed.
        let mut capital = String::new();
        let mut rest = package.as_str();
        while let Some((before, after)) = rest.split_once('%') {
            capital.push_str(before);
            capital.push('%');
            capital.push_str(&after[..2].to_ascii_uppercase());
            rest = &after[2..];
        }
        capital.push_str(rest);
        let call = LegacyCall {
            appid: "wxd930ea5d5a258f4f",
            nonce: "e7d161ac8d8a76529d39d9f5b4249ccb",
            unix_seconds: 1_399_514_976,
            package: &capital,
            traceid: Some("test_1399514976"),
        };
        assert_eq!(
            pay_sign(&call, &secrets),
            "8893870b9004ead28691b60db97a8d2c80dbfdc6"
        );
    }

    #[test]
    fn secrets_are_not_printed() {
        let printed = format!("{:?}", secrets("the pay sign key"));
        assert!(
            !printed.contains("8934e7d1") && !printed.contains("the pay"),
            "{printed}"
        );
    }
}
