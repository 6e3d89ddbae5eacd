//! The control API, as a test in another language uses it.

use serde_json::{Value, json};

use crate::stage::Stage;

async fn call(stage: &Stage, method: reqwest::Method, path: &str, body: Value) -> (u16, Value) {
    let answer = stage
        .http
        .request(method, stage.gateway(path))
        .header("content-type", "application/json")
        .header(wechat_checkout_simulator::CONTROL_HEADER, "1")
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

#[tokio::test]
async fn every_documented_call_exists() {
    let stage = Stage::held().await;
    stage.place("order-4101").await;
    let (_, document) = call(
        &stage,
        reqwest::Method::GET,
        "/_control/openapi.json",
        Value::Null,
    )
    .await;
    let paths = document["paths"].as_object().expect("paths").clone();
    assert!(paths.len() > 15);
    for (path, calls) in paths {
        for method in calls.as_object().expect("calls").keys() {
            let method = method.to_uppercase().parse().expect("a method");
            let path = path
                .replace("{out_trade_no}", "order-4101")
                .replace("{id}", "1");
            let path = if path.ends_with("/changes") {
                format!("{path}?after=999999")
            } else {
                path
            };
            let (status, problem) = call(&stage, method, &path, Value::Null).await;
            let is_explained = status != 404 || problem["title"].is_string();
            assert!(is_explained && status != 405, "{path}: {status}");
        }
    }
}

#[tokio::test]
async fn a_timeline_is_exported_and_its_notifications_are_replayed() {
    use reqwest::Method;
    let stage = Stage::held().await;
    stage.place("order-4201").await;
    stage
        .simulator
        .step(std::time::Duration::from_secs(1))
        .await;
    stage.simulator.pay("order-4201").expect("paid");
    stage
        .simulator
        .step(std::time::Duration::from_secs(1))
        .await;
    let path = "/_control/trades/order-4201/timeline";
    let (_, timeline) = call(&stage, Method::GET, path, Value::Null).await;
    let told: Vec<&str> = timeline["moments"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|moment| moment["what"].as_str())
        .collect();
    assert_eq!(told, ["placed", "called", "paid", "notified"]);

    assert_eq!(
        call(&stage, Method::POST, "/_control/reset", Value::Null)
            .await
            .0,
        204
    );
    assert!(stage.simulator.trades().is_empty());
    assert_eq!(
        call(&stage, Method::POST, "/_control/replay", timeline)
            .await
            .0,
        202
    );
    stage
        .simulator
        .step(std::time::Duration::from_secs(1))
        .await;
    let bodies = stage.receiver.bodies();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn seeded_orders_are_there_and_paid() {
    use reqwest::Method;
    let stage = Stage::held().await;
    let url = stage.receiver.notify_url.as_str();
    let orders = json!([
        { "out_trade_no": "seed-0001", "total_fee": 1990, "body": "月卡", "notify_url": url },
        { "out_trade_no": "seed-0002", "total_fee": 1, "body": "测试", "notify_url": url, "is_paid": true },
    ]);
    let (status, seeded) = call(&stage, Method::POST, "/_control/seed", orders.clone()).await;
    assert_eq!(
        (status, &seeded[1]["trade_state"]),
        (200, &json!("SUCCESS"))
    );
    assert_eq!(
        call(&stage, Method::POST, "/_control/seed", orders).await.0,
        409
    );
    let bad =
        json!([{ "out_trade_no": "seed-0003", "total_fee": 1, "body": "x", "notify_url": "no" }]);
    assert_eq!(
        call(&stage, Method::POST, "/_control/seed", bad).await.0,
        422
    );
}

#[tokio::test]
async fn the_control_page_is_served_and_the_drawer_only_when_wanted() {
    let stage = Stage::held().await;
    for file in ["", "control.js", "control.css"] {
        let answer = stage
            .http
            .get(stage.gateway(&format!("/_control/{file}")))
            .send()
            .await;
        assert_eq!(answer.expect("an answer").status(), 200, "{file}");
    }
    let nested = stage
        .http
        .get(stage.app("/__wechat/_control/trades"))
        .send()
        .await;
    assert_eq!(
        nested.expect("an answer").status(),
        200,
        "the drawer reaches the same calls"
    );
    let script = stage
        .http
        .get(stage.app("/__wechat/bridge.js"))
        .send()
        .await;
    let script = script.expect("an answer").text().await.expect("text");
    assert!(script.contains("\"hasDrawer\":false"));
}

#[test]
fn the_readers_guides_name_every_scenario_and_no_other() {
    let file = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs")
            .join(name);
        std::fs::read_to_string(path).expect("the guide")
    };
    let (guide, plan) = (file("SIMULATOR.md"), file("QA.md"));
    for scenario in wechat_checkout_simulator::Scenario::ALL {
        let row = format!("| `{scenario}` | {} |", scenario.summary());
        assert!(guide.contains(&row), "SIMULATOR.md lacks: {row}");
        assert!(
            plan.contains(&format!("?scenario={scenario})")),
            "QA.md lacks {scenario}"
        );
    }
    for linked in plan.split("?scenario=").skip(1) {
        let name = linked.split([')', '`', '>']).next().unwrap_or_default();
        assert!(
            name.parse::<wechat_checkout_simulator::Scenario>().is_ok(),
            "{name}"
        );
    }
}
