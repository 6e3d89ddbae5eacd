//! What a payment does to an order: the only place that makes `confirmed`.

use wechat_checkout_protocol::{Attention, OrderStatus, UnixMillis};

use super::decision::{
    Change, Decision, Effect, Facts, KnownRefund, OwedRefund, Refusal, applied, change,
};
use super::{Misfit, Order, PaymentEvidence, RefundOf};

/// WeChat settles orders of this shop in one currency only.
const CURRENCY: &str = "CNY";

/// WeChat vouches for a payment of this order.
pub(super) fn paid(
    order: &Order,
    evidence: &PaymentEvidence,
    facts: Facts,
    now: UnixMillis,
) -> Decision {
    if order.transaction_id.as_deref() == Some(evidence.transaction_id.as_str()) {
        return Decision::AlreadyApplied;
    }
    if facts.refund != KnownRefund::Unknown {
        return Decision::AlreadyApplied;
    }
    if let Some(misfit) = misfit(order, evidence) {
        return flag_for_review(order, evidence, misfit, facts);
    }
    match order.status {
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => {
            deliver(order, evidence, now)
        }
        OrderStatus::Closed if facts.goods_left => deliver(order, evidence, now),
        OrderStatus::Closed => send_back(order, evidence, now),
        // A second payment of one order: the goods were delivered once, this money goes back.
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            let owed = OwedRefund::of_payment(evidence, RefundOf::AnotherPayment);
            applied(order.clone(), vec![Effect::OweRefund(owed)])
        }
    }
}

fn deliver(order: &Order, evidence: &PaymentEvidence, now: UnixMillis) -> Decision {
    let order = fitted_by(order, evidence);
    let confirmed = Order {
        status: OrderStatus::Confirmed,
        transaction_id: Some(evidence.transaction_id.clone()),
        confirmed_at: Some(now),
        delivered_at: Some(now),
        attention: order.has_open_misfit().then_some(Attention::UnderReview),
        inquiry_due_at: None,
        ..order
    };
    applied(confirmed, vec![Effect::Deliver])
}

/// Paid after close, and the goods are gone.
fn send_back(order: &Order, evidence: &PaymentEvidence, now: UnixMillis) -> Decision {
    let order = fitted_by(order, evidence);
    let refunding = Order {
        status: OrderStatus::Refunding,
        transaction_id: Some(evidence.transaction_id.clone()),
        confirmed_at: Some(now),
        attention: Some(if order.has_open_misfit() {
            Attention::UnderReview
        } else {
            Attention::LatePaymentRefunded
        }),
        amount_refunding: evidence.total_fee,
        refunds: 1,
        inquiry_due_at: None,
        ..order
    };
    let owed = OwedRefund::of_payment(evidence, RefundOf::OrdersPayment);
    applied(refunding, vec![Effect::OweRefund(owed)])
}

/// The order as a payment that fits finds it: the same payment, told rightly now, is no misfit, and
/// what WeChat said before it was paid is over.
fn fitted_by(order: &Order, evidence: &PaymentEvidence) -> Order {
    let is_another = |misfit: &Misfit| misfit.transaction_id != evidence.transaction_id;
    Order {
        misfit: order.misfit.clone().filter(is_another),
        last_query: None,
        ..order.clone()
    }
}

/// Why a payment does not fit, if it does not.
///
/// Amount, currency and payer, each compared with the order and never with what the page said.
#[must_use]
pub fn misfit(order: &Order, evidence: &PaymentEvidence) -> Option<Refusal> {
    if evidence.total_fee != order.amount_total {
        Some(Refusal::WrongAmount)
    } else if evidence.fee_type != CURRENCY {
        Some(Refusal::WrongCurrency)
    } else if evidence.openid != order.openid {
        Some(Refusal::ForeignPayer)
    } else {
        None
    }
}

/// Genuine news that does not fit: nothing is delivered and people look, once for each payment.
fn flag_for_review(
    order: &Order,
    evidence: &PaymentEvidence,
    misfit: Refusal,
    facts: Facts,
) -> Decision {
    if facts.is_noted {
        return Decision::Refused(misfit);
    }
    let flagged = Order {
        attention: Some(Attention::UnderReview),
        misfit: Some(Misfit {
            transaction_id: evidence.transaction_id.clone(),
            is_open: true,
        }),
        ..order.clone()
    };
    Decision::Applied(Box::new(Change {
        misfit: Some(misfit),
        ..change(flagged, vec![])
    }))
}
