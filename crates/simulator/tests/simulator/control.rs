//! The control API, as a test in another language uses it.

use serde_json::{Value, json};

use crate::stage::Stage;

async fn call(stage: &Stage, method: reqwest::Method, path: &str, body: Value) -> (u16, Value) {
    let answer = stage
        .http
        .request(method, stage.gateway(path))
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .expect("an answer");
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("text");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_tester_holds_the_clock_pays_and_delivers_step_by_step() {
    use reqwest::Method;
    let stage = Stage::start(
        wechat_checkout_simulator::Pace::Running(1),
        wechat_checkout_gateway::SignType::Md5,
    )
    .await;
    let (status, _) = call(
        &stage,
        Method::PUT,
        "/_control/clock",
        json!({ "pace": "held" }),
    )
    .await;
    assert_eq!(status, 200);
    let scenario = json!({ "scenario": "notify-late" });
    assert_eq!(
        call(&stage, Method::PUT, "/_control/scenario", scenario)
            .await
            .0,
        200
    );
    stage.place("order-4001").await;
    let paid = "/_control/trades/order-4001/pay";
    let (status, trade) = call(&stage, Method::POST, paid, Value::Null).await;
    assert_eq!((status, &trade["trade_state"]), (200, &json!("SUCCESS")));
    assert_eq!(call(&stage, Method::POST, paid, Value::Null).await.0, 409);

    let waiting = "/_control/wait?out_trade_no=order-4001&acknowledged=1&timeout_ms=50";
    assert_eq!(call(&stage, Method::GET, waiting, Value::Null).await.0, 408);
    let step = "/_control/clock/step";
    assert_eq!(
        call(&stage, Method::POST, step, json!({ "ms": 20_000 }))
            .await
            .0,
        200
    );
    let (status, _) = call(&stage, Method::GET, waiting, Value::Null).await;
    assert_eq!(status, 200);
    let of_trade = "/_control/notifications?out_trade_no=order-4001";
    let (_, sent) = call(&stage, Method::GET, of_trade, Value::Null).await;
    assert_eq!(sent[0]["status"], "acknowledged");
    let again = format!("/_control/notifications/{}/deliver", sent[0]["id"]);
    let (_, sent) = call(&stage, Method::POST, &again, Value::Null).await;
    assert_eq!(sent["attempts"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn nonsense_is_refused_with_a_sentence() {
    use reqwest::Method;
    let stage = Stage::held().await;
    let rows = [
        (
            Method::PUT,
            "/_control/scenario",
            json!({ "scenario": "no-such" }),
            422,
        ),
        (
            Method::PUT,
            "/_control/scenario",
            json!({ "scenario": "pay", "buyer": "A B" }),
            422,
        ),
        (
            Method::POST,
            "/_control/clock/step",
            json!({ "ms": -1 }),
            422,
        ),
        (
            Method::POST,
            "/_control/trades/nobody/pay",
            Value::Null,
            404,
        ),
        (
            Method::POST,
            "/_control/notifications/deliver-next",
            Value::Null,
            404,
        ),
        (
            Method::POST,
            "/_control/notifications/77/deliver",
            Value::Null,
            404,
        ),
    ];
    for (method, path, body, wanted) in rows {
        assert_eq!(call(&stage, method, path, body).await.0, wanted, "{path}");
    }
}

#[tokio::test]
async fn all_scenarios_are_listed_with_what_they_do() {
    let stage = Stage::held().await;
    let (_, list) = call(
        &stage,
        reqwest::Method::GET,
        "/_control/scenarios",
        Value::Null,
    )
    .await;
    let list = list.as_array().expect("a list").clone();
    assert_eq!(list.len(), wechat_checkout_simulator::Scenario::ALL.len());
    assert_eq!(list[0]["name"], "pay");
}
