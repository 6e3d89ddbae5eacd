//! Faults of the gateway itself: dropped, slow and unclear answers.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use wechat_checkout_gateway::Params;

use super::answer::Refusal;
use super::call::Call;
use crate::ledger::trade::TradeKey;
use crate::listener::DropConnection;
use crate::platform::Platform;
use crate::scenario::Scenario;

/// Longer than any sensible read time-out of a merchant's client. Real time.
const SLOW_ANSWER: Duration = Duration::from_secs(8);

/// In which scenario a call is answered: that of the account behind the order.
pub(super) fn scenario_of(platform: &Platform, call: &Call<'_>) -> Scenario {
    platform.read(|book| {
        let mch_id = call.account.mch_id();
        let by_number = || {
            let key = TradeKey::new(mch_id, call.get("out_trade_no")?);
            book.ledger.trade(&key)
        };
        let by_transaction = || {
            book.ledger
                .trade_by_transaction_id(mch_id, call.get("transaction_id")?)
        };
        let by_refund = || {
            book.ledger
                .trade_by_out_refund_no(mch_id, call.get("out_refund_no")?)
        };
        let of_trade = || {
            by_number()
                .or_else(by_transaction)
                .or_else(by_refund)?
                .terms
                .openid
                .as_deref()
        };
        book.buyers
            .scenario_of_openid(call.get("openid").or_else(of_trade))
    })
}

/// Waits before an answer is sent. The call was carried out by then: a merchant that loses its
/// patience has an order nevertheless.
pub(super) async fn delay(scenario: Scenario) {
    if scenario == Scenario::GatewaySlow {
        tokio::time::sleep(SLOW_ANSWER).await;
    }
}

/// Makes the listener close the connection instead of answering.
pub(super) fn dropped_connection() -> Response {
    let mut response = ().into_response();
    response.extensions_mut().insert(DropConnection);
    response
}

/// Hides the outcome of the first call of each kind about an order.
pub(super) fn spoil(
    platform: &Platform,
    path: &'static str,
    call: &Call<'_>,
    scenario: Scenario,
    outcome: Result<Params, Refusal>,
) -> Result<Params, Refusal> {
    if scenario != Scenario::SystemError {
        return outcome;
    }
    let number = call
        .get("out_trade_no")
        .or(call.get("transaction_id"))
        .unwrap_or_default();
    let key = TradeKey::new(call.account.mch_id(), number);
    if platform.change(|book| book.spoilt.insert((key, path))) {
        Err(Refusal::system_error())
    } else {
        outcome
    }
}
