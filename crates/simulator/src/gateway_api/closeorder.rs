//! 关闭订单: ends an unpaid trade, not before it is five minutes old.

use wechat_checkout_gateway::Params;

use super::answer::Refusal;
use super::call::Call;
use crate::agenda::Event;
use crate::ledger::CloseRefusal;
use crate::ledger::trade::{Trade, TradeKey};
use crate::platform::Platform;
use crate::scenario::Scenario;

/// How long after the close the scenario `paid-after-close` reports the payment.
const PAID_AFTER_CLOSE_MS: i64 = 10_000;

/// Carries the call out.
pub(crate) fn close(
    platform: &Platform,
    call: &Call<'_>,
    scenario: Scenario,
) -> Result<Params, Refusal> {
    let key = call.trade_key()?;
    if scenario == Scenario::CloseRace {
        // The buyer is a moment faster. A trade that is paid or closed already stays as it is.
        let _ = platform.pay(&key, &payer(platform, &key), scenario);
    }
    let now = platform.clock.now();
    platform
        .change(|book| book.ledger.close(&key, now))
        .map_err(refusal)?;
    if scenario == Scenario::PaidAfterClose {
        let payer = payer(platform, &key);
        let event = Event::PayAfterClose(key, payer);
        platform.change(|book| book.agenda.plan(now.plus_ms(PAID_AFTER_CLOSE_MS), event));
    }
    Ok(Params::from_iter([("result_msg", "OK")]))
}

/// Who would pay: the account that the order names, or the default account.
fn payer(platform: &Platform, key: &TradeKey) -> String {
    platform.read(|book| {
        let trade = book.ledger.trade(key);
        trade.map(Trade::default_payer).unwrap_or_default()
    })
}

fn refusal(why: CloseRefusal) -> Refusal {
    match why {
        CloseRefusal::NoSuchTrade => Refusal::business("ORDERNOTEXIST", "订单不存在"),
        CloseRefusal::Paid => Refusal::business("ORDERPAID", "订单已支付"),
        CloseRefusal::Closed => Refusal::business("ORDERCLOSED", "订单已关闭"),
        CloseRefusal::TooEarly => Refusal::business(
            "TRADE_STATE_ERROR",
            "订单生成后不能马上调用关单接口，最短调用时间间隔为5分钟",
        ),
    }
}
