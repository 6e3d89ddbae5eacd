//! Refused notifications are told apart: WeChat's probes, other merchants' messages, forgeries; and
//! what nobody documented is named.

use wechat_checkout_gateway::notification::{Sender, is_sign_test, likely_sender, read_payment};
use wechat_checkout_gateway::{Params, undocumented, xml};

use crate::merchant::{self, PAYMENT, signed};
use crate::observed::{Log, recorder};

fn sender_after(change: impl FnOnce(&mut Params)) -> Sender {
    let mut params = signed(&merchant::md5(), &PAYMENT);
    change(&mut params);
    let body = xml::write(&params);
    assert!(read_payment(&merchant::md5(), body.as_bytes()).is_err());
    likely_sender(&merchant::md5(), body.as_bytes())
}

fn spoil(params: &mut Params, digits: usize) {
    let sign = params.get("sign").expect("signed").to_owned();
    let (spoilt, kept) = sign.split_at(digits);
    let spoilt = spoilt
        .bytes()
        .map(|digit| if digit == b'0' { '1' } else { '0' });
    params.set("sign", spoilt.collect::<String>() + kept);
}

#[test]
fn a_spoilt_signature_is_a_probe_and_an_invented_one_is_not() {
    for digits in [1, 4] {
        assert_eq!(
            sender_after(|params| spoil(params, digits)),
            Sender::SignatureProbe
        );
    }
    let probe = "WECHATPAY/SIGNTEST/K1d3Z2w9";
    assert_eq!(
        sender_after(|params| params.set("sign", probe)),
        Sender::SignatureProbe
    );
    assert!(is_sign_test(probe) && !is_sign_test("K1d3Z2w9"));

    for change in [
        |params: &mut Params| spoil(params, 5),
        |params: &mut Params| params.set("sign", "0".repeat(32)),
        |params: &mut Params| params.set("sign", ""),
        |params: &mut Params| params.set("total_fee", "1"),
    ] {
        assert_eq!(sender_after(change), Sender::Stranger);
    }
}

#[test]
fn other_merchants_and_entities_are_told_apart() {
    assert_eq!(
        sender_after(|params| params.set("mch_id", "1900000099")),
        Sender::OtherMerchant
    );
    assert_eq!(
        sender_after(|params| params.set("appid", "wx5100000000000099")),
        Sender::OtherMerchant
    );
    let probe = "<?xml version=\"1.0\"?><!DOCTYPE foo [<!ENTITY xxe SYSTEM \
                 \"http://127.0.0.1:9/xxe_inject\">]><xml><attach>&xxe;</attach></xml>";
    let sender = |body: &[u8]| likely_sender(&merchant::md5(), body);
    assert_eq!(sender(probe.as_bytes()), Sender::EntityProbe);
    for body in [&b""[..], b"{}", b"<xml>", b"\xff\xfe"] {
        assert_eq!(sender(body), Sender::Stranger);
    }
}

#[test]
fn undocumented_members_are_named_once_without_their_values_and_all_are_counted() {
    let log = Log::start();
    let (recorder, metrics) = recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let mut params = signed(&merchant::md5(), &PAYMENT);
    for n in 0..3 {
        params.set(&format!("coupon_id_{n}"), "1");
    }
    undocumented::report_members("payment_test", &params);
    assert!(log.lines_with(&["payment_test"]).is_empty());

    params.set("brand_new", "a value");
    undocumented::report_members("payment_test", &params);
    undocumented::report_members("payment_test", &params);
    assert_eq!(log.lines_with(&["WARN", "brand_new"]).len(), 1);

    params.set("sub_mch_id", "a value");
    undocumented::report_members("payment_test", &params);
    let told = log.lines_with(&["WARN", "service-provider", "sub_mch_id", "1409811653"]);
    assert_eq!(told.len(), 1, "with the order's number");
    undocumented::report_word("trade_state", &"长".repeat(100));
    assert_eq!(log.lines_with(&["trade_state", &"长".repeat(64)]).len(), 1);
    assert!(log.lines_with(&[&"长".repeat(65)]).is_empty(), "cut");
    assert!(log.lines_with(&["a value"]).is_empty());
    let metrics = metrics.render();
    for line in [
        "wechat_undocumented_members{message=\"payment_test\"} 3",
        "wechat_service_provider_messages{message=\"payment_test\"} 1",
        "wechat_undocumented_words{member=\"trade_state\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
}
