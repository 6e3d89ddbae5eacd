//! 查询订单: what the platform knows about a trade.

use wechat_checkout_gateway::Params;

use super::answer::Refusal;
use super::call::Call;
use crate::courier::message;
use crate::ledger::numbers;
use crate::ledger::trade::{Trade, TradeState};
use crate::platform::Platform;

/// Carries the call out. `transaction_id` wins over `out_trade_no` when both are given.
pub(crate) fn query(platform: &Platform, call: &Call<'_>) -> Result<Params, Refusal> {
    let now = platform.clock.now();
    platform.read(|book| {
        let trade = match call.get("transaction_id") {
            Some(id) => book
                .ledger
                .trade_by_transaction_id(call.account.mch_id(), id),
            None => book.ledger.trade(&call.trade_key()?),
        };
        let trade = trade.ok_or_else(|| Refusal::business("ORDERNOTEXIST", "订单不存在"))?;
        Ok(reply(trade, trade.state(now)))
    })
}

fn reply(trade: &Trade, state: TradeState) -> Params {
    let mut params = Params::new();
    if let Some(device_info) = &trade.terms.device_info {
        params.set("device_info", device_info);
    }
    params.set("trade_state", state.name());
    params.set("trade_state_desc", state.description());
    params.set("out_trade_no", &trade.terms.key.out_trade_no);
    if let Some(attach) = &trade.terms.attach {
        params.set("attach", attach);
    }
    // A trade without a payment has no transaction_id, openid, bank_type or time_end.
    let Some(payment) = trade.payment() else {
        params.set("total_fee", trade.terms.total_fee.get().to_string());
        return params;
    };
    let total_fee = payment.total_fee.get().to_string();
    params.set("openid", &payment.payer);
    params.set("is_subscribe", "N");
    params.set("trade_type", trade.terms.trade_type.name());
    params.set("bank_type", "OTHERS");
    params.set("total_fee", &total_fee);
    params.set("fee_type", "CNY");
    params.set("cash_fee", payment.cash_fee().get().to_string());
    message::set_coupons(&mut params, payment);
    params.set("cash_fee_type", "CNY");
    params.set("transaction_id", &payment.transaction_id);
    params.set("time_end", numbers::beijing_second(payment.paid_at));
    params
}
