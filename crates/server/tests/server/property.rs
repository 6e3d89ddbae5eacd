//! Whatever happens in whatever order: the machine keeps its promises.

use proptest::prelude::*;
use wechat_checkout_protocol::{BridgeOutcome, Fen, OrderStatus};
use wechat_checkout_server::order::{
    Decision, Effect, Facts, KnownRefund, Order, OrderEvent, PaymentEvidence, decide,
};

use crate::sample::{NOW, order, payment};

fn any_event() -> impl Strategy<Value = OrderEvent> {
    let outcomes = prop_oneof![
        Just(BridgeOutcome::Ok),
        Just(BridgeOutcome::Cancel),
        Just(BridgeOutcome::Fail),
        Just(BridgeOutcome::Unknown),
        Just(BridgeOutcome::NoAnswer),
    ];
    let payments = (0..3_u8, prop_oneof![Just(1990_i64), Just(1)]).prop_map(|(number, fee)| {
        OrderEvent::Paid(PaymentEvidence {
            total_fee: Fen::new(fee).unwrap(),
            ..payment(&order("property"), &format!("T{number}"))
        })
    });
    prop_oneof![
        outcomes.prop_map(OrderEvent::Reported),
        payments,
        Just(OrderEvent::FoundUnpaid(None)),
        Just(OrderEvent::InquiryUnanswered(None)),
        Just(OrderEvent::ClosedAtWechat(None)),
        (1..24_u64).prop_map(|seq| OrderEvent::Reviewed { seq }),
    ]
}

proptest! {
    #[test]
    fn delivered_exactly_once_if_and_only_if_paid_right(
        events in proptest::collection::vec(any_event(), 0..24),
        goods_left in any::<bool>(),
    ) {
        let mut order = order("property");
        let mut delivered = 0;
        let mut refunded = Vec::new();
        let mut paid_right = Vec::new();
        for (step, event) in (1_i64..).zip(&events) {
            let now = NOW.plus_ms(step * 1_000);
            if let OrderEvent::Paid(evidence) = event
                && evidence.total_fee == order.amount_total
                && !paid_right.contains(&evidence.transaction_id)
            {
                paid_right.push(evidence.transaction_id.clone());
            }
            let refund = match event {
                OrderEvent::Paid(evidence) if refunded.contains(&evidence.transaction_id) => {
                    KnownRefund::Open(evidence.total_fee)
                }
                _ => KnownRefund::Unknown,
            };
            let facts = Facts { goods_left, refund, is_noted: false };
            if let Decision::Applied(change) = decide(&order, event, facts, now) {
                for effect in &change.effects {
                    match effect {
                        Effect::Deliver => delivered += 1,
                        Effect::OweRefund(owed) => refunded.push(owed.transaction_id.clone()),
                        Effect::SettleRefund { .. } | Effect::ReverseBenefits => {
                            prop_assert!(false, "nobody asked for a refund");
                        }
                        Effect::ReleaseStock => prop_assert!(order.transaction_id.is_none()),
                    }
                }
                prop_assert!(is_legal(order.status, change.order.status));
                order = change.order;
            }
        }
        prop_assert!(delivered <= 1);
        prop_assert_eq!(delivered == 1, order.status == OrderStatus::Confirmed);
        // Every payment that fits either bought the goods or goes back, and never both.
        prop_assert_eq!(delivered + refunded.len(), paid_right.len());
        prop_assert_eq!(paid_right.is_empty(), order.transaction_id.is_none());
    }

    #[test]
    fn saying_it_twice_changes_nothing(event in any_event(), before in any_event()) {
        let facts = Facts { goods_left: true, refund: KnownRefund::Unknown, is_noted: false };
        let order = after(&order("property"), &before, facts);
        let once = after(&order, &event, facts);
        if let (OrderEvent::Paid(evidence), Some(id)) = (&event, &once.transaction_id)
            && evidence.transaction_id == *id
        {
            prop_assert_eq!(decide(&once, &event, facts, NOW), Decision::AlreadyApplied);
        }
    }
}

fn after(order: &Order, event: &OrderEvent, facts: Facts) -> Order {
    match decide(order, event, facts, NOW) {
        Decision::Applied(change) => change.order,
        Decision::AlreadyApplied | Decision::Refused(_) => order.clone(),
    }
}

/// The arrows of the drawing, and staying where one is.
fn is_legal(from: OrderStatus, to: OrderStatus) -> bool {
    use OrderStatus::{AwaitingConfirmation, Closed, Confirmed, Refunding, Unprocessed};
    from == to
        || matches!(
            (from, to),
            (Unprocessed, AwaitingConfirmation | Confirmed | Closed)
                | (AwaitingConfirmation, Confirmed | Closed)
                | (Closed, Confirmed | Refunding)
        )
}
