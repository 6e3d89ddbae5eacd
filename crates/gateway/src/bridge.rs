//! Parameters that open the pay sheet (`getBrandWCPayRequest`), signed for the WeChat app.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=7_7>.

use subtle::ConstantTimeEq;
use wechat_checkout_protocol::BridgeParams;

use crate::{Merchant, Params, sign};

/// `package` has at most 128 characters.
const PACKAGE_BYTES_MAX: usize = 128;
const PREFIX: &str = "prepay_id=";

/// Why no parameters are made. The buyer would see 调用支付JSAPI缺少参数 for each of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BridgeError {
    /// Empty, too long, or not plain ASCII.
    #[error("prepay_id is empty or malformed")]
    BadPrepayId,
    /// `prepay_id=` is put in front here; the bare id is wanted.
    #[error("prepay_id already starts with \"prepay_id=\"")]
    PrefixedPrepayId,
    /// 1 to 32 letters and digits.
    #[error("nonce is not 1 to 32 letters and digits")]
    BadNonce,
    /// Ten digits; thirteen are milliseconds.
    #[error("time is not in Unix seconds")]
    BadTime,
}

/// Signs the five parameters with the merchant's sign type, which must be the order's.
///
/// # Errors
/// When the result could not open a sheet.
pub fn bridge_params(
    merchant: &Merchant,
    prepay_id: &str,
    nonce: &str,
    unix_seconds: i64,
) -> Result<BridgeParams, BridgeError> {
    check(prepay_id, nonce, unix_seconds)?;
    let mut params = BridgeParams {
        app_id: merchant.appid().to_owned(),
        time_stamp: unix_seconds.to_string(),
        nonce_str: nonce.to_owned(),
        package: [PREFIX, prepay_id].concat(),
        sign_type: merchant.sign_type().to_string(),
        pay_sign: String::new(),
    };
    params.pay_sign = pay_sign(merchant, &params);
    Ok(params)
}

/// What every way to a sheet needs.
pub(crate) fn check(prepay_id: &str, nonce: &str, unix_seconds: i64) -> Result<(), BridgeError> {
    if prepay_id.starts_with(PREFIX) {
        return Err(BridgeError::PrefixedPrepayId);
    }
    let is_graphic = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let id_bytes = 1..=PACKAGE_BYTES_MAX - PREFIX.len();
    if !id_bytes.contains(&prepay_id.len()) || !is_graphic(prepay_id) {
        return Err(BridgeError::BadPrepayId);
    }
    let is_alphanumeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !(1..=32).contains(&nonce.len()) || !is_alphanumeric(nonce) {
        return Err(BridgeError::BadNonce);
    }
    if !(1_000_000_000..=9_999_999_999).contains(&unix_seconds) {
        return Err(BridgeError::BadTime);
    }
    Ok(())
}

/// What the WeChat app's cashier checks: whether the parameters are this merchant's, unchanged.
#[must_use]
pub fn verify_bridge_params(merchant: &Merchant, params: &BridgeParams) -> bool {
    let expected = pay_sign(merchant, params);
    params.app_id == merchant.appid()
        && params.sign_type == merchant.sign_type().as_str()
        && bool::from(expected.as_bytes().ct_eq(params.pay_sign.as_bytes()))
}

/// The names are case-sensitive, and not those of the order call: `appId`, `nonceStr`.
fn pay_sign(merchant: &Merchant, params: &BridgeParams) -> String {
    let signed = Params::from_iter([
        ("appId", &params.app_id),
        ("timeStamp", &params.time_stamp),
        ("nonceStr", &params.nonce_str),
        ("package", &params.package),
        ("signType", &params.sign_type),
    ]);
    sign::sign(&signed, merchant.key(), merchant.sign_type())
}
