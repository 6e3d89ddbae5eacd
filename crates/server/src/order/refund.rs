//! Money going back: what asking for a refund and its end do to an order.

use wechat_checkout_protocol::{Attention, Fen, OrderStatus};

use super::transition::{Decision, Effect, KnownRefund, OwedRefund, Refusal, applied};
use super::{AskedRefund, Order, RefundEnding, RefundOf, SettledRefund};

/// WeChat takes at most this many refunds of one payment.
const REFUNDS_MAX: u32 = 50;

/// An operator asks. The amount is what he says; that it fits is decided here.
pub(super) fn asked(order: &Order, asked: &AskedRefund, known: KnownRefund) -> Decision {
    match known {
        KnownRefund::Open(amount) | KnownRefund::Settled(amount) if amount != asked.amount => {
            return Decision::Refused(Refusal::RefundConflict);
        }
        KnownRefund::Open(_) | KnownRefund::Settled(_) => return Decision::AlreadyApplied,
        KnownRefund::Unknown => {}
    }
    let transaction_id = match (order.status, &order.transaction_id) {
        (OrderStatus::Confirmed | OrderStatus::Refunding, Some(transaction_id)) => transaction_id,
        (OrderStatus::Refunded, _) => return Decision::Refused(Refusal::RefundAmount),
        _ => return Decision::Refused(Refusal::NotPaid),
    };
    if asked.amount == Fen::ZERO || asked.amount > order.amount_refundable() {
        return Decision::Refused(Refusal::RefundAmount);
    }
    if order.refunds >= REFUNDS_MAX {
        return Decision::Refused(Refusal::TooManyRefunds);
    }
    let Some(amount_refunding) = order.amount_refunding.checked_add(asked.amount) else {
        return Decision::Refused(Refusal::RefundAmount);
    };
    let owed = OwedRefund {
        out_refund_no: asked.out_refund_no.clone(),
        transaction_id: transaction_id.clone(),
        payment_total: order.amount_total,
        amount: asked.amount,
        of: RefundOf::OrdersPayment,
    };
    let refunding = Order {
        status: OrderStatus::Refunding,
        amount_refunding,
        refunds: order.refunds.saturating_add(1),
        ..order.clone()
    };
    applied(refunding, vec![Effect::OweRefund(owed)])
}

/// WeChat told how it ended. All the money back takes the goods back, a part does not.
pub(super) fn settled(order: &Order, settled: &SettledRefund, known: KnownRefund) -> Decision {
    match known {
        KnownRefund::Settled(_) => return Decision::AlreadyApplied,
        KnownRefund::Open(amount) if amount == settled.amount => {}
        KnownRefund::Open(_) | KnownRefund::Unknown => {
            return Decision::Refused(Refusal::RefundConflict);
        }
    }
    let mut effects = vec![Effect::SettleRefund {
        out_refund_no: settled.out_refund_no.clone(),
        ending: settled.ending,
    }];
    let after = match (settled.of, order.status) {
        (RefundOf::AnotherPayment, _) => order.clone(),
        (RefundOf::OrdersPayment, OrderStatus::Refunding) => move_money(order, settled),
        (RefundOf::OrdersPayment, _) => return Decision::Refused(Refusal::NotPaid),
    };
    let attention = match settled.ending {
        RefundEnding::Succeeded => after.attention,
        RefundEnding::Failed => Some(Attention::UnderReview),
    };
    if after.status == OrderStatus::Refunded && order.status != OrderStatus::Refunded {
        effects.push(Effect::ReverseBenefits);
    }
    applied(Order { attention, ..after }, effects)
}

fn move_money(order: &Order, settled: &SettledRefund) -> Order {
    let amount_refunding = order
        .amount_refunding
        .checked_sub(settled.amount)
        .unwrap_or(Fen::ZERO);
    let amount_refunded = match settled.ending {
        RefundEnding::Succeeded => order
            .amount_refunded
            .checked_add(settled.amount)
            .unwrap_or(order.amount_total),
        RefundEnding::Failed => order.amount_refunded,
    };
    let is_late = order.attention == Some(Attention::LatePaymentRefunded);
    let status = if amount_refunded >= order.amount_total {
        OrderStatus::Refunded
    } else if amount_refunding > Fen::ZERO || is_late {
        // A late payment delivered nothing: it stays on its way back until people sent it.
        OrderStatus::Refunding
    } else {
        OrderStatus::Confirmed
    };
    Order {
        status,
        amount_refunding,
        amount_refunded,
        ..order.clone()
    }
}
