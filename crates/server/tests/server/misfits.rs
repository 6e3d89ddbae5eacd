//! Payments that WeChat vouches for and that do not fit their order: noted once, left to people.

use wechat_checkout_protocol::{Attention, Fen, OrderStatus};
use wechat_checkout_server::order::{
    Decision, Facts, KnownRefund, Order, OrderEvent, PaymentEvidence, RefundEnding, Refusal, decide,
};
use wechat_checkout_server::store::JournalEvent;
use wechat_checkout_simulator::Scenario;

use crate::machine::{STOCKED, ask, later, order_in, part, settle};
use crate::sample::{order, payment};
use crate::shop::Shop;

#[test]
fn a_flagged_order_is_flagged_once_and_still_confirmed_by_a_payment_that_fits() {
    let order = order_in(OrderStatus::Unprocessed);
    let wrong = PaymentEvidence {
        total_fee: Fen::new(1).unwrap(),
        ..payment(&order, "T1")
    };
    let event = OrderEvent::Paid(wrong);
    let Decision::Applied(change) = decide(&order, &event, STOCKED, later()) else {
        panic!("the first misfit flags the order");
    };
    let flagged = change.order;
    assert!(
        !flagged.is_payable(later()),
        "nobody pays an order under review"
    );
    let noted = Facts {
        is_noted: true,
        ..STOCKED
    };
    assert!(matches!(
        decide(&flagged, &event, noted, later()),
        Decision::Refused(_)
    ));
    let right = OrderEvent::Paid(payment(&order, "T1"));
    let Decision::Applied(change) = decide(&flagged, &right, STOCKED, later()) else {
        panic!("the payment that fits confirms");
    };
    assert_eq!(change.order.status, OrderStatus::Confirmed);
    assert_eq!(change.order.attention, None);
}

#[test]
fn every_payment_that_does_not_fit_is_noted_once_and_no_refund_of_another_ends_the_review() {
    let misfit = |transaction_id| {
        OrderEvent::Paid(PaymentEvidence {
            total_fee: Fen::new(1).unwrap(),
            ..payment(&order("order-in-table"), transaction_id)
        })
    };
    let mut order = order_in(OrderStatus::Confirmed);
    let (asked, fact_asked) = ask(part(), KnownRefund::Unknown);
    let (settled, fact_settled) = settle(part(), RefundEnding::Succeeded, KnownRefund::Open);
    for (event, facts) in [
        (misfit("T2"), STOCKED),
        (asked, fact_asked),
        (misfit("T3"), STOCKED),
        (settled, fact_settled),
    ] {
        let Decision::Applied(change) = decide(&order, &event, facts, later()) else {
            panic!("{event:?} is written down");
        };
        order = change.order;
        assert_eq!(order.attention, Some(Attention::UnderReview), "{event:?}");
    }
    assert_eq!(order.amount_refunded, part());
    let noted = Facts {
        is_noted: true,
        ..STOCKED
    };
    assert!(matches!(
        decide(&order, &misfit("T2"), noted, later()),
        Decision::Refused(_)
    ));
    let reviewed = |order: &Order, seq| {
        let event = OrderEvent::Reviewed { seq };
        decide(order, &event, STOCKED, later())
    };
    assert_eq!(
        reviewed(&order, order.seq - 1),
        Decision::Refused(Refusal::ChangedSince),
        "T3 came after the operator looked"
    );
    let Decision::Applied(change) = reviewed(&order, order.seq) else {
        panic!("an operator ends it");
    };
    let order = change.order;
    assert_eq!((order.attention, order.has_open_misfit()), (None, false));
    assert_eq!(reviewed(&order, order.seq), Decision::AlreadyApplied);

    // A refund that was stuck has nothing to do with that payment, and ends its own review.
    let stuck = Order {
        status: OrderStatus::Refunding,
        amount_refunding: part(),
        attention: Some(Attention::UnderReview),
        ..order
    };
    let (event, facts) = settle(part(), RefundEnding::Succeeded, KnownRefund::Open);
    let Decision::Applied(change) = decide(&stuck, &event, facts, later()) else {
        panic!("it succeeds after all");
    };
    assert_eq!(change.order.attention, None);
}

#[test]
fn a_payment_that_does_not_fit_stays_a_matter_for_people_until_it_fits_or_is_reviewed() {
    let order = order_in(OrderStatus::Unprocessed);
    let wrong = PaymentEvidence {
        total_fee: Fen::new(1).unwrap(),
        ..payment(&order, "T1")
    };
    let after = |order: &Order, event: &OrderEvent| match decide(order, event, STOCKED, later()) {
        Decision::Applied(change) => change.order,
        other => panic!("{other:?}"),
    };
    let flagged = after(&order, &OrderEvent::Paid(wrong));
    let by_another = after(&flagged, &OrderEvent::Paid(payment(&order, "T2")));
    assert_eq!(by_another.status, OrderStatus::Confirmed);
    assert_eq!(by_another.attention, Some(Attention::UnderReview));
    let seq = flagged.seq;
    let reviewed = after(&flagged, &OrderEvent::Reviewed { seq });
    assert!(!reviewed.is_payable(later()), "WeChat took a payment");
    let closed = after(&reviewed, &OrderEvent::FoundRefunded(None));
    assert_eq!(closed.status, OrderStatus::Closed);
    assert_eq!(closed.attention, None, "nobody is called a second time");
}

#[tokio::test]
async fn a_misfit_that_is_told_and_found_again_and_again_is_one_entry_and_asked_about_daily() {
    let shop = Shop::open().await;
    shop.wechat.set_scenario(Scenario::WrongAmount);
    let buyer = shop.buyer("alice").await;
    let view = buyer.order("vip-month", "key-of-the-first-wish").await;
    shop.wechat.pay(view.id.as_str()).unwrap();
    let asked = || {
        let calls = shop.wechat.requests();
        calls
            .iter()
            .filter(|call| call.path.ends_with("/orderquery"))
            .count()
    };
    for _ in 0..26 {
        shop.pass(30).await;
        let _ = buyer.see(&view).await;
    }
    let _ = buyer
        .see_until(&view, |seen| seen.attention == Some(Attention::UnderReview))
        .await;
    let journal = shop.server.app().store.journal_of(&view.id).await.unwrap();
    let after_misfit = journal
        .iter()
        .skip_while(|entry| !matches!(entry.event, JournalEvent::Paid { .. }));
    assert_eq!(after_misfit.count(), 1, "{journal:?}");
    assert!(asked() <= 2, "{} questions", asked());
}
