//! Money going back: what asking for a refund and its end do to an order.

use wechat_checkout_protocol::{Attention, Fen, OrderStatus};

use super::decision::{Decision, Effect, KnownRefund, OwedRefund, Refusal, applied};
use super::{AskedRefund, Order, RefundEnding, RefundOf, SettledRefund};

/// WeChat takes at most this many refunds of one payment.
const REFUNDS_MAX: u32 = 50;

/// An operator asks. The amount is what he says; that it fits is decided here.
pub(super) fn asked(order: &Order, asked: &AskedRefund, known: KnownRefund) -> Decision {
    match known {
        KnownRefund::Unknown => {}
        KnownRefund::OfAnotherOrder => return Decision::Refused(Refusal::RefundConflict),
        KnownRefund::Open(amount) | KnownRefund::Settled(amount, _) if amount != asked.amount => {
            return Decision::Refused(Refusal::RefundConflict);
        }
        KnownRefund::Settled(_, RefundEnding::Failed) => {
            return Decision::Refused(Refusal::RefundFailedBefore);
        }
        KnownRefund::Open(_) | KnownRefund::Settled(_, RefundEnding::Succeeded) => {
            return Decision::AlreadyApplied;
        }
    }
    let Some(transaction_id) = &order.transaction_id else {
        return Decision::Refused(Refusal::NotPaid);
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
        amount_refunding,
        refunds: order.refunds.saturating_add(1),
        ..order.clone()
    };
    applied(
        standing_by_its_money(refunding),
        vec![Effect::OweRefund(owed)],
    )
}

/// It makes no headway: people look, while the questions go on.
pub(super) fn stuck(order: &Order) -> Decision {
    if order.attention == Some(Attention::UnderReview) {
        return Decision::AlreadyApplied;
    }
    match order.status {
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            let attention = Some(Attention::UnderReview);
            applied(
                Order {
                    attention,
                    ..order.clone()
                },
                vec![],
            )
        }
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation | OrderStatus::Closed => {
            Decision::Refused(Refusal::NotPaid)
        }
    }
}

/// WeChat told how it ended. All the money back takes the goods back, a part does not.
pub(super) fn settled(order: &Order, settled: &SettledRefund, known: KnownRefund) -> Decision {
    match known {
        KnownRefund::Open(amount) if amount == settled.amount => {}
        KnownRefund::Settled(..) => return Decision::AlreadyApplied,
        KnownRefund::Open(_) | KnownRefund::Unknown | KnownRefund::OfAnotherOrder => {
            return Decision::Refused(Refusal::RefundConflict);
        }
    }
    let after = match (settled.of, order.status) {
        (RefundOf::AnotherPayment, _) => order.clone(),
        (RefundOf::OrdersPayment, OrderStatus::Confirmed | OrderStatus::Refunding)
            if order.amount_refunding >= settled.amount =>
        {
            move_money(order, settled)
        }
        (RefundOf::OrdersPayment, _) => return Decision::Refused(Refusal::NotPaid),
    };
    let mut effects = Vec::new();
    if after.status == OrderStatus::Refunded
        && order.status != OrderStatus::Refunded
        && order.delivered_at.is_some()
    {
        // First, since a store may have to wait for the buyer's turn.
        effects.push(Effect::ReverseBenefits);
    }
    effects.push(Effect::SettleRefund {
        out_refund_no: settled.out_refund_no.clone(),
        ending: settled.ending,
        refund_id: settled.refund_id.clone(),
    });
    let attention = match settled.ending {
        // This money is back; the payment that does not fit is not.
        RefundEnding::Succeeded if order.has_open_misfit() => order.attention,
        RefundEnding::Succeeded if order.delivered_at.is_some() => None,
        RefundEnding::Succeeded => Some(Attention::LatePaymentRefunded),
        RefundEnding::Failed => Some(Attention::UnderReview),
    };
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
    standing_by_its_money(Order {
        amount_refunding,
        amount_refunded,
        ..order.clone()
    })
}

/// A paid order with the status that its money gives it: it is `refunding` when all of the money goes
/// back, and stays `confirmed` with its goods when only a part does.
fn standing_by_its_money(order: Order) -> Order {
    let status = if order.amount_refunded >= order.amount_total {
        OrderStatus::Refunded
    } else if order.amount_refundable() == Fen::ZERO || order.delivered_at.is_none() {
        // Nothing was delivered for this money: it stays on its way back until people sent it.
        OrderStatus::Refunding
    } else {
        OrderStatus::Confirmed
    };
    Order { status, ..order }
}
