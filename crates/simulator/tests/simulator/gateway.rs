//! `/pay/…`: what is accepted, what is refused, and in which words.

use wechat_checkout_gateway::{
    CallError, ErrCode, Params, QueryBy, SignType, TradeState, UnifiedOrder, xml,
};
use wechat_checkout_protocol::Fen;
use wechat_checkout_simulator::{Pace, Scenario, SignatureVerdict, demo};

use crate::stage::{PATIENCE, Stage};

fn refused(result: Result<impl std::fmt::Debug, CallError>) -> String {
    match result.expect_err("a refusal") {
        CallError::Refused { code, description } => format!("{code} {description}"),
        other => panic!("another error: {other:?}"),
    }
}

#[tokio::test]
async fn an_order_is_placed_paid_notified_and_found_under_both_digests() {
    for sign_type in [SignType::Md5, SignType::HmacSha256] {
        let stage = Stage::start(Pace::Running(1), sign_type).await;
        let prepay_id = stage.place("order-0001").await;
        assert_eq!(prepay_id.len(), 36);
        let before = stage
            .client
            .orderquery(QueryBy::OutTradeNo("order-0001"))
            .await;
        let before = before.expect("an answer");
        assert_eq!(before.trade_state, TradeState::NotPay);
        assert!(before.payment().is_none());

        stage.simulator.pay("order-0001").expect("paid");
        let delivered = stage.simulator.wait_until(|simulator| {
            simulator
                .notifications()
                .iter()
                .any(|notification| !notification.attempts.is_empty())
        });
        tokio::time::timeout(PATIENCE, delivered)
            .await
            .expect("a notification");

        let body = stage.receiver.bodies().remove(0);
        let notification =
            wechat_checkout_gateway::notification::read_payment(&stage.merchant, &body);
        let payment = notification.expect("a true notification").payment();
        assert_eq!(payment.out_trade_no, "order-0001");
        assert_eq!(payment.total_fee, Fen::new(1990).expect("an amount"));
        let after = stage
            .client
            .orderquery(QueryBy::TransactionId(&payment.transaction_id))
            .await;
        let after = after.expect("an answer");
        assert_eq!(after.trade_state, TradeState::Success);
        assert_eq!(after.payment().expect("a payment").openid, payment.openid);
    }
}

#[tokio::test]
async fn the_same_order_again_is_the_same_session_and_a_changed_one_is_refused() {
    let stage = Stage::held().await;
    let first = stage.place("order-0002").await;
    assert_eq!(stage.place("order-0002").await, first);

    let mut dearer = stage.order("order-0002");
    dearer.total_fee = Fen::new(2990).expect("an amount");
    let answer = refused(stage.client.unifiedorder(&dearer).await);
    assert_eq!(answer, "INVALID_REQUEST 201 商户订单号重复");

    let mut native: UnifiedOrder = stage.order("order-0002");
    native.trade_type = wechat_checkout_gateway::TradeType::Native;
    native.product_id = Some("vip".to_owned());
    let answer = refused(stage.client.unifiedorder(&native).await);
    assert_eq!(answer, "OUT_TRADE_NO_USED 商户订单号重复");

    stage.simulator.pay("order-0002").expect("paid");
    let answer = refused(stage.client.unifiedorder(&stage.order("order-0002")).await);
    assert_eq!(answer, "ORDERPAID 该订单已支付");
}

#[tokio::test]
async fn a_session_of_two_hours_is_renewed_by_the_same_order() {
    let stage = Stage::held().await;
    let first = stage.place("order-0003").await;
    stage
        .simulator
        .step(std::time::Duration::from_secs(7199))
        .await;
    assert_eq!(stage.place("order-0003").await, first);
    stage
        .simulator
        .step(std::time::Duration::from_secs(1))
        .await;
    assert_ne!(stage.place("order-0003").await, first);
}

#[tokio::test]
async fn unknown_orders_do_not_exist() {
    let stage = Stage::held().await;
    let answer = stage
        .client
        .orderquery(QueryBy::OutTradeNo("nobody-knows"))
        .await;
    assert_eq!(refused(answer), "ORDERNOTEXIST 订单不存在");
    let answer = stage
        .client
        .orderquery(QueryBy::TransactionId("4200000000000000000000000000"));
    assert_eq!(refused(answer.await), "ORDERNOTEXIST 订单不存在");
}

/// A change to one field, and what the answer says about it.
type Row = (&'static str, Option<&'static str>, &'static str);

#[tokio::test]
async fn every_field_of_an_order_is_checked() {
    let stage = Stage::held().await;
    let rows: [Row; 18] = [
        ("body", None, "LACK_PARAMS"),
        ("out_trade_no", None, "LACK_PARAMS"),
        ("total_fee", Some(""), "LACK_PARAMS"),
        ("notify_url", None, "LACK_PARAMS"),
        ("spbill_create_ip", None, "LACK_PARAMS"),
        ("trade_type", None, "LACK_PARAMS"),
        ("openid", None, "JSAPI支付必须传openid"),
        ("total_fee", Some("0"), "PARAM_ERROR"),
        ("total_fee", Some("19.90"), "PARAM_ERROR"),
        ("out_trade_no", Some("short"), "PARAM_ERROR"),
        ("out_trade_no", Some("with@sign"), "PARAM_ERROR"),
        (
            "notify_url",
            Some("https://shop.example/notify?from=wechat"),
            "PARAM_ERROR",
        ),
        ("notify_url", Some("/notify"), "PARAM_ERROR"),
        ("spbill_create_ip", Some("localhost"), "PARAM_ERROR"),
        ("trade_type", Some("jsapi"), "PARAM_ERROR"),
        ("fee_type", Some("USD"), "PARAM_ERROR"),
        ("time_expire", Some("2009-12-27"), "PARAM_ERROR"),
        ("time_expire", Some("20091227091010"), "PARAM_ERROR"),
    ];
    for (name, value, wanted) in rows {
        let mut params = stage.raw_order("order-0004");
        match value {
            Some(value) => params.set(name, value),
            None => drop(params.remove(name)),
        }
        let answer = stage.send("/pay/unifiedorder", params).await;
        let said = answer.get("err_code").or(answer.get("return_msg"));
        assert_eq!(said, Some(wanted), "{name} = {value:?}");
    }
    for (name, longest) in [("body", 127), ("attach", 127), ("device_info", 32)] {
        let mut params = stage.raw_order("order-0005");
        params.set(name, "x".repeat(longest + 1));
        let answer = stage.send("/pay/unifiedorder", params.clone()).await;
        assert_eq!(answer.get("err_code"), Some("PARAM_ERROR"), "{name}");
    }
    assert!(
        stage.simulator.trades().is_empty(),
        "refused orders leave nothing behind"
    );
}

#[tokio::test]
async fn calls_that_cannot_be_attributed_are_refused_without_a_signature() {
    let stage = Stage::held().await;
    let path = "/pay/unifiedorder";
    let signed = |change: fn(&mut Params)| {
        let mut params = stage.raw_order("order-0006");
        change(&mut params);
        stage.merchant.sign(&mut params);
        params
    };
    let mut broken = signed(|_| {});
    broken.set("total_fee", "1");
    let rows = [
        (String::new(), "post数据为空"),
        ("{}".to_owned(), "XML格式错误"),
        (xml::write(&broken), "签名错误"),
        (
            xml::write(&signed(|params| params.set("mch_id", "1900000077"))),
            "商户号mch_id不存在",
        ),
        (
            xml::write(&signed(|params| params.set("appid", "wx00000000000000ff"))),
            "appid不存在",
        ),
    ];
    for (body, wanted) in rows {
        let answer = stage.send_unsigned(path, body).await;
        assert_eq!(answer.get("return_code"), Some("FAIL"));
        assert_eq!(answer.get("return_msg"), Some(wanted));
        assert_eq!(answer.get("sign"), None);
    }
    let answer = stage
        .http
        .get(stage.gateway(path))
        .send()
        .await
        .expect("an answer");
    let answer = xml::read(&answer.bytes().await.expect("a body")).expect("XML");
    assert_eq!(answer.get("return_msg"), Some("请使用post方法"));

    let log = stage.simulator.requests();
    assert!(
        log.iter()
            .any(|entry| entry.signature == SignatureVerdict::Invalid)
    );
    let shown = format!("{log:?}");
    assert!(
        !shown.contains(broken.get("sign").expect("a signature")),
        "signatures are masked"
    );
    assert!(!shown.contains(demo::API_KEY));
}

#[tokio::test]
async fn a_gateway_that_is_down_drops_connections_and_an_unsure_one_carries_out_nevertheless() {
    let stage = Stage::held().await;
    stage.simulator.set_scenario(Scenario::GatewayDown);
    let answer = stage.client.unifiedorder(&stage.order("order-0007")).await;
    assert!(
        matches!(answer, Err(CallError::OutcomeUnknown(_))),
        "{answer:?}"
    );
    assert!(stage.simulator.trades().is_empty());

    stage.simulator.set_scenario(Scenario::SystemError);
    let answer = stage.client.unifiedorder(&stage.order("order-0007")).await;
    assert!(
        matches!(answer, Err(CallError::OutcomeUnknown(_))),
        "{answer:?}"
    );
    let placed = stage
        .simulator
        .trade("order-0007")
        .expect("carried out nevertheless");
    assert_eq!(stage.place("order-0007").await, placed.prepay_id);
}

#[tokio::test]
async fn a_slow_gateway_has_carried_out_what_the_merchant_gave_up() {
    let stage = Stage::held().await;
    stage.simulator.set_scenario(Scenario::GatewaySlow);
    let mut config = wechat_checkout_gateway::ClientConfig::new(stage.gateway("/"));
    config.attempts_max = 1;
    config.read_timeout = std::time::Duration::from_millis(300);
    let hasty = wechat_checkout_gateway::Client::new(config, stage.merchant.clone());
    let answer = hasty
        .expect("a client")
        .unifiedorder(&stage.order("order-0008"))
        .await;
    assert!(
        matches!(answer, Err(CallError::OutcomeUnknown(_))),
        "{answer:?}"
    );
    assert_eq!(
        stage
            .simulator
            .trade("order-0008")
            .expect("carried out")
            .trade_state,
        "NOTPAY"
    );
}

#[test]
fn the_codes_used_here_are_codes_that_the_gateway_client_knows() {
    let used = [
        "INVALID_REQUEST",
        "OUT_TRADE_NO_USED",
        "ORDERPAID",
        "ORDERCLOSED",
        "ORDERNOTEXIST",
        "LACK_PARAMS",
        "PARAM_ERROR",
        "SYSTEMERROR",
        "TRADE_STATE_ERROR",
        "FREQUENCY_LIMITED",
    ];
    for code in used {
        assert!(!matches!(ErrCode::parse(code), ErrCode::Other(_)), "{code}");
    }
}

#[tokio::test]
async fn every_trade_type_gets_what_its_buyer_needs() {
    let stage = Stage::held().await;
    let placed = |number: &str, kind: &str, more: Option<(&str, &str)>| {
        let mut params = stage.raw_order(number);
        params.set("trade_type", kind);
        params.remove("openid");
        if let Some((name, value)) = more {
            params.set(name, value);
        }
        params
    };
    let path = "/pay/unifiedorder";
    let answer = stage.send(path, placed("order-0101", "NATIVE", None)).await;
    assert_eq!(answer.get("err_code"), Some("LACK_PARAMS"), "product_id");
    let native = placed("order-0101", "NATIVE", Some(("product_id", "vip")));
    let answer = stage.send(path, native).await;
    assert!(
        answer
            .get("code_url")
            .expect("a code")
            .starts_with("weixin://wxpay/bizpayurl?pr=")
    );
    let answer = stage.send(path, placed("order-0102", "APP", None)).await;
    assert_eq!(
        (answer.get("trade_type"), answer.get("code_url")),
        (Some("APP"), None)
    );

    let scene = "{\"h5_info\":{\"type\":\"Wap\",\"wap_url\":\"https://shop.example\",\"wap_name\":\"shop\"}}";
    let answer = stage
        .send(
            path,
            placed("order-0103", "MWEB", Some(("scene_info", scene))),
        )
        .await;
    let mweb_url = answer.get("mweb_url").expect("an address").to_owned();
    let page = stage.http.get(&mweb_url).send().await.expect("an answer");
    assert!(page.text().await.expect("text").contains("¥19.90"));
    let inside = stage
        .http
        .get(&mweb_url)
        .header("user-agent", "MicroMessenger/8.0")
        .send()
        .await;
    let inside = inside.expect("an answer").text().await.expect("text");
    assert!(inside.contains("请在微信外打开订单"), "{inside}");
    let prepay_id = answer.get("prepay_id").expect("a session");
    let form = format!(
        "prepay_id={prepay_id}&redirect_url=https%3A%2F%2Fshop.example%2Fdone&is_paid=true"
    );
    let paid = stage.http.post(&mweb_url).body(form);
    let paid = paid.header("content-type", "application/x-www-form-urlencoded");
    let paid = paid.send().await.expect("an answer");
    assert_eq!(paid.headers()["location"], "https://shop.example/done");
    assert_eq!(
        stage
            .simulator
            .trade("order-0103")
            .expect("a trade")
            .trade_state,
        "SUCCESS"
    );
}

#[tokio::test]
async fn several_merchants_have_their_own_numbers_and_keys() {
    let other = wechat_checkout_simulator::MerchantAccount::new(
        "wx5100000000000003",
        "1900000003",
        "SimulatedApiKeyOfTheThirdShop003",
        "SimulatedAppSecretOfThirdShop003",
        "第三家店",
    );
    let stage = Stage::with_merchant(other.expect("a merchant")).await;
    stage.place("order-0201").await;
    let key = wechat_checkout_gateway::ApiKey::parse("SimulatedApiKeyOfTheThirdShop003");
    let merchant = wechat_checkout_gateway::Merchant::new(
        "wx5100000000000003",
        "1900000003",
        SignType::Md5,
        key.expect("a key"),
    );
    let mut params = stage.raw_order("order-0201");
    params.set("appid", "wx5100000000000003");
    params.set("mch_id", "1900000003");
    merchant.expect("a merchant").sign(&mut params);
    let answer = stage
        .send_unsigned("/pay/unifiedorder", xml::write(&params))
        .await;
    assert_eq!(
        answer.get("result_code"),
        Some("SUCCESS"),
        "numbers are unique per merchant"
    );
    params.set("appid", demo::APPID);
    let answer = stage
        .send_unsigned("/pay/unifiedorder", xml::write(&params))
        .await;
    assert_eq!(answer.get("return_msg"), Some("商户号mch_id与appid不匹配"));
}
