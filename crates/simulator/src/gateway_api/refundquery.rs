//! 查询退款: where the refunds of a trade stand, as numbered fields.

use wechat_checkout_gateway::Params;
use wechat_checkout_protocol::Fen;

use super::answer::Refusal;
use super::call::Call;
use crate::ledger::numbers;
use crate::ledger::refund::{Refund, RefundStatus};
use crate::ledger::trade::Trade;
use crate::platform::{Book, Platform};

/// More refunds than this are asked for with `offset` or by their own number.
const REFUNDS_PER_REPLY: usize = 20;

/// Carries the call out.
pub(crate) fn query(platform: &Platform, call: &Call<'_>) -> Result<Params, Refusal> {
    let offset = match call.get("offset") {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::bad("offset", "参数格式错误"))?,
    };
    platform.read(|book| {
        let (trade, wanted) = find(book, call)?;
        let wanted: Vec<&Refund> = wanted
            .into_iter()
            .skip(offset)
            .take(REFUNDS_PER_REPLY)
            .collect();
        if wanted.is_empty() {
            return Err(not_found());
        }
        Ok(reply(trade, &wanted))
    })
}

fn not_found() -> Refusal {
    Refusal::business("REFUNDNOTEXIST", "退款订单查询失败")
}

/// `refund_id` before `out_refund_no` before `transaction_id` before `out_trade_no`.
fn find<'a>(book: &'a Book, call: &Call<'_>) -> Result<(&'a Trade, Vec<&'a Refund>), Refusal> {
    let (ledger, mch_id) = (&book.ledger, call.account.mch_id());
    let only = |trade: &'a Trade, is_wanted: &dyn Fn(&Refund) -> bool| {
        (
            trade,
            trade
                .refunds
                .iter()
                .filter(|refund| is_wanted(refund))
                .collect(),
        )
    };
    if let Some(id) = call.get("refund_id") {
        let trade = ledger
            .trade_by_refund_id(mch_id, id)
            .ok_or_else(not_found)?;
        return Ok(only(trade, &|refund| refund.refund_id == id));
    }
    if let Some(number) = call.get("out_refund_no") {
        let trade = ledger
            .trade_by_out_refund_no(mch_id, number)
            .ok_or_else(not_found)?;
        return Ok(only(trade, &|refund| refund.out_refund_no == number));
    }
    let trade = match call.get("transaction_id") {
        Some(id) => ledger.trade_by_transaction_id(mch_id, id),
        None => ledger.trade(&call.trade_key()?),
    };
    Ok(only(trade.ok_or_else(not_found)?, &|_| true))
}

fn reply(trade: &Trade, refunds: &[&Refund]) -> Params {
    let mut params = Params::new();
    if let Some(payment) = trade.payment() {
        params.set("transaction_id", &payment.transaction_id);
        for (name, fen) in [
            ("total_fee", payment.total_fee),
            ("settlement_total_fee", payment.settlement_total_fee()),
            ("cash_fee", payment.cash_fee()),
        ] {
            params.set(name, fen.get().to_string());
        }
    }
    params.set("out_trade_no", &trade.terms.key.out_trade_no);
    params.set("fee_type", "CNY");
    params.set("total_refund_count", trade.refunds.len().to_string());
    params.set("refund_count", refunds.len().to_string());
    for (index, refund) in refunds.iter().enumerate() {
        describe(&mut params, index, refund);
    }
    params
}

fn describe(params: &mut Params, index: usize, refund: &Refund) {
    let digits = |fen: Fen| fen.get().to_string();
    let mut set = |name: &str, value: &str| params.set(&format!("{name}_{index}"), value);
    set("out_refund_no", &refund.out_refund_no);
    set("refund_id", &refund.refund_id);
    set("refund_channel", "ORIGINAL");
    set("refund_fee", &digits(refund.refund_fee));
    set(
        "settlement_refund_fee",
        &digits(refund.settlement_refund_fee()),
    );
    if !refund.coupons.is_empty() {
        set("coupon_refund_fee", &digits(refund.coupon_refund_fee()));
        set("coupon_refund_count", &refund.coupons.len().to_string());
    }
    set("refund_status", refund.status.name());
    set("refund_account", &refund.account);
    // WeChat's own spelling.
    set("refund_recv_accout", "支付用户的零钱");
    if let (RefundStatus::Success, Some(at)) = (refund.status, refund.completed_at) {
        set("refund_success_time", &numbers::beijing_clock(at));
    }
    for (m, coupon) in refund.coupons.iter().enumerate() {
        let mut set = |name: &str, value: &str| params.set(&format!("{name}_{index}_{m}"), value);
        set("coupon_type", coupon.kind.name());
        set("coupon_refund_id", &coupon.id);
        set("coupon_refund_fee", &digits(coupon.fee));
    }
}
