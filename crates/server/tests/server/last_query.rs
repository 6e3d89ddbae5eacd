//! WeChat's last answer about an unpaid order: kept, shown, and never taken for more than it is.

use wechat_checkout_protocol::{BridgeOutcome, OrderStatus, QueriedState};
use wechat_checkout_server::order::{Decision, Order, OrderEvent, QueryAnswer, decide};

use crate::machine::{STOCKED, later, order_in};
use crate::push::{snapshot, watch};
use crate::sample::payment;
use crate::shop::Shop;

const KEY: &str = "key-of-the-first-wish";

fn after(order: &Order, event: &OrderEvent) -> Order {
    match decide(order, event, STOCKED, later()) {
        Decision::Applied(change) => change.order,
        other => panic!("{event:?}: {other:?}"),
    }
}

fn said(state: QueriedState) -> Option<QueryAnswer> {
    Some(QueryAnswer::new(state, Some("as WeChat says")))
}

fn state_of(order: &Order) -> Option<QueriedState> {
    order.last_query.as_ref().map(|query| query.state)
}

#[test]
fn no_answer_leaves_the_answer_before_it_and_a_new_report_or_a_payment_ends_it() {
    let placed = order_in(OrderStatus::Unprocessed);
    let unpaid = after(
        &placed,
        &OrderEvent::FoundUnpaid(said(QueriedState::NotPaid)),
    );
    assert_eq!(state_of(&unpaid), Some(QueriedState::NotPaid));
    let silent = after(&unpaid, &OrderEvent::InquiryUnanswered(None));
    assert_eq!(silent.last_query, unpaid.last_query);
    let paying = after(
        &silent,
        &OrderEvent::InquiryUnanswered(said(QueriedState::Paying)),
    );
    assert_eq!(state_of(&paying), Some(QueriedState::Paying));
    let reported = after(&paying, &OrderEvent::Reported(BridgeOutcome::Ok));
    assert_eq!(reported.last_query, None, "it is older than the report");
    let paid = after(&paying, &OrderEvent::Paid(payment(&placed, "T1")));
    assert_eq!(paid.last_query, None);
    let closed = after(
        &paying,
        &OrderEvent::ClosedAtWechat(said(QueriedState::Closed)),
    );
    assert_eq!(state_of(&closed), Some(QueriedState::Closed));
}

#[test]
fn a_sentence_of_any_length_is_kept_within_its_bound() {
    let long = "长".repeat(300);
    let answer = QueryAnswer::new(QueriedState::PayError, Some(&long));
    let kept = answer.description.unwrap();
    assert_eq!(kept.chars().count(), QueryAnswer::DESCRIPTION_CHARS_MAX);
    assert_eq!(
        QueryAnswer::new(QueriedState::NotPaid, Some("  ")).description,
        None
    );
}

#[tokio::test]
async fn a_watching_page_reads_what_wechat_said_until_the_order_is_paid() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    assert_eq!(order.last_query, None, "nobody asked yet");
    let mut socket = watch(
        &shop,
        order.id.as_str(),
        order.watch_token.as_deref().unwrap(),
    )
    .await;
    let _ = snapshot(&mut socket).await;
    let _ = buyer.report(&order, "fail").await;
    let mut seen = snapshot(&mut socket).await;
    while seen.last_query.is_none() {
        seen = snapshot(&mut socket).await;
    }
    let query = seen.last_query.unwrap();
    assert_eq!(query.state, QueriedState::NotPaid);
    assert_eq!(query.description.as_deref(), Some("订单未支付"));
    assert_eq!(query.at, shop.clock.now());
    assert!(seen.is_payable, "and can be paid under the same number");

    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    let paid = buyer.see_status(&order, OrderStatus::Confirmed).await;
    assert_eq!(paid.last_query, None);
}

#[tokio::test]
async fn an_order_that_ran_out_says_that_it_is_closed() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    shop.pass(16 * 60).await;
    let closed = buyer.see_status(&order, OrderStatus::Closed).await;
    assert_eq!(
        closed.last_query.map(|query| query.state),
        Some(QueriedState::Closed)
    );
}
