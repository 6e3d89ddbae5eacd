//! No page of another origin commands the simulator or reads from it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;
use wechat_checkout_simulator::CONTROL_HEADER;

use crate::proxy::{text, with_page};
use crate::stage::Stage;

const EVIL: &str = "https://evil.test";
const NUMBER: &str = "order-7001";

async fn status(stage: &Stage, method: Method, url: Url, headers: &[(&str, &str)]) -> StatusCode {
    let call = stage.http.request(method, url).body("{}");
    let call = headers
        .iter()
        .fold(call, |call, (name, value)| call.header(*name, *value));
    let answer = call.send().await.expect("an answer");
    let allowed = answer.headers().get("access-control-allow-origin");
    assert_eq!(allowed, None, "no page of another origin may read");
    answer.status()
}

#[tokio::test]
async fn a_name_that_was_led_here_leads_nowhere() {
    let stage = with_page().await;
    let port = stage.gateway("/").port().expect("a port");
    let foreign = [
        "evil.test".to_owned(),
        format!("evil.test:{port}"),
        "127.0.0.1.nip.io".to_owned(),
        "10.0.0.1".to_owned(),
    ];
    for path in ["/_control/trades", "/pay/orderquery", "/"] {
        for host in &foreign {
            let told = [("host", host.as_str())];
            let refused = status(&stage, Method::GET, stage.gateway(path), &told).await;
            assert_eq!(refused, StatusCode::MISDIRECTED_REQUEST, "{path} {host}");
        }
    }
    for path in ["/", "/__wechat/bridge.js", "/__wechat/_control/trades"] {
        for host in &foreign {
            let told = [("host", host.as_str())];
            let refused = status(&stage, Method::GET, stage.app(path), &told).await;
            assert_eq!(refused, StatusCode::MISDIRECTED_REQUEST, "{path} {host}");
        }
    }
    let named = [("host", "localhost:8089")];
    let own = status(
        &stage,
        Method::GET,
        stage.gateway("/_control/trades"),
        &named,
    )
    .await;
    assert_eq!(own, StatusCode::OK);
}

#[tokio::test]
async fn nothing_is_changed_without_the_header_or_by_a_foreign_page() {
    let stage = Stage::held().await;
    stage.place(NUMBER).await;
    let pay = "/_control/trades/order-7001/pay";
    let header = (CONTROL_HEADER, "1");
    let hostile: [&[(&str, &str)]; 6] = [
        &[],
        // A form that needs no permission.
        &[("content-type", "text/plain"), ("origin", EVIL)],
        &[header, ("origin", EVIL)],
        &[header, ("origin", "null")],
        // Another program's page on this machine.
        &[header, ("origin", "http://127.0.0.1:3000")],
        &[header, ("sec-fetch-site", "same-site")],
    ];
    let nested = format!("/__wechat{pay}");
    for url in [stage.gateway(pay), stage.app(&nested)] {
        for told in hostile {
            let refused = status(&stage, Method::POST, url.clone(), told).await;
            assert_eq!(refused, StatusCode::FORBIDDEN, "{url} {told:?}");
        }
        let asked = [("origin", EVIL), ("access-control-request-method", "POST")];
        let preflight = status(&stage, Method::OPTIONS, url.clone(), &asked).await;
        assert_eq!(preflight, StatusCode::FORBIDDEN, "{url}");
    }
    for (method, path) in [
        (Method::POST, "/_control/reset"),
        (Method::PUT, "/_control/scenario"),
        (Method::DELETE, "/_control/requests"),
    ] {
        let refused = status(&stage, method, stage.gateway(path), &[]).await;
        assert_eq!(refused, StatusCode::FORBIDDEN, "{path}");
    }
    let trade = stage.simulator.trade(NUMBER).expect("a trade");
    assert_eq!(trade.trade_state, "NOTPAY");

    let own = stage.app("/").origin().ascii_serialization();
    let told = [header, ("origin", own.as_str())];
    let paid = status(&stage, Method::POST, stage.gateway(pay), &told).await;
    assert_eq!(paid, StatusCode::OK);
}

#[tokio::test]
async fn foreign_pages_neither_read_nor_tap_nor_choose() {
    let stage = with_page().await;
    let image = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-dest", "image"),
    ];
    let frame = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "iframe"),
    ];
    let reads = [
        stage.gateway("/_control/trades"),
        stage.gateway("/_control/"),
        stage.gateway("/connect/oauth2/authorize"),
        stage.app("/__wechat/bridge.js"),
        stage.app("/__wechat/_control/trades"),
    ];
    for url in reads {
        for told in [&image[..], &frame[..], &[("origin", EVIL)][..]] {
            let refused = status(&stage, Method::GET, url.clone(), told).await;
            assert_eq!(refused, StatusCode::FORBIDDEN, "{url} {told:?}");
        }
    }
    for path in ["/__wechat/sheet/open", "/__wechat/sheet/decide"] {
        let told = [("origin", EVIL), ("content-type", "application/json")];
        let refused = status(&stage, Method::POST, stage.app(path), &told).await;
        assert_eq!(refused, StatusCode::FORBIDDEN, "{path}");
    }
    // The page under test is shown as ever, and what its address chooses is not heeded.
    let link = stage.app("/?scenario=no-bridge");
    assert_eq!(
        status(&stage, Method::GET, link.clone(), &image).await,
        StatusCode::OK
    );
    let chosen = text(&stage, "/__wechat/bridge.js", &[]).await;
    assert!(chosen.contains("\"hasBridge\":true"), "an image chose");
    let visit = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    assert_eq!(
        status(&stage, Method::GET, link, &visit).await,
        StatusCode::OK
    );
    let chosen = text(&stage, "/__wechat/bridge.js", &[]).await;
    assert!(chosen.contains("\"hasBridge\":false"), "a link chooses");
    let page = status(&stage, Method::GET, stage.gateway("/_control/"), &visit).await;
    assert_eq!(page, StatusCode::OK, "a link leads to the control page");
}

#[tokio::test]
async fn a_replay_goes_only_where_notifications_went() {
    let stage = Stage::held().await;
    stage.place(NUMBER).await;
    let known = stage.receiver.notify_url.to_string();
    let recorded = |url: &str| {
        let sent = json!({ "kind": "payment", "url": url, "body": "<xml/>", "after_ms": 0 });
        json!({ "mch_id": "1900000001", "out_trade_no": NUMBER, "notifications": [sent] })
    };
    let replay = async |body: Value| {
        let call = stage.http.post(stage.gateway("/_control/replay"));
        let call = call.header(CONTROL_HEADER, "1").json(&body);
        call.send().await.expect("an answer").status()
    };
    for url in [
        "http://127.0.0.1:9/",
        "http://169.254.169.254/latest/",
        &format!("{known}?and=more"),
    ] {
        let refused = replay(recorded(url)).await;
        assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
    }
    assert_eq!(
        stage.simulator.notifications().len(),
        0,
        "nothing is planned"
    );
    assert_eq!(replay(recorded(&known)).await, StatusCode::ACCEPTED);
}
