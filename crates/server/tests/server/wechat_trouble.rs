//! WeChat refuses, hesitates or locks us out: what the buyer gets, and what the operator reads.

use reqwest::Client;
use serde_json::json;
use wechat_checkout_protocol::ErrorCode;
use wechat_checkout_simulator::Scenario;

use crate::observed::{Log, recorder};
use crate::shop::{ADMIN_TOKEN, Shop, refusal};

const KEY: &str = "key-of-the-first-wish";

#[tokio::test]
async fn one_system_error_costs_the_buyer_nothing() {
    let shop = Shop::open().await;
    shop.wechat.set_scenario(Scenario::SystemError);
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    assert!(order.bridge.is_some(), "it can be paid at once");
    assert_eq!(shop.wechat.trades().len(), 1);
}

#[tokio::test]
async fn a_slow_clock_is_named_beside_wechats_refusal() {
    let log = Log::start();
    let shop = Shop::open().await;
    // WeChat's clock goes on; the shop's stands still.
    shop.wechat
        .step(std::time::Duration::from_secs(1_800))
        .await;
    let buyer = shop.buyer("alice").await;
    let problem = refusal(buyer.try_order("vip-month", KEY).await, 502).await;
    assert_eq!(problem.code, ErrorCode::WechatRefused);
    assert_eq!(problem.detail, None, "nothing for the buyer");
    let sentence = "this machine's clock is 30 min behind WeChat's: set it (NTP)";
    assert_eq!(log.lines_with(&["WARN", sentence]).len(), 1, "said once");
    let refused = log.lines_with(&["ERROR", "unifiedorder", "时间过短", "UTC", sentence]);
    assert_eq!(
        refused.len(),
        1,
        "code, WeChat's sentence, advice and clock in one line"
    );
}

#[tokio::test]
async fn a_wrong_key_is_one_alarm_and_calls_pause() {
    let log = Log::start();
    let (recorder, metrics) = recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let wrong = "AnotherMerchantsKeyNobodyKnows01";
    let shop = Shop::open_with_api_key(wrong).await;
    let buyer = shop.buyer("alice").await;
    for n in 0..4 {
        let key = format!("key-of-wish-number-{n}");
        let problem = refusal(buyer.try_order("vip-month", &key).await, 503).await;
        assert_eq!(problem.code, ErrorCode::WechatUnavailable);
    }
    assert_eq!(shop.wechat.requests().len(), 1, "WeChat was asked once");
    let alarm = log.lines_with(&["ERROR", "签名错误", "APIv2 key", "nobody can pay"]);
    assert_eq!(alarm.len(), 1);
    assert!(log.lines_with(&[wrong]).is_empty());
    assert!(metrics.render().contains("wechat_calls_paused 1"));
}

#[tokio::test]
async fn an_operator_who_asks_reads_why_there_is_no_answer() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    shop.wechat.set_scenario(Scenario::GatewayDown);
    let url = format!("{}/admin/orders/{}/inquire", shop.server.url(), order.id);
    let answer = Client::new()
        .post(url)
        .bearer_auth(ADMIN_TOKEN)
        .json(&json!({}));
    let problem = refusal(answer.send().await.unwrap(), 503).await;
    assert_eq!(problem.code, ErrorCode::WechatUnavailable);
    let detail = problem.detail.unwrap_or_default();
    assert!(detail.contains("connection to WeChat broke"), "{detail}");
}
