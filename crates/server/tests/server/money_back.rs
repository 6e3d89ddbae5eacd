//! The machine on money that goes back: in parts, as a whole, and when WeChat cannot send it.

use wechat_checkout_protocol::{Attention, Fen, OrderStatus};
use wechat_checkout_server::order::KnownRefund::Open;
use wechat_checkout_server::order::{
    Decision, Facts, KnownRefund, Order, OrderEvent, RefundEnding, decide,
};

use crate::machine::{ask, later, order_in, part, settle, whole};

#[test]
fn a_refund_that_fails_after_a_late_payment_never_confirms_the_order() {
    let late = Order {
        delivered_at: None,
        ..order_in(OrderStatus::Refunding)
    };
    let (event, facts) = settle(whole(), RefundEnding::Failed, Open);
    let Decision::Applied(change) = decide(&late, &event, facts, later()) else {
        panic!("it failed");
    };
    assert_eq!(change.order.status, OrderStatus::Refunding);
    let (event, facts) = ask(part(), KnownRefund::Unknown);
    let Decision::Applied(change) = decide(&change.order, &event, facts, later()) else {
        panic!("an operator sends a part");
    };
    let (event, facts) = settle(part(), RefundEnding::Succeeded, Open);
    let Decision::Applied(change) = decide(&change.order, &event, facts, later()) else {
        panic!("it arrived");
    };
    assert_eq!(
        change.order.status,
        OrderStatus::Refunding,
        "nothing was delivered for the rest"
    );
    assert_eq!(change.order.attention, Some(Attention::LatePaymentRefunded));
}

#[test]
fn the_whole_money_in_parts_is_refunding_and_a_part_of_it_is_not() {
    let after = |order: &Order, (event, facts): (OrderEvent, Facts)| match decide(
        order,
        &event,
        facts,
        later(),
    ) {
        Decision::Applied(change) => change.order,
        other => panic!("{event:?}: {other:?}"),
    };
    let rest = Fen::new(1490).unwrap();
    let paid = order_in(OrderStatus::Confirmed);
    let one = after(&paid, ask(part(), KnownRefund::Unknown));
    assert_eq!(one.status, OrderStatus::Confirmed);
    let both = after(&one, ask(rest, KnownRefund::Unknown));
    assert_eq!(both.status, OrderStatus::Refunding);
    let first_back = after(&both, settle(part(), RefundEnding::Succeeded, Open));
    assert_eq!(first_back.status, OrderStatus::Refunding);
    let kept = after(&first_back, settle(rest, RefundEnding::Failed, Open));
    assert_eq!(kept.status, OrderStatus::Confirmed, "the goods stay");
    assert_eq!(kept.amount_refundable(), rest);
}
