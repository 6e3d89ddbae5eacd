//! Parameters that open the pay sheet from the merchant's own app (APP支付).
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/app/app.php?chapter=9_12>.

use serde::Serialize;

use crate::bridge::{self, BridgeError};
use crate::{Merchant, Params, sign};

/// What the app hands to WeChat's SDK as `PayReq`: every value a string, every name lower-case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppParams {
    /// The app's own appid, which the order was placed with.
    pub appid: String,
    /// The merchant number.
    pub partnerid: String,
    /// The bare id, without the `prepay_id=` of the bridge.
    pub prepayid: String,
    /// Always `Sign=WXPay`.
    pub package: String,
    /// Random text.
    pub noncestr: String,
    /// Unix seconds, ten digits.
    pub timestamp: String,
    /// Signature over the six fields above, in the order's sign type.
    pub sign: String,
}

/// Signs the parameters for an order of the trade type APP.
///
/// # Errors
/// When the result could not open a sheet.
pub fn app_params(
    merchant: &Merchant,
    prepay_id: &str,
    nonce: &str,
    unix_seconds: i64,
) -> Result<AppParams, BridgeError> {
    bridge::check(prepay_id, nonce, unix_seconds)?;
    let timestamp = unix_seconds.to_string();
    let signed = Params::from_iter([
        ("appid", merchant.appid()),
        ("partnerid", merchant.mch_id()),
        ("prepayid", prepay_id),
        ("package", "Sign=WXPay"),
        ("noncestr", nonce),
        ("timestamp", &timestamp),
    ]);
    Ok(AppParams {
        sign: sign::sign(&signed, merchant.key(), merchant.sign_type()),
        appid: merchant.appid().to_owned(),
        partnerid: merchant.mch_id().to_owned(),
        prepayid: prepay_id.to_owned(),
        package: "Sign=WXPay".to_owned(),
        noncestr: nonce.to_owned(),
        timestamp,
    })
}
