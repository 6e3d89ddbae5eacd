//! The merchants of these tests, and messages signed for them.

use wechat_checkout_gateway::{ApiKey, Merchant, Params, SignType};

pub(crate) const APPID: &str = "wx2421b1c4370ec43b";
pub(crate) const MCH_ID: &str = "10000100";
pub(crate) const KEY: &str = "192006250b4c09247ec02edce69f6a2d";

pub(crate) fn md5() -> Merchant {
    of(APPID, MCH_ID, SignType::Md5, KEY)
}

pub(crate) fn hmac() -> Merchant {
    of(APPID, MCH_ID, SignType::HmacSha256, KEY)
}

pub(crate) fn of(appid: &str, mch_id: &str, sign_type: SignType, key: &str) -> Merchant {
    let key = ApiKey::parse(key).expect("a key of the tests");
    Merchant::new(appid, mch_id, sign_type, key).expect("a merchant of the tests")
}

/// Addressed to the merchant and signed by him.
pub(crate) fn signed(merchant: &Merchant, pairs: &[(&str, &str)]) -> Params {
    let mut params = Params::from_iter([
        ("return_code", "SUCCESS"),
        ("appid", merchant.appid()),
        ("mch_id", merchant.mch_id()),
        ("result_code", "SUCCESS"),
    ]);
    for (name, value) in pairs {
        params.set(name, value);
    }
    merchant.sign(&mut params);
    params
}

/// What every payment has.
pub(crate) const PAYMENT: [(&str, &str); 6] = [
    ("openid", "oUpF8uMEb4qRXf22hE3X68TekukE"),
    ("bank_type", "CFT"),
    ("total_fee", "1990"),
    ("transaction_id", "1004400740201409030005092168"),
    ("out_trade_no", "1409811653"),
    ("time_end", "20140903131540"),
];
