//! The clock is compared with the `Date` of every answer, and named where a refusal may come of it.

use axum::http::header::DATE;
use axum::response::IntoResponse;
use wechat_checkout_gateway::{Client, ClientConfig, QueryBy, WallClock, xml};

use crate::calls::order;
use crate::merchant::{self, signed};
use crate::observed::{Log, recorder};
use crate::stub::Stub;

/// 2023-11-14 22:13:20 UTC.
const WECHAT_S: i64 = 1_700_000_000;

/// A client whose clock is so far behind that of the gateway, which refuses an order.
async fn refusing(behind_s: i64) -> (Stub, Client) {
    let refusal = [
        ("result_code", "FAIL"),
        ("err_code", "PARAM_ERROR"),
        (
            "err_code_des",
            "time_expire时间过短，刷卡至少1分钟，其他5分钟",
        ),
    ];
    let message = xml::write(&signed(&merchant::md5(), &refusal));
    let date = [(DATE, "Tue, 14 Nov 2023 22:13:20 GMT")];
    let answer = move |_| std::future::ready((date.clone(), message.clone()).into_response());
    let stub = Stub::start(answer).await;
    let mut config = ClientConfig::new(stub.url());
    config.clock = WallClock::new(move || (WECHAT_S - behind_s) * 1_000);
    let client = Client::new(config, merchant::md5()).expect("a client");
    (stub, client)
}

#[tokio::test]
async fn a_slow_clock_is_said_once_and_beside_every_refusal() {
    let log = Log::start();
    let (recorder, metrics) = recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let (_stub, client) = refusing(1_800).await;
    let sentence = "this machine's clock is 30 min behind WeChat's: set it (NTP)";
    for _ in 0..3 {
        let error = client.unifiedorder(&order()).await.expect_err("refused");
        let explained = error.explained(client.clock_skew());
        for part in ["PARAM_ERROR", "时间过短", "UTC", sentence] {
            assert!(explained.contains(part), "{part} in {explained}");
        }
    }
    assert_eq!(log.lines_with(&["WARN", "behind_s=18", sentence]).len(), 1);
    let refusals = log.lines_with(&["ERROR", "PARAM_ERROR", "时间过短", "UTC", sentence]);
    assert_eq!(
        refusals.len(),
        3,
        "code, sentence, advice and clock in one line"
    );
    let metrics = metrics.render();
    let gauge = "wechat_clock_skew_seconds{host=\"127.0.0.1\"} ";
    let skew = metrics.lines().find_map(|line| line.strip_prefix(gauge));
    let skew: i64 = skew.and_then(|skew| skew.parse().ok()).expect(&metrics);
    // Half of what the answer took is added, and this machine may be busy.
    assert!((1_800..1_810).contains(&skew), "{skew}");
}

#[tokio::test]
async fn a_right_clock_is_not_mentioned() {
    let log = Log::start();
    for behind_s in [0, 30, -30] {
        let (_stub, client) = refusing(behind_s).await;
        let error = client.unifiedorder(&order()).await.expect_err("refused");
        assert!(!error.explained(client.clock_skew()).contains("NTP"));
        assert!(client.clock_skew().is_some(), "measured all the same");
    }
    assert!(log.lines_with(&["NTP"]).is_empty());
}

/// Something in between that strips the header is no reason to guess.
#[tokio::test]
async fn without_a_date_nothing_is_measured() {
    let good = signed(
        &merchant::md5(),
        &[("out_trade_no", "1409811653"), ("trade_state", "NOTPAY")],
    );
    let message = xml::write(&good);
    let stub = Stub::start(move |_| {
        std::future::ready(([(DATE, "a while ago")], message.clone()).into_response())
    })
    .await;
    let client = stub.client(merchant::md5());
    let query = QueryBy::OutTradeNo("1409811653");
    client.orderquery(query).await.expect("answered");
    assert_eq!(client.clock_skew(), None);
}
