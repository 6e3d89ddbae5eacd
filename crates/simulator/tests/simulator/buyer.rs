//! The buyer: OAuth, the bridge's checks, and what the sheet answers.

use serde_json::{Value, json};
use wechat_checkout_gateway::bridge_params;
use wechat_checkout_simulator::{Scenario, demo};

use crate::stage::{PATIENCE, Stage};

/// Signs in as a buyer would; returns the openid.
pub(crate) async fn sign_in(stage: &Stage, cookie: &str) -> String {
    let code = authorize(stage, cookie).await;
    let grant = exchange(stage, &code).await;
    grant["openid"].as_str().expect("an openid").to_owned()
}

async fn authorize(stage: &Stage, cookie: &str) -> String {
    let mut address = stage.gateway("/connect/oauth2/authorize");
    address
        .query_pairs_mut()
        .append_pair("appid", demo::APPID)
        .append_pair("redirect_uri", "http://127.0.0.1:8080/oauth/callback")
        .append_pair("response_type", "code")
        .append_pair("scope", "snsapi_base")
        .append_pair("state", "abc123");
    let answer = stage
        .http
        .get(address)
        .header("cookie", cookie)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 302);
    let location = answer.headers()["location"]
        .to_str()
        .expect("text")
        .to_owned();
    let back: url::Url = location.parse().expect("a URL");
    assert!(
        location.starts_with("http://127.0.0.1:8080/oauth/callback?code="),
        "{location}"
    );
    assert!(
        back.query_pairs()
            .any(|pair| pair == ("state".into(), "abc123".into()))
    );
    let code = back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .expect("a code");
    code.1.into_owned()
}

async fn exchange(stage: &Stage, code: &str) -> Value {
    let mut address = stage.gateway("/sns/oauth2/access_token");
    address
        .query_pairs_mut()
        .append_pair("appid", demo::APPID)
        .append_pair("secret", demo::APP_SECRET)
        .append_pair("code", code)
        .append_pair("grant_type", "authorization_code");
    stage
        .http
        .get(address)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON")
}

/// What the bridge sends for an order: parameters signed as a merchant's server signs them.
pub(crate) fn call(stage: &Stage, prepay_id: &str) -> Value {
    let params = bridge_params(
        &stage.merchant,
        prepay_id,
        "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        1_490_840_662,
    );
    let page = stage.app("/?order=1").to_string();
    json!({ "params": params.expect("parameters"), "page_url": page, "landing_url": page })
}

pub(crate) async fn post(stage: &Stage, path: &str, body: &Value) -> Value {
    let answer = stage
        .http
        .post(stage.app(path))
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("JSON")
}

/// What the page's callback receives, one after another.
pub(crate) async fn decide(stage: &Stage, call: &Value, decision: &str) -> Vec<Value> {
    let mut body = call.clone();
    body["decision"] = json!(decision);
    let decided = post(stage, "/__wechat/sheet/decide", &body).await;
    decided["answers"].as_array().expect("a list").clone()
}

/// The same, each answer's `err_msg` alone, without the name of the call.
async fn told(stage: &Stage, call: &Value, decision: &str) -> Vec<String> {
    let answers = decide(stage, call, decision).await;
    let words = answers.iter().map(|answer| {
        let word = answer["err_msg"].as_str().expect("an err_msg");
        word.trim_start_matches("get_brand_wcpay_request:")
            .to_owned()
    });
    words.collect()
}

/// An order of the default account, and the bridge's call for it.
async fn ordered(stage: &Stage, out_trade_no: &str) -> Value {
    let openid = sign_in(stage, "").await;
    let order = stage.order_of(out_trade_no, &openid);
    let prepay = stage.client.unifiedorder(&order).await.expect("placed");
    call(stage, &prepay.prepay_id)
}

#[tokio::test]
async fn a_code_is_exchanged_once_within_five_minutes() {
    let stage = Stage::held().await;
    let code = authorize(&stage, "").await;
    assert_eq!(
        exchange(&stage, &code).await["openid"]
            .as_str()
            .map(str::len),
        Some(28)
    );
    assert_eq!(exchange(&stage, &code).await["errcode"], 40163);
    assert_eq!(exchange(&stage, "made-up").await["errcode"], 40029);
    let late = authorize(&stage, "").await;
    stage
        .simulator
        .step(std::time::Duration::from_secs(300))
        .await;
    assert_eq!(exchange(&stage, &late).await["errcode"], 40029);
}

#[tokio::test]
async fn the_cookie_names_the_account() {
    let stage = Stage::held().await;
    let default = sign_in(&stage, "").await;
    assert_eq!(sign_in(&stage, "other=1").await, default);
    let other = sign_in(&stage, "wechat_buyer=xiaohong").await;
    assert_ne!(other, default);
    assert_eq!(sign_in(&stage, "a=b; wechat_buyer=xiaohong").await, other);
}

#[tokio::test]
async fn the_sheet_shows_the_order_from_the_books_and_pays_it() {
    let stage = Stage::held().await;
    let call = ordered(&stage, "order-3001").await;
    let opened = post(&stage, "/__wechat/sheet/open", &call).await;
    assert_eq!(opened["sheet"]["amount"], "19.90");
    assert_eq!(opened["sheet"]["payee"], demo::MERCHANT_NAME);
    assert_eq!(opened["sheet"]["description"], "轻松会员商城-VIP月卡");
    assert_eq!(
        stage
            .simulator
            .trade("order-3001")
            .expect("a trade")
            .trade_state,
        "NOTPAY"
    );

    assert_eq!(told(&stage, &call, "cancel").await, ["cancel"]);
    assert_eq!(told(&stage, &call, "fail").await, ["fail"]);
    assert_eq!(decide(&stage, &call, "silent").await, Vec::<Value>::new());
    assert_eq!(
        stage
            .simulator
            .trade("order-3001")
            .expect("a trade")
            .trade_state,
        "NOTPAY"
    );

    assert_eq!(told(&stage, &call, "pay").await, ["ok"]);
    assert_eq!(
        stage
            .simulator
            .trade("order-3001")
            .expect("a trade")
            .trade_state,
        "SUCCESS"
    );
    let again = post(&stage, "/__wechat/sheet/open", &call).await;
    assert_eq!(again["answer"]["err_desc"], "该订单已支付");
}

#[tokio::test]
async fn the_sheet_refuses_in_wechats_words() {
    let stage = Stage::held().await;
    let good = ordered(&stage, "order-3002").await;
    let rows = [
        ("paySign", json!("0".repeat(64)), "支付验证签名失败"),
        ("signType", json!("MD5"), "支付验证签名失败"),
        (
            "appId",
            json!("wx00000000000000ff"),
            "商户传入的appid参数不正确",
        ),
        (
            "package",
            json!("prepay_id="),
            "调用支付JSAPI缺少参数：total_fee",
        ),
        (
            "package",
            json!("prepay_id=wx00"),
            "调用支付JSAPI缺少参数：total_fee",
        ),
        ("package", json!(""), "调用支付JSAPI缺少参数：package"),
        ("timeStamp", Value::Null, "调用支付JSAPI缺少参数：timeStamp"),
    ];
    for (name, value, wanted) in rows {
        let mut call = good.clone();
        call["params"][name] = value;
        let answer = post(&stage, "/__wechat/sheet/open", &call).await;
        assert_eq!(
            answer["answer"]["err_msg"], "get_brand_wcpay_request:fail",
            "{name}"
        );
        assert_eq!(answer["answer"]["err_desc"], wanted, "{name}");
    }
    let mut nothing = good.clone();
    nothing["params"] = json!({});
    let answer = post(&stage, "/__wechat/sheet/open", &nothing).await;
    assert_eq!(
        answer["answer"]["err_msg"],
        "get_brand_wcpay_request:fail_invalid_data"
    );

    stage
        .simulator
        .step(std::time::Duration::from_secs(7200))
        .await;
    let answer = post(&stage, "/__wechat/sheet/open", &good).await;
    assert_eq!(
        answer["answer"]["err_desc"], "调用支付JSAPI缺少参数：total_fee",
        "two hours later"
    );
}

#[tokio::test]
async fn scenarios_of_the_app_answer_as_the_app_does() {
    let rows = [
        (
            Scenario::PrepayExpired,
            "err_desc",
            "调用支付JSAPI缺少参数：total_fee",
        ),
        (Scenario::OtherPayer, "err_desc", "下单账号与支付账号不一致"),
        (
            Scenario::Devtools,
            "errMsg",
            "chooseWXPay:fail, the permission value is offline verifying",
        ),
        (Scenario::MiniProgram, "err_msg", "system:access_denied"),
    ];
    let stage = Stage::held().await;
    let call = ordered(&stage, "order-3003").await;
    for (scenario, name, wanted) in rows {
        stage.simulator.set_scenario(scenario);
        let answer = post(&stage, "/__wechat/sheet/open", &call).await;
        assert_eq!(answer["answer"][name], wanted, "{scenario}");
    }
    stage.simulator.set_scenario(Scenario::UrlNotRegistered);
    let answer = post(&stage, "/__wechat/sheet/open", &call).await;
    let text = answer["answer"]["err_desc"]
        .as_str()
        .expect("text")
        .to_owned();
    assert!(
        text.starts_with("当前页面的URL未注册：http://127.0.0.1:"),
        "{text}"
    );
}

#[tokio::test]
async fn scenarios_of_the_sheet_overrule_the_green_button() {
    let rows: [(Scenario, &[&str], &str); 5] = [
        (Scenario::Cancel, &["cancel"], "NOTPAY"),
        (Scenario::Fail, &["fail"], "NOTPAY"),
        (Scenario::SilentBridge, &[], "SUCCESS"),
        (Scenario::PaidButCancel, &["cancel"], "SUCCESS"),
        (Scenario::CancelThenOk, &["cancel", "ok"], "SUCCESS"),
    ];
    for (index, (scenario, wanted, state)) in rows.into_iter().enumerate() {
        let stage = Stage::held().await;
        let number = format!("order-31{index:02}");
        let call = ordered(&stage, &number).await;
        stage.simulator.set_scenario(scenario);
        assert_eq!(told(&stage, &call, "pay").await, wanted, "{scenario}");
        assert_eq!(
            stage.simulator.trade(&number).expect("a trade").trade_state,
            state
        );
    }
}

#[tokio::test]
async fn notify_first_answers_the_bridge_after_the_notification() {
    let stage = Stage::start(
        wechat_checkout_simulator::Pace::Running(1),
        wechat_checkout_gateway::SignType::Md5,
    )
    .await;
    let call = ordered(&stage, "order-3201").await;
    stage.simulator.set_scenario(Scenario::NotifyFirst);
    let answers = tokio::time::timeout(PATIENCE, told(&stage, &call, "pay")).await;
    assert_eq!(answers.expect("in time"), ["ok"]);
    assert_eq!(
        stage.receiver.bodies().len(),
        1,
        "delivered before the bridge answered"
    );
}
