//! Every scenario is played once, from the order to its end, and keeps its promise.
//!
//! One table without a catch-all: a new scenario stops the build until somebody says what it does.

use std::time::Duration;

use serde_json::Value;
use wechat_checkout_gateway::notification::read_payment;
use wechat_checkout_gateway::{
    CallError, Client, ClientConfig, Merchant, QueryBy, Refund, RefundQueryBy, UnknownCause,
};
use wechat_checkout_protocol::Fen;
use wechat_checkout_simulator::Scenario;

use crate::proxy::with_page;
use crate::stage::Stage;
use crate::{buyer, proxy};

const NUMBER: &str = "order-6001";

/// What a merchant and a page see of one life.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Life {
    /// What the page finds itself in: with the bridge, without it, or in an ordinary browser.
    app: &'static str,
    /// How the gateway answers a query of the unpaid order, and then the same query again.
    answers: [&'static str; 2],
    /// What the sheet tells the page when the green button is tapped, or why it does not open.
    bridge: &'static str,
    /// Notifications that verify, and those that do not, within half a minute.
    told: [usize; 2],
    /// Within the first half second, notifications of either kind.
    at_once: usize,
    /// What WeChat says of the order in the end.
    end: &'static str,
    /// What was paid in cash, in fen.
    cash: i64,
    /// How a full refund ends.
    refund: &'static str,
}

/// Paid in the sheet, told once, refunded: what everything else differs from.
const USUAL: Life = Life {
    app: "wechat",
    answers: ["NOTPAY", "NOTPAY"],
    bridge: "get_brand_wcpay_request:ok",
    told: [1, 0],
    at_once: 1,
    end: "SUCCESS",
    cash: 1990,
    refund: "SUCCESS",
};

const UNPAID: Life = Life {
    told: [0, 0],
    at_once: 0,
    end: "NOTPAY",
    cash: 0,
    refund: "ORDERNOTEXIST",
    ..USUAL
};

fn promised(scenario: Scenario) -> Life {
    match scenario {
        Scenario::Pay => USUAL,
        Scenario::Cancel => Life {
            bridge: "get_brand_wcpay_request:cancel",
            ..UNPAID
        },
        Scenario::CancelThenOk => Life {
            bridge: "get_brand_wcpay_request:cancel get_brand_wcpay_request:ok",
            at_once: 0,
            ..USUAL
        },
        Scenario::PaidButCancel => Life {
            bridge: "get_brand_wcpay_request:cancel",
            ..USUAL
        },
        Scenario::Fail => Life {
            bridge: "get_brand_wcpay_request:fail",
            ..UNPAID
        },
        Scenario::SilentBridge => Life {
            bridge: "",
            ..USUAL
        },
        Scenario::NoBridge => Life {
            app: "wechat without bridge",
            ..USUAL
        },
        Scenario::OutsideWechat => Life {
            app: "browser",
            bridge: "system:function_not_exist",
            ..UNPAID
        },
        // The bridge answers when the notification was; the test that waits for it is `buyer`'s.
        Scenario::NotifyFirst => USUAL,
        Scenario::NotifyLate => Life {
            at_once: 0,
            ..USUAL
        },
        Scenario::NotifyLost => Life {
            told: [0, 0],
            at_once: 0,
            ..USUAL
        },
        Scenario::NotifyTwice => Life {
            told: [2, 0],
            at_once: 2,
            ..USUAL
        },
        Scenario::NotifyStorm => Life {
            told: [20, 0],
            at_once: 20,
            ..USUAL
        },
        // Nothing overtakes it here, so it comes after a minute.
        Scenario::NotifyReordered => Life {
            told: [0, 0],
            at_once: 0,
            ..USUAL
        },
        Scenario::NotifyForged => Life {
            told: [1, 3],
            at_once: 3,
            ..USUAL
        },
        Scenario::Coupon => Life {
            cash: 1692,
            ..USUAL
        },
        Scenario::WrongAmount => Life {
            cash: 1,
            refund: "REFUND_FEE_MISMATCH",
            ..USUAL
        },
        Scenario::WrongMerchant => Life {
            told: [1, 1],
            at_once: 1,
            ..USUAL
        },
        Scenario::SignatureProbe => Life {
            told: [1, 2],
            at_once: 2,
            ..USUAL
        },
        Scenario::GatewayDown => Life {
            answers: ["nothing", "nothing"],
            refund: "nothing",
            ..USUAL
        },
        Scenario::GatewaySlow => Life {
            answers: ["nothing", "nothing"],
            refund: "nothing",
            ..USUAL
        },
        Scenario::SystemError => Life {
            answers: ["SYSTEMERROR", "NOTPAY"],
            refund: "SYSTEMERROR",
            ..USUAL
        },
        Scenario::PrepayExpired => Life {
            bridge: "调用支付JSAPI缺少参数：total_fee",
            ..UNPAID
        },
        Scenario::CloseRace => USUAL,
        Scenario::PaidAfterClose => USUAL,
        Scenario::RefundAbnormal => Life {
            refund: "CHANGE",
            ..USUAL
        },
        Scenario::RefundNotEnough => Life {
            refund: "NOTENOUGH",
            ..USUAL
        },
        Scenario::OtherPayer => Life {
            bridge: "下单账号与支付账号不一致",
            ..UNPAID
        },
        Scenario::UrlNotRegistered => Life {
            bridge: "当前页面的URL未注册",
            ..UNPAID
        },
        Scenario::Devtools => Life {
            app: "devtools",
            bridge: "chooseWXPay:fail, the permission value is offline verifying",
            ..UNPAID
        },
        Scenario::MiniProgram => Life {
            app: "mini program",
            bridge: "system:access_denied",
            ..UNPAID
        },
    }
}

/// Longer than the loopback needs, shorter than `gateway-slow` takes.
fn impatient(stage: &Stage) -> Client {
    let mut config = ClientConfig::new(stage.simulator.gateway_url().clone());
    config.attempts_max = 1;
    config.read_timeout = Duration::from_secs(2);
    Client::new(config, stage.merchant.clone()).expect("a client")
}

async fn live(scenario: Scenario) -> Life {
    let stage = with_page().await;
    let openid = buyer::sign_in(&stage, "").await;
    let order = stage.order_of(NUMBER, &openid);
    let prepay = stage.client.unifiedorder(&order).await.expect("placed");
    let call = buyer::call(&stage, &prepay.prepay_id);

    stage.simulator.set_scenario(scenario);
    let app = app(&stage).await;
    let client = impatient(&stage);
    let answers = [state(&client).await, state(&client).await];
    let bridge = tap(&stage, &call).await;
    stage.simulator.step(Duration::from_millis(900)).await;
    let at_once = stage.receiver.bodies().len();
    stage.simulator.step(Duration::from_secs(30)).await;
    let told = told(&stage);
    let refund = refund(&stage, &client).await;

    stage.simulator.set_scenario(Scenario::Pay);
    let paid = stage.client.orderquery(QueryBy::OutTradeNo(NUMBER)).await;
    let paid = paid.expect("an answer");
    let cash = paid.payment().and_then(|payment| payment.cash_fee);
    Life {
        app,
        answers,
        bridge,
        told,
        at_once,
        end: match paid.trade_state.as_str() {
            // The order was paid, whatever became of the money afterwards.
            "REFUND" | "SUCCESS" => "SUCCESS",
            "NOTPAY" => "NOTPAY",
            other => panic!("{scenario}: {other}"),
        },
        cash: cash.map_or(0, Fen::get),
        refund,
    }
}

async fn app(stage: &Stage) -> &'static str {
    let document = proxy::text(stage, "/", &[("accept", "text/html")]).await;
    if !document.contains("/__wechat/bridge.js") {
        return "browser";
    }
    let agent = proxy::text(stage, "/seen", &[]).await;
    let script = proxy::text(stage, "/__wechat/bridge.js", &[]).await;
    if agent.contains("wechatdevtools") {
        "devtools"
    } else if agent.contains("miniProgram") {
        "mini program"
    } else if !agent.contains("MicroMessenger") {
        "another agent"
    } else if script.contains("\"hasBridge\":true") {
        "wechat"
    } else {
        "wechat without bridge"
    }
}

/// The state, or the code of the refusal.
async fn state(client: &Client) -> &'static str {
    match client.orderquery(QueryBy::OutTradeNo(NUMBER)).await {
        Ok(reply) if reply.trade_state.as_str() == "NOTPAY" => "NOTPAY",
        other => ending(other),
    }
}

fn ending<T: std::fmt::Debug>(answer: Result<T, CallError>) -> &'static str {
    match answer {
        Err(CallError::Refused { code, .. }) => match code.as_str() {
            "ORDERNOTEXIST" => "ORDERNOTEXIST",
            "NOTENOUGH" => "NOTENOUGH",
            "REFUND_FEE_MISMATCH" => "REFUND_FEE_MISMATCH",
            other => panic!("refused: {other}"),
        },
        Err(CallError::OutcomeUnknown(UnknownCause::Busy { .. })) => "SYSTEMERROR",
        Err(CallError::OutcomeUnknown(UnknownCause::Transport(_))) => "nothing",
        other => panic!("{other:?}"),
    }
}

/// Opens the sheet and taps the green button, unless the sheet does not open.
async fn tap(stage: &Stage, call: &Value) -> &'static str {
    let opened = buyer::post(stage, "/__wechat/sheet/open", call).await;
    let answers = match opened.get("sheet").filter(|sheet| !sheet.is_null()) {
        Some(_) => buyer::decide(stage, call, "pay").await,
        None => vec![opened["answer"].clone()],
    };
    let told = answers.iter().flat_map(|answer| {
        let names = ["err_desc", "errMsg", "err_msg"];
        names.into_iter().filter_map(|name| answer[name].as_str())
    });
    let told = told.collect::<Vec<_>>().join(" ");
    const KNOWN: [&str; 10] = [
        "system:function_not_exist",
        "get_brand_wcpay_request:cancel get_brand_wcpay_request:ok",
        "get_brand_wcpay_request:ok",
        "get_brand_wcpay_request:cancel",
        "调用支付JSAPI缺少参数：total_fee",
        "下单账号与支付账号不一致",
        "当前页面的URL未注册",
        "chooseWXPay:fail, the permission value is offline verifying",
        "system:access_denied",
        // The end of every refusal of the cashier: behind the words that tell which.
        "get_brand_wcpay_request:fail",
    ];
    let known = KNOWN.into_iter().find(|known| told.contains(known));
    match known {
        Some(known) => known,
        None if told.is_empty() => "",
        None => panic!("the bridge said {told}"),
    }
}

fn told(stage: &Stage) -> [usize; 2] {
    let bodies = stage.receiver.bodies();
    let merchant: &Merchant = &stage.merchant;
    let believable = bodies
        .iter()
        .filter(|body| read_payment(merchant, body).is_ok());
    let believable = believable.count();
    [believable, bodies.len() - believable]
}

/// Asks for all of the money back, and for how that ended.
async fn refund(stage: &Stage, client: &Client) -> &'static str {
    let fee = Fen::new(1990).expect("an amount");
    let refund = Refund::new(QueryBy::OutTradeNo(NUMBER), "refund-6001", fee, fee);
    if let Err(error) = client.refund(&refund).await {
        return ending::<()>(Err(error));
    }
    stage.simulator.step(Duration::from_secs(10)).await;
    let found = client
        .refundquery(RefundQueryBy::OutRefundNo("refund-6001"), 0)
        .await;
    match found.expect("the refund").refunds[0].refund_status.as_str() {
        "SUCCESS" => "SUCCESS",
        "CHANGE" => "CHANGE",
        other => panic!("ended as {other}"),
    }
}

#[tokio::test]
async fn every_scenario_keeps_its_promise() {
    // At once, because `gateway-slow` takes real seconds.
    let lives = Scenario::ALL.iter().map(|&scenario| async move {
        let life = live(scenario).await;
        (life != promised(scenario)).then(|| format!("{scenario}: {life:?}"))
    });
    let broken = futures_util::future::join_all(lives).await;
    let broken: Vec<String> = broken.into_iter().flatten().collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The two whose promise is about the close.
#[tokio::test]
async fn the_scenarios_of_the_close_keep_their_promise() {
    for (scenario, answer, later) in [
        (Scenario::Pay, "", "CLOSED"),
        (Scenario::CloseRace, "ORDERPAID", "SUCCESS"),
        (Scenario::PaidAfterClose, "", "SUCCESS"),
    ] {
        let stage = Stage::held().await;
        stage.place(NUMBER).await;
        stage.simulator.set_scenario(scenario);
        stage.simulator.step(Duration::from_secs(300)).await;
        let code = match stage.client.closeorder(NUMBER).await {
            Ok(_) => String::new(),
            Err(CallError::Refused { code, .. }) => code.to_string(),
            Err(error) => panic!("{scenario}: {error:?}"),
        };
        assert_eq!(code, answer, "{scenario}");
        stage.simulator.step(Duration::from_secs(11)).await;
        let found = stage.client.orderquery(QueryBy::OutTradeNo(NUMBER)).await;
        let found = found.expect("an answer");
        assert_eq!(found.trade_state.as_str(), later, "{scenario}");
        assert_eq!(
            told(&stage),
            [usize::from(later == "SUCCESS"), 0],
            "{scenario}"
        );
    }
}
