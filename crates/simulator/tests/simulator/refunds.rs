//! Refunds and the bill.

use std::io::Read;
use std::time::Duration;

use wechat_checkout_gateway::notification::read_refund;
use wechat_checkout_gateway::{ApiKey, Merchant, Params, beijing, xml};
use wechat_checkout_simulator::{NotificationKind, Scenario, demo};

use crate::stage::Stage;

fn refund_call(stage: &Stage, out_trade_no: &str, out_refund_no: &str, refund_fee: &str) -> Params {
    Params::from_iter([
        ("appid", demo::APPID),
        ("mch_id", demo::MCH_ID),
        ("out_trade_no", out_trade_no),
        ("out_refund_no", out_refund_no),
        ("total_fee", "1990"),
        ("refund_fee", refund_fee),
        ("refund_desc", "多买了一份"),
        ("notify_url", stage.receiver.notify_url.as_str()),
    ])
}

async fn refund(stage: &Stage, out_refund_no: &str, refund_fee: &str) -> Params {
    let call = refund_call(stage, "order-5001", out_refund_no, refund_fee);
    stage.send("/secapi/pay/refund", call).await
}

async fn query(stage: &Stage, name: &str, value: &str) -> Params {
    let call = Params::from_iter([
        ("appid", demo::APPID),
        ("mch_id", demo::MCH_ID),
        (name, value),
    ]);
    stage.send("/pay/refundquery", call).await
}

fn code(answer: &Params) -> &str {
    answer.get("err_code").unwrap_or("SUCCESS")
}

async fn paid_stage() -> Stage {
    let stage = Stage::held().await;
    // Tomorrow at noon in Beijing, so that no test runs over a midnight.
    let now_s = stage.simulator.clock().now().0 / 1000;
    let today = beijing::parse(&format!("{}000000", &beijing::format(now_s)[..8]));
    let noon = today.expect("a time") + 36 * 60 * 60;
    stage
        .simulator
        .step(Duration::from_secs((noon - now_s).unsigned_abs()))
        .await;
    stage.place("order-5001").await;
    stage.simulator.pay("order-5001").expect("paid");
    stage.simulator.step(Duration::from_secs(1)).await;
    stage
}

#[tokio::test]
async fn a_refund_is_accepted_completed_notified_and_found() {
    let stage = paid_stage().await;
    let answer = refund(&stage, "refund-1", "990").await;
    assert_eq!(code(&answer), "SUCCESS");
    stage.merchant.verify(answer.clone()).expect("signed");
    assert_eq!(answer.get("refund_fee"), Some("990"));
    let found = query(&stage, "out_refund_no", "refund-1").await;
    assert_eq!(found.get("refund_status_0"), Some("PROCESSING"));

    stage.simulator.step(Duration::from_secs(10)).await;
    let body = stage.receiver.bodies().remove(1);
    let told = read_refund(&stage.merchant, &body).expect("decryptable");
    assert_eq!(
        (told.out_refund_no.as_str(), told.refund_fee.get()),
        ("refund-1", 990)
    );
    let sent = stage.simulator.notifications().remove(1);
    assert_eq!(sent.kind, NotificationKind::Refund);

    for (name, value) in [
        ("out_refund_no", "refund-1"),
        ("refund_id", &told.refund_id),
        ("transaction_id", &told.transaction_id),
        ("out_trade_no", "order-5001"),
    ] {
        let found = query(&stage, name, value).await;
        assert_eq!(found.get("refund_status_0"), Some("SUCCESS"), "{name}");
        assert_eq!(found.get("refund_count"), Some("1"), "{name}");
        assert!(
            found.get("refund_recv_accout_0").is_some(),
            "WeChat's own spelling"
        );
    }
    assert_eq!(
        stage
            .simulator
            .trade("order-5001")
            .expect("a trade")
            .trade_state,
        "REFUND"
    );
}

#[tokio::test]
async fn one_number_is_one_refund_and_no_more_than_was_paid_goes_back() {
    let stage = paid_stage().await;
    let first = refund(&stage, "refund-1", "1000").await;
    let again = refund(&stage, "refund-1", "1000").await;
    assert_eq!(again.get("refund_id"), first.get("refund_id"));
    assert_eq!(
        code(&refund(&stage, "refund-1", "999").await),
        "REFUND_FEE_MISMATCH"
    );
    let too_much = refund(&stage, "refund-2", "991").await;
    assert_eq!(
        too_much.get("err_code_des"),
        Some("累计退款金额大于支付金额")
    );
    assert_eq!(code(&refund(&stage, "refund-2", "990").await), "SUCCESS");
    assert_eq!(code(&refund(&stage, "refund-3", "1").await), "ERROR");
    let found = query(&stage, "out_trade_no", "order-5001").await;
    assert_eq!(found.get("total_refund_count"), Some("2"));
    assert_eq!(found.get("out_refund_no_1"), Some("refund-2"));
}

#[tokio::test]
async fn refunds_that_cannot_be_are_refused() {
    let stage = paid_stage().await;
    stage.place("order-5002").await;
    let unpaid = refund_call(&stage, "order-5002", "refund-1", "1");
    let answer = stage.send("/secapi/pay/refund", unpaid).await;
    assert_eq!(code(&answer), "ORDERNOTEXIST");
    assert_eq!(code(&refund(&stage, "refund-1", "0").await), "PARAM_ERROR");
    assert_eq!(
        code(&query(&stage, "out_refund_no", "nobody").await),
        "REFUNDNOTEXIST"
    );

    stage.simulator.set_scenario(Scenario::RefundNotEnough);
    assert_eq!(code(&refund(&stage, "refund-1", "1").await), "NOTENOUGH");
    stage.simulator.set_scenario(Scenario::Pay);
    stage
        .simulator
        .step(Duration::from_secs(366 * 24 * 60 * 60))
        .await;
    assert_eq!(
        code(&refund(&stage, "refund-1", "1").await),
        "TRADE_OVERDUE"
    );
}

#[tokio::test]
async fn an_abnormal_refund_ends_as_change() {
    let stage = paid_stage().await;
    stage.simulator.set_scenario(Scenario::RefundAbnormal);
    refund(&stage, "refund-1", "1990").await;
    stage.simulator.step(Duration::from_secs(10)).await;
    let found = query(&stage, "out_refund_no", "refund-1").await;
    assert_eq!(found.get("refund_status_0"), Some("CHANGE"));
    assert_eq!(found.get("refund_success_time_0"), None);
}

#[tokio::test]
async fn a_refund_notification_is_sealed_with_the_merchants_own_key() {
    let stage = paid_stage().await;
    refund(&stage, "refund-1", "1990").await;
    stage.simulator.step(Duration::from_secs(10)).await;
    let body = stage.receiver.bodies().remove(1);
    let key = ApiKey::parse("AnotherMerchantsKeyNobodyKnows01").expect("a key");
    let other = Merchant::new(demo::APPID, demo::MCH_ID, stage.merchant.sign_type(), key);
    assert!(read_refund(&stage.merchant, &body).is_ok());
    assert!(read_refund(&other.expect("a merchant"), &body).is_err());
}

async fn bill(stage: &Stage, more: &[(&str, &str)]) -> Vec<u8> {
    let mut call = Params::from_iter([("appid", demo::APPID), ("mch_id", demo::MCH_ID)]);
    for (name, value) in more {
        call.set(name, value);
    }
    stage.merchant.sign(&mut call);
    let answer = stage
        .http
        .post(stage.gateway("/pay/downloadbill"))
        .body(xml::write(&call));
    answer
        .send()
        .await
        .expect("an answer")
        .bytes()
        .await
        .expect("a body")
        .to_vec()
}

fn refusal(body: &[u8]) -> (String, String) {
    let answer = xml::read(body).expect("XML");
    let get = |name| answer.get(name).unwrap_or_default().to_owned();
    (get("error_code"), get("return_msg"))
}

#[tokio::test]
async fn yesterdays_trades_are_in_the_bill_from_ten_oclock_on() {
    let stage = paid_stage().await;
    refund(&stage, "refund-1", "990").await;
    let now_s = stage.simulator.clock().now().0 / 1000;
    let today = beijing::format(now_s)[..8].to_owned();
    let of_today = [("bill_date", today.as_str())];
    assert_eq!(
        refusal(&bill(&stage, &of_today).await).0,
        "20001",
        "the day is not over"
    );

    let midnight = beijing::parse(&format!("{today}000000")).expect("a time") + 24 * 60 * 60;
    let until = |hours: i64| Duration::from_secs((midnight + hours * 3600 - now_s).unsigned_abs());
    stage.simulator.step(until(9)).await;
    let creating = ("20007".to_owned(), "Bill Creating".to_owned());
    assert_eq!(refusal(&bill(&stage, &of_today).await), creating);
    stage.simulator.step(Duration::from_secs(2 * 3600)).await;

    let table = String::from_utf8(bill(&stage, &of_today).await).expect("UTF-8");
    let lines: Vec<&str> = table.trim_end().split("\r\n").collect();
    assert!(lines[0].starts_with('\u{feff}'), "a byte order mark");
    assert_eq!(
        lines.len(),
        5,
        "header, payment, refund, summary of two: {table}"
    );
    assert!(lines[1].contains(",`order-5001,") && lines[1].contains(",`19.90,"));
    assert!(lines[2].contains(",`REFUND,") && lines[2].contains(",`9.90,"));
    assert_eq!(lines[4], "`2,`19.90,`9.90,`0.00,`0.06000,`19.90,`9.90");

    let packed = bill(&stage, &[of_today[0], ("tar_type", "GZIP")]).await;
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_string(&mut unpacked)
        .expect("gzip");
    assert_eq!(unpacked, table);

    let none = [("bill_date", today.as_str()), ("bill_type", "REVOKED")];
    assert_eq!(refusal(&bill(&stage, &none).await).1, "invalid bill_type");
    let yesterday = beijing::format(midnight - 2 * 24 * 3600)[..8].to_owned();
    assert_eq!(
        refusal(&bill(&stage, &[("bill_date", &yesterday)]).await).1,
        "No Bill Exist"
    );
}

#[tokio::test]
async fn the_merchant_can_refund_on_the_platform_without_its_server() {
    let stage = paid_stage().await;
    let refund = |fee: u32| {
        let body = format!(
            "{{\"refund_fee\":{fee},\"notify_url\":\"{}\"}}",
            stage.receiver.notify_url
        );
        let path = stage.gateway("/_control/trades/order-5001/refund");
        stage
            .http
            .post(path)
            .header("content-type", "application/json")
            .header(wechat_checkout_simulator::CONTROL_HEADER, "1")
            .body(body)
            .send()
    };
    assert_eq!(refund(1990).await.expect("an answer").status(), 200);
    assert_eq!(refund(1).await.expect("an answer").status(), 409);
    stage.simulator.step(Duration::from_secs(10)).await;
    let told = read_refund(&stage.merchant, &stage.receiver.bodies()[1]).expect("decryptable");
    assert_eq!(
        told.params.get("refund_request_source"),
        Some("VENDOR_PLATFORM")
    );
}
