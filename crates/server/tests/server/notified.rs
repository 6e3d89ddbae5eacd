//! What comes to the address for notifications and is not taken: answered in the form that WeChat
//! reads, counted by what it is, and said in the log.

use futures_util::future::join_all;
use reqwest::{Client, Method, StatusCode};
use wechat_checkout_gateway::notification::{ACK_SUCCESS, ack_fail, write_refund};
use wechat_checkout_gateway::{ApiKey, Merchant, Params, SignType, xml};
use wechat_checkout_protocol::OrderView;
use wechat_checkout_simulator::demo;

use crate::observed::{Log, recorder};
use crate::shop::Shop;

const PAYMENT: &str = "/wechat/v2/notify/payment";
const REFUND: &str = "/wechat/v2/notify/refund";

fn merchant(appid: &str, mch_id: &str, key: &str) -> Merchant {
    let key = ApiKey::parse(key).unwrap();
    Merchant::new(appid, mch_id, SignType::HmacSha256, key).unwrap()
}

fn ours() -> Merchant {
    merchant(demo::APPID, demo::MCH_ID, demo::API_KEY)
}

fn paid(merchant: &Merchant) -> Params {
    let mut params = Params::from_iter([
        ("return_code", "SUCCESS"),
        ("result_code", "SUCCESS"),
        ("appid", merchant.appid()),
        ("mch_id", merchant.mch_id()),
        ("openid", "oUpF8uMEb4qRXf22hE3X68TekukE"),
        ("out_trade_no", "0193f0c2a4b87d01a2b3c4d5e6f70819"),
        ("transaction_id", "1004400740201409030005092168"),
        ("total_fee", "1990"),
    ]);
    merchant.sign(&mut params);
    params
}

/// A true payment of an order that was placed.
async fn payment_of(shop: &Shop, order: &OrderView) -> Params {
    let stored = shop.server.app().store.order(&order.id).await;
    let stored = stored.unwrap().unwrap();
    let mut params = paid(&ours());
    for (name, value) in [
        ("out_trade_no", order.id.as_str()),
        ("openid", stored.order.openid.as_str()),
        ("total_fee", &order.amount_total.get().to_string()),
    ] {
        params.set(name, value);
    }
    ours().sign(&mut params);
    params
}

fn changed(name: &str, value: &str) -> Vec<u8> {
    let mut params = paid(&ours());
    params.set(name, value);
    xml::write(&params).into_bytes()
}

fn signed_with(name: &str, value: &str) -> Vec<u8> {
    let mut params = paid(&ours());
    params.set(name, value);
    ours().sign(&mut params);
    xml::write(&params).into_bytes()
}

/// A true payment whose signature has another last digit.
fn spoilt() -> Vec<u8> {
    let mut params = paid(&ours());
    let sign = params.get("sign").unwrap().to_owned();
    let last = if sign.ends_with('0') { "1" } else { "0" };
    params.set("sign", [&sign[..sign.len() - 1], last].concat());
    xml::write(&params).into_bytes()
}

fn entity() -> Vec<u8> {
    b"<?xml version=\"1.0\"?><!DOCTYPE foo [<!ENTITY xxe SYSTEM \"http://127.0.0.1:9/\">]>\
      <xml><attach>&xxe;</attach></xml>"
        .to_vec()
}

#[tokio::test]
async fn each_kind_of_message_has_its_own_verdict_and_all_get_wechats_xml() {
    let log = Log::start();
    let (recorder, metrics) = recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let shop = Shop::open().await;
    let other = merchant(
        "wx5100000000000099",
        "1900000099",
        "AnotherMerchantsKeyNobodyKnows01",
    );
    let stranger = merchant(
        demo::APPID,
        demo::MCH_ID,
        "AnotherMerchantsKeyNobodyKnows01",
    );
    let refund = Params::from_iter([
        ("out_refund_no", "no-such-refund"),
        ("refund_id", "5"),
        ("out_trade_no", "1"),
        ("transaction_id", "1"),
        ("refund_status", "SUCCESS"),
        ("refund_fee", "1"),
    ]);
    let cases: [(&str, Vec<u8>, &str, &str); 19] = [
        (PAYMENT, spoilt(), "probe", "INFO"),
        (
            PAYMENT,
            changed("sign", "WECHATPAY/SIGNTEST/abc"),
            "probe",
            "INFO",
        ),
        (PAYMENT, entity(), "probe", "INFO"),
        (
            PAYMENT,
            xml::write(&paid(&stranger)).into(),
            "forged",
            "WARN",
        ),
        (PAYMENT, changed("total_fee", "1"), "forged", "WARN"),
        (PAYMENT, changed("sign", ""), "forged", "WARN"),
        (
            PAYMENT,
            xml::write(&paid(&other)).into(),
            "other_merchant",
            "WARN",
        ),
        (PAYMENT, Vec::new(), "unreadable", "WARN"),
        (PAYMENT, b"{\"id\":\"1\"}".to_vec(), "unreadable", "WARN"),
        (
            PAYMENT,
            b"<xml>\xff\xfe</xml>".to_vec(),
            "unreadable",
            "WARN",
        ),
        (PAYMENT, vec![b'x'; 70 * 1024], "too_long", "WARN"),
        (
            PAYMENT,
            changed("return_code", "FAIL"),
            "no_content",
            "WARN",
        ),
        (
            PAYMENT,
            signed_with("result_code", "FAIL"),
            "no_content",
            "WARN",
        ),
        (PAYMENT, signed_with("total_fee", ""), "incomplete", "ERROR"),
        (
            PAYMENT,
            xml::write(&paid(&ours())).into(),
            "unknown",
            "WARN",
        ),
        (REFUND, entity(), "probe", "INFO"),
        (
            REFUND,
            write_refund(&stranger, &refund).into(),
            "forged",
            "WARN",
        ),
        (
            REFUND,
            write_refund(&other, &refund).into(),
            "other_merchant",
            "WARN",
        ),
        (REFUND, vec![b'x'; 70 * 1024], "too_long", "WARN"),
    ];
    for (path, body, verdict, level) in cases {
        let kind = if path == PAYMENT { "payment" } else { "refund" };
        let counter = format!("notifications{{kind=\"{kind}\",verdict=\"{verdict}\"}}");
        let count = || {
            let text = metrics.render();
            let line = text.lines().find_map(|line| line.strip_prefix(&counter));
            line.map_or(0, |count| count.trim().parse::<u64>().unwrap())
        };
        let verdict_field = format!("verdict=\"{verdict}\"");
        let (counted, said) = (count(), log.lines_with(&[level, &verdict_field]).len());
        let url = [shop.server.url().as_str(), path].concat();
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let answer = Client::new().post(url).body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{shown}");
        assert_eq!(
            answer.headers()["content-type"],
            "text/xml; charset=utf-8",
            "{shown}"
        );
        assert_eq!(answer.text().await.unwrap(), ack_fail("REFUSED"), "{shown}");
        assert_eq!(count(), counted + 1, "{verdict}: {shown}");
        let lines = log.lines_with(&[level, &verdict_field]);
        assert_eq!(lines.len(), said + 1, "{verdict}: {shown}");
        assert!(lines.iter().all(|line| line.len() < 1_000), "{lines:?}");
    }
    let unknown = [
        "ERROR",
        "0193f0c2a4b87d01a2b3c4d5e6f70819",
        "1004400740201409030005092168",
    ];
    assert_eq!(log.lines_with(&unknown).len(), 1, "with both numbers");
}

#[tokio::test]
async fn other_methods_are_refused_in_xml_too() {
    let shop = Shop::open().await;
    for (method, path) in [
        (Method::GET, PAYMENT),
        (Method::PUT, PAYMENT),
        (Method::GET, REFUND),
    ] {
        let answer = shop.stranger().send(method, path).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers()["content-type"], "text/xml; charset=utf-8");
        assert_eq!(answer.text().await.unwrap(), ack_fail("REFUSED"));
    }
}

/// The header of a probe, around whatever body.
#[tokio::test]
async fn a_probe_says_so_in_its_header_and_a_header_takes_no_true_payment_away() {
    let (recorder, metrics) = recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", "key-of-the-first-wish").await;
    let true_payment = payment_of(&shop, &order).await;
    let url = [shop.server.url().as_str(), PAYMENT].concat();
    for (body, expected) in [
        ("{}".to_owned(), ack_fail("REFUSED")),
        (xml::write(&true_payment), ACK_SUCCESS.to_owned()),
    ] {
        let probe = Client::new()
            .post(&url)
            .header("Wechatpay-Signature", "WECHATPAY/SIGNTEST/abc")
            .body(body);
        assert_eq!(probe.send().await.unwrap().text().await.unwrap(), expected);
    }
    let metrics = metrics.render();
    for verdict in ["probe", "confirmed"] {
        let line = format!("notifications{{kind=\"payment\",verdict=\"{verdict}\"}} 1");
        assert!(metrics.contains(&line), "{line} in\n{metrics}");
    }
}

#[tokio::test]
async fn a_flood_of_forgeries_is_a_sample_in_the_log_and_a_probe_is_seen_beside_it() {
    let log = Log::start();
    let shop = Shop::open().await;
    let url = [shop.server.url().as_str(), PAYMENT].concat();
    let (http, forged) = (Client::new(), changed("total_fee", "1"));
    let started = std::time::Instant::now();
    let flood = (0..300).map(|_| http.post(&url).body(forged.clone()).send());
    for answer in join_all(flood).await {
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
    let lines = log.lines_with(&["verdict=\"forged\""]).len();
    // So many come at once, and so many a second.
    let lines_max = 50 + 10 * (started.elapsed().as_secs() + 1);
    assert!(
        lines > 0 && u64::try_from(lines).unwrap() <= lines_max,
        "{lines}"
    );
    let _ = shop.notify(spoilt()).await;
    assert_eq!(log.lines_with(&["verdict=\"probe\""]).len(), 1);
}

#[tokio::test]
async fn a_payment_in_service_provider_mode_is_taken_and_said() {
    let log = Log::start();
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", "key-of-the-first-wish").await;
    let mut params = payment_of(&shop, &order).await;
    params.set("sub_mch_id", "1900000123");
    ours().sign(&mut params);
    let (_, answer) = shop.notify(xml::write(&params)).await;
    assert_eq!(answer, ACK_SUCCESS);
    let told = log.lines_with(&["WARN", "sub_mch_id", order.id.as_str()]);
    assert_eq!(told.len(), 1);
    assert!(
        log.lines_with(&["1900000123"]).is_empty(),
        "names, not values"
    );
}
