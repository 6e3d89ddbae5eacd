//! The pay sheet's side of the platform: shows an order by its prepay_id and takes the decision.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bridge_call::{self, BridgeCall, BridgeRefusal, Caller};
use super::{Client, agent_of};
use crate::account::MerchantAccount;
use crate::buyer::BuyerName;
use crate::ledger::PayRefusal;
use crate::ledger::trade::TradeKey;
use crate::platform::Paid;
use crate::scenario::Scenario;

/// How long the bridge waits for the notification in the scenario `notify-first`: a little longer
/// than the courier waits for an answer. Real time.
const NOTIFIED_FIRST_WITHIN: Duration = Duration::from_secs(6);

/// What the buyer tapped.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Decision {
    /// The green button.
    Pay,
    /// The cross.
    Cancel,
    /// The cashier reports an error; for tests.
    Fail,
    /// The sheet goes away and nobody is told anything; for tests.
    Silent,
}

/// Body of `POST /__wechat/sheet/decide`.
#[derive(Debug, Deserialize)]
pub(super) struct DecideBody {
    #[serde(flatten)]
    call: BridgeCall,
    decision: Decision,
}

/// `POST /__wechat/sheet/open`: what to show, or the answer that the page gets without a sheet.
///
/// Security: the summary comes from the platform's books and never from the page, so that a page
/// cannot show one amount and take another.
pub(super) async fn open(
    State(client): State<Arc<Client>>,
    headers: HeaderMap,
    Json(call): Json<BridgeCall>,
) -> Json<Value> {
    let caller = match caller(&client, &headers) {
        Ok(caller) => caller,
        Err(refusal) => return Json(json!({ "answer": refusal.answer() })),
    };
    let platform = &client.platform;
    let sheet = platform.read(|book| {
        let trade = bridge_call::check(book, &platform.accounts, &caller, &call)?;
        let payee = platform
            .account(&trade.terms.key.mch_id)
            .map(MerchantAccount::name);
        Ok::<Value, BridgeRefusal>(json!({
            "payee": payee,
            "amount": trade.terms.total_fee.to_string(),
            "description": trade.terms.body,
            "scenario": caller.scenario,
            "buyer": caller.buyer.as_str(),
        }))
    });
    match sheet {
        Ok(sheet) => Json(json!({ "sheet": sheet })),
        Err(refusal) => Json(json!({ "answer": refusal.answer() })),
    }
}

/// `POST /__wechat/sheet/decide`: carries the decision out; `answers` are what the page's callback
/// receives, one after another: usually one, and none when it is to receive nothing.
pub(super) async fn decide(
    State(client): State<Arc<Client>>,
    headers: HeaderMap,
    Json(body): Json<DecideBody>,
) -> Json<Value> {
    let caller = match caller(&client, &headers) {
        Ok(caller) => caller,
        Err(refusal) => return Json(json!({ "answers": [refusal.answer()] })),
    };
    let decision = match (caller.scenario, body.decision) {
        (Scenario::Cancel, Decision::Pay) => Decision::Cancel,
        (Scenario::Fail, Decision::Pay) => Decision::Fail,
        (_, decision) => decision,
    };
    let answers = match decision {
        Decision::Cancel => vec![said(bridge_call::CANCEL)],
        Decision::Fail => vec![described("支付失败，银行系统繁忙，请稍后再试")],
        Decision::Silent => vec![],
        Decision::Pay => pay(&client, &caller, &body.call).await,
    };
    Json(json!({ "answers": answers }))
}

fn said(err_msg: &str) -> Value {
    json!({ "err_msg": err_msg })
}

fn described(text: &str) -> Value {
    BridgeRefusal::Described(text.to_owned()).answer()
}

async fn pay(client: &Client, caller: &Caller, call: &BridgeCall) -> Vec<Value> {
    let platform = &client.platform;
    let checked = platform.read(|book| {
        let trade = bridge_call::check(book, &platform.accounts, caller, call)?;
        Ok((
            trade.terms.key.clone(),
            caller.buyer.openid(&trade.terms.appid),
        ))
    });
    let (key, payer): (TradeKey, String) = match checked {
        Ok(checked) => checked,
        Err(refusal) => return vec![BridgeRefusal::answer(&refusal)],
    };
    match platform.pay(&key, &payer, caller.scenario) {
        Ok(paid) => {
            if caller.scenario == Scenario::NotifyFirst {
                wait_for_first_delivery(client, &paid).await;
            }
            told_of_payment(caller.scenario)
        }
        // Somebody was faster between the check and the payment.
        Err(PayRefusal::Paid) => vec![described("该订单已支付")],
        Err(PayRefusal::Closed | PayRefusal::NoSuchTrade) => vec![described("该订单已失效")],
    }
}

/// What the page hears of a payment that went through.
fn told_of_payment(scenario: Scenario) -> Vec<Value> {
    let (cancel, ok) = (said(bridge_call::CANCEL), said(bridge_call::OK));
    match scenario {
        Scenario::SilentBridge => vec![],
        Scenario::PaidButCancel => vec![cancel],
        Scenario::CancelThenOk => vec![cancel, ok],
        _ => vec![ok],
    }
}

async fn wait_for_first_delivery(client: &Client, paid: &Paid) {
    let Some(id) = paid.notification else { return };
    let delivered = client.platform.wait_until(|book| {
        book.outbox
            .get(id)
            .is_none_or(|notification| !notification.attempts.is_empty())
    });
    // A clock that is held never delivers; the bridge answers then all the same.
    let _ = tokio::time::timeout(NOTIFIED_FIRST_WITHIN, delivered).await;
}

fn caller(client: &Client, headers: &HeaderMap) -> Result<Caller, BridgeRefusal> {
    let buyer = BuyerName::of_browser(headers);
    let now = client.platform.clock.now();
    client.platform.read(|book| {
        let scenario = book.buyers.scenario(&buyer);
        let agent = agent_of(&book.buyers, &buyer).ok_or(BridgeRefusal::Answer(
            "err_msg",
            "system:function_not_exist",
        ))?;
        Ok(Caller {
            buyer: buyer.clone(),
            agent,
            scenario,
            now,
        })
    })
}
