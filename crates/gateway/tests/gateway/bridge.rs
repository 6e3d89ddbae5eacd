//! Bridge parameters: five strings in WeChat's spelling, signed like the order.

use serde_json::json;
use wechat_checkout_gateway::bridge::{BridgeError, bridge_params, verify_bridge_params};
use wechat_checkout_gateway::{Params, SignType, sign};

use crate::merchant;

/// Published on the official mini-program page.
#[test]
fn the_official_example_is_reproduced() {
    let merchant = merchant::of(
        "wxd678efh567hg6787",
        "1230000109",
        SignType::Md5,
        "qazwsxedcrfvtgbyhnujmikolp111111",
    );
    let params = bridge_params(
        &merchant,
        "wx2017033010242291fcfe0db70013231072",
        "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        1_490_840_662,
    );
    assert_eq!(
        serde_json::to_value(params.expect("well-formed")).expect("serialises"),
        json!({
            "appId": "wxd678efh567hg6787",
            "timeStamp": "1490840662",
            "nonceStr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
            "package": "prepay_id=wx2017033010242291fcfe0db70013231072",
            "signType": "MD5",
            "paySign": "22D9B4E54AB1950F51E0649E8810ACD6",
        }),
    );
}

#[test]
fn the_cashier_accepts_the_merchants_own_parameters_only() {
    for merchant in [merchant::md5(), merchant::hmac()] {
        let made = bridge_params(&merchant, "wx201", "n1", 1_700_000_000).expect("well-formed");
        assert!(verify_bridge_params(&merchant, &made));
        let with = |change: fn(&mut wechat_checkout_protocol::BridgeParams)| {
            let mut changed = made.clone();
            change(&mut changed);
            verify_bridge_params(&merchant, &changed)
        };
        assert!(!with(|params| params.package = "prepay_id=wx202".to_owned()));
        assert!(!with(|params| params.time_stamp.push('0')));
        assert!(!with(|params| params.pay_sign.make_ascii_lowercase()));
        assert!(!with(|params| params.pay_sign.clear()));
        assert!(!with(|params| params.app_id.make_ascii_uppercase()));
    }
    let made = bridge_params(&merchant::md5(), "wx201", "n1", 1_700_000_000).expect("well-formed");
    assert!(
        !verify_bridge_params(&merchant::hmac(), &made),
        "signType is the order's"
    );
}

/// The mistake of beginners: the sheet is opened with the names of the order call.
#[test]
fn the_names_of_the_order_call_make_another_signature() {
    let merchant = merchant::md5();
    let made = bridge_params(&merchant, "wx201", "n1", 1_700_000_000).expect("well-formed");
    let lower = Params::from_iter([
        ("appid", merchant.appid()),
        ("timestamp", "1700000000"),
        ("noncestr", "n1"),
        ("package", "prepay_id=wx201"),
        ("signtype", "MD5"),
    ]);
    let key = wechat_checkout_gateway::ApiKey::parse(merchant::KEY).expect("a key");
    assert_ne!(sign::sign(&lower, &key, SignType::Md5), made.pay_sign);
}

#[test]
fn parameters_that_could_not_open_a_sheet_are_not_made() {
    let merchant = merchant::md5();
    let check = |prepay_id: &str, nonce: &str, seconds: i64, expected: BridgeError| {
        assert_eq!(
            bridge_params(&merchant, prepay_id, nonce, seconds),
            Err(expected)
        );
    };
    check("", "n1", 1_700_000_000, BridgeError::BadPrepayId);
    check("wx 201", "n1", 1_700_000_000, BridgeError::BadPrepayId);
    check(
        &"w".repeat(119),
        "n1",
        1_700_000_000,
        BridgeError::BadPrepayId,
    );
    check(
        "prepay_id=wx201",
        "n1",
        1_700_000_000,
        BridgeError::PrefixedPrepayId,
    );
    check("wx201", "", 1_700_000_000, BridgeError::BadNonce);
    check("wx201", "a-b", 1_700_000_000, BridgeError::BadNonce);
    check(
        "wx201",
        &"n".repeat(33),
        1_700_000_000,
        BridgeError::BadNonce,
    );
    check("wx201", "n1", 1_700_000_000_000, BridgeError::BadTime);
    check("wx201", "n1", 0, BridgeError::BadTime);
    assert!(bridge_params(&merchant, &"w".repeat(118), "n1", 1_700_000_000).is_ok());
}
