//! From "the buyer wants this" to an order in hand.

use wechat_checkout::{
    api::CallError,
    checkout::{
        Checkout, CheckoutEvent, Effect, Event, Money, RETRIES_MAX, RETRY_AFTER_MS_MAX, Stage,
        Start, Timer, Trouble, TroubleKind,
    },
};
use wechat_checkout_protocol::OrderStatus;

use crate::fixtures::{Bench, arrived, buy, order, order_id, product_id, trouble, with_bridge};

fn place() -> Effect {
    Effect::PlaceOrder {
        product_id: product_id(),
        quantity: 1,
    }
}

#[test]
fn an_issued_order_is_watched_and_ready_before_any_tap() {
    let bench = Bench::payable();
    assert_eq!(bench.stage(), Stage::Payable { notice: None });
    assert!(bench.wished(&Effect::Watch(order_id())));
    assert_eq!(
        bench.emitted(),
        [
            &CheckoutEvent::Issued(order_id()),
            &CheckoutEvent::Ready(order_id())
        ]
    );
    assert!(bench.holding().is_ready(bench.now));
}

#[test]
fn a_lost_request_is_repeated_once_at_a_time() {
    let bench = Bench::new().after(Event::Started(buy()));
    assert_eq!(bench.effects, [place()]);
    // Nothing waits yet, so coming to the front must not send a second request.
    let bench = bench.after(Event::Shown);
    assert_eq!(bench.effects, []);
    let bench = bench.after(Event::PlacingFailed(trouble(TroubleKind::Offline)));
    assert!(matches!(
        bench.effects[..],
        [Effect::StartTimer(Timer::Retry, 1_000)]
    ));
    let bench = bench.after(Event::WentOnline);
    assert_eq!(bench.effects, [place()]);
    // The timer that was started before finds nothing to do.
    let bench = bench.after(Event::TimerFired(Timer::Retry));
    assert_eq!(bench.effects, []);
}

/// `Retry-After` is heard, within a bound: a buyer is waiting.
#[test]
fn whoever_asks_for_a_pause_is_given_it() {
    for (asked, pause) in [
        (None, 1_000),
        (Some(200), 1_000),
        (Some(3_000), 3_000),
        (Some(-3_000), 1_000),
        (Some(i64::MAX), RETRY_AFTER_MS_MAX),
    ] {
        let mut later = trouble(TroubleKind::Unavailable);
        later.retry_after_ms = asked;
        let bench = Bench::new()
            .after(Event::Started(buy()))
            .after(Event::PlacingFailed(later));
        assert_eq!(
            bench.effects,
            [Effect::StartTimer(Timer::Retry, pause)],
            "{asked:?}"
        );
    }
}

#[test]
fn an_answer_that_is_not_the_server_s_is_sorted_by_its_status() {
    for (status, kind) in [
        (200, TroubleKind::Defect),
        (404, TroubleKind::Defect),
        (408, TroubleKind::Unavailable),
        (429, TroubleKind::Unavailable),
        (500, TroubleKind::Unavailable),
        (503, TroubleKind::Unavailable),
    ] {
        let error = CallError::Unreadable {
            status,
            retry_after_ms: Some(3_000),
        };
        let trouble = Trouble::from(error);
        assert_eq!(trouble.kind, kind, "{status}");
        assert_eq!(trouble.retry_after_ms, Some(3_000));
    }
}

#[test]
fn retries_end() {
    let mut bench = Bench::new().after(Event::Started(buy()));
    for _ in 0..RETRIES_MAX {
        bench = bench.after(Event::PlacingFailed(trouble(TroubleKind::Unavailable)));
        assert!(matches!(bench.state, Checkout::Issuing { .. }));
        bench = bench.after(Event::TimerFired(Timer::Retry));
    }
    bench = bench.after(Event::PlacingFailed(trouble(TroubleKind::Unavailable)));
    assert!(matches!(bench.state, Checkout::Halted { .. }));
    bench = bench.after(Event::RetryTapped);
    assert_eq!(bench.effects, [place()]);
}

#[test]
fn a_conflicting_key_is_replaced_once() {
    let forget = Effect::ForgetKey {
        product_id: product_id(),
        quantity: 1,
    };
    let conflict = || Event::PlacingFailed(trouble(TroubleKind::Conflict));
    let bench = Bench::new().after(Event::Started(buy())).after(conflict());
    assert_eq!(bench.effects, [forget, place()]);
    let bench = bench.after(conflict());
    assert!(matches!(bench.state, Checkout::Halted { .. }));
}

#[test]
fn every_refusal_stops_with_its_reason_or_retries() {
    for kind in TroubleKind::ALL {
        let started = Bench::new().after(Event::Started(Start::Order(order_id())));
        let bench = started.after(Event::LoadingFailed(trouble(kind)));
        match kind {
            TroubleKind::Offline | TroubleKind::Unavailable => {
                assert!(matches!(bench.state, Checkout::Loading { .. }), "{kind:?}");
            }
            _ => {
                assert!(matches!(bench.state, Checkout::Halted { .. }), "{kind:?}");
                assert_eq!(
                    bench.emitted(),
                    [&CheckoutEvent::Halted(trouble(kind), Money::MayHaveMoved)]
                );
            }
        }
        assert_eq!(
            bench.wished(&Effect::SignIn {
                is_asked_for: false
            }),
            kind == TroubleKind::SignIn
        );
    }
}

#[test]
fn a_reload_finds_every_status_where_it_stands() {
    for (status, expected) in [
        (OrderStatus::Unprocessed, "Payable"),
        (OrderStatus::AwaitingConfirmation, "Confirming"),
        (OrderStatus::Confirmed, "Settled"),
        (OrderStatus::Closed, "Settled"),
        (OrderStatus::Refunding, "Settled"),
        (OrderStatus::Refunded, "Settled"),
    ] {
        let bench = Bench::new()
            .after(Event::Started(Start::Order(order_id())))
            .after(arrived(order(status, 3)));
        assert!(
            format!("{:?}", bench.stage()).starts_with(expected),
            "{status:?}"
        );
        assert!(!bench.opened_sheet());
    }
}

#[test]
fn an_order_without_bridge_parameters_asks_for_them_once() {
    let refresh = Effect::RefreshBridge(order_id());
    let bench = Bench::new()
        .after(Event::Started(Start::Order(order_id())))
        .after(arrived(order(OrderStatus::Unprocessed, 1)));
    assert!(bench.wished(&refresh));
    assert!(!bench.holding().is_ready(bench.now));
    let bench = bench.after(arrived(order(OrderStatus::Unprocessed, 1)));
    assert!(!bench.wished(&refresh), "one request is on its way already");
    let bench = bench.after(arrived(with_bridge(order(OrderStatus::Unprocessed, 1))));
    assert!(bench.holding().is_ready(bench.now));
    assert_eq!(bench.emitted(), [&CheckoutEvent::Ready(order_id())]);
}

#[test]
fn the_answer_to_another_question_is_dropped() {
    let mut foreign = order(OrderStatus::Confirmed, 9);
    foreign.product_id =
        wechat_checkout_protocol::ProductId::parse("vip-year").expect("a valid id");
    let bench = Bench::new()
        .after(Event::Started(buy()))
        .after(arrived(foreign));
    assert!(matches!(bench.state, Checkout::Issuing { .. }));
}
