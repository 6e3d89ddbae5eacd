//! The server's word: snapshots, expiry, what they change and what they must not change.

use std::rc::Rc;

use wechat_checkout::checkout::{
    Checkout, CheckoutEvent, Effect, Event, Link, Stage, Start, Timer, TroubleKind,
};
use wechat_checkout_protocol::{BridgeOutcome, Fen, OrderStatus};

use crate::fixtures::{
    Bench, EXPIRES_AFTER_MS, arrived, order, order_id, product_id, said, trouble,
};

fn stages() -> Vec<(&'static str, Bench)> {
    vec![
        ("payable", Bench::payable()),
        ("sheet open", Bench::sheet_open()),
        ("confirming", Bench::confirming()),
        ("not yet", Bench::not_yet(BridgeOutcome::Unknown)),
        (
            "expiring",
            Bench::payable()
                .later(EXPIRES_AFTER_MS)
                .after(Event::PayTapped),
        ),
    ]
}

#[test]
fn a_confirmation_settles_from_everywhere_and_is_told_once() {
    for (name, bench) in stages() {
        let confirmed = order(OrderStatus::Confirmed, 5);
        let bench = bench.after(arrived(confirmed.clone()));
        assert_eq!(bench.stage(), Stage::Settled, "{name}");
        let told = CheckoutEvent::Confirmed(Rc::new(confirmed.clone()));
        assert_eq!(bench.emitted(), [&told], "{name}");
        let forget = Effect::ForgetKey {
            product_id: product_id(),
            quantity: 1,
        };
        assert!(bench.wished(&forget), "{name}");
        let bench = bench.after(arrived(confirmed));
        assert_eq!(bench.emitted(), Vec::<&CheckoutEvent>::new(), "{name}");
    }
}

#[test]
fn older_news_are_dropped() {
    let bench = Bench::payable()
        .after(arrived(order(OrderStatus::Confirmed, 5)))
        .after(arrived(order(OrderStatus::AwaitingConfirmation, 4)));
    assert_eq!(bench.holding().order.status, OrderStatus::Confirmed);
}

#[test]
fn an_answer_of_the_bridge_after_the_confirmation_changes_nothing_but_is_reported() {
    let bench = Bench::sheet_open()
        .after(arrived(order(OrderStatus::Confirmed, 5)))
        .after(said(BridgeOutcome::Cancel, None));
    assert_eq!(bench.stage(), Stage::Settled);
    assert!(
        bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::SendReport { .. }))
    );
}

#[test]
fn a_report_from_another_page_starts_confirming_here() {
    let bench = Bench::payable().after(arrived(order(OrderStatus::AwaitingConfirmation, 2)));
    assert!(matches!(bench.stage(), Stage::Confirming { .. }));
}

#[test]
fn the_countdown_runs_by_the_server_s_clock() {
    let mut view = order(OrderStatus::Unprocessed, 1);
    // The phone is an hour ahead of the server.
    view.server_now = view.server_now.plus_ms(-3_600_000);
    view.expires_at = view.server_now.plus_ms(60_000);
    let bench = Bench::payable().after(arrived(view));
    assert_eq!(bench.holding().time_left_ms(bench.now), 60_000);
    assert_eq!(
        bench.holding().time_left_ms(bench.now.plus_ms(59_000)),
        1_000
    );
    assert_eq!(bench.holding().time_left_ms(bench.now.plus_ms(70_000)), 0);
}

#[test]
fn the_end_of_the_time_waits_for_the_server_and_says_so_once() {
    let bench = Bench::payable()
        .later(EXPIRES_AFTER_MS)
        .after(Event::TimerFired(Timer::Expiry));
    assert_eq!(bench.stage(), Stage::Expiring);
    assert_eq!(bench.emitted(), [&CheckoutEvent::Expired(order_id())]);
    let bench = bench.after(arrived(order(OrderStatus::Closed, 2)));
    assert_eq!(bench.stage(), Stage::Settled);
    let bench = bench.after(Event::RetryTapped);
    assert!(
        matches!(bench.state, Checkout::Issuing { .. }),
        "ordered again"
    );
}

#[test]
fn an_early_expiry_timer_is_started_again() {
    let bench = Bench::payable()
        .later(1_000)
        .after(Event::TimerFired(Timer::Expiry));
    let rest = Effect::StartTimer(Timer::Expiry, EXPIRES_AFTER_MS - 1_000);
    assert_eq!(bench.effects, [rest]);
}

/// Money may come after the close, and go back after the delivery.
#[test]
fn an_order_that_has_ended_is_watched_all_the_same() {
    for status in OrderStatus::ALL {
        let bench = Bench::new()
            .after(Event::Started(Start::Order(order_id())))
            .after(arrived(order(status, 2)));
        assert!(bench.wished(&Effect::Watch(order_id())), "{status:?}");
    }
    let bench = Bench::confirming()
        .after(arrived(order(OrderStatus::Confirmed, 2)))
        .after(arrived(order(OrderStatus::Refunding, 3)));
    assert_eq!(bench.holding().order.status, OrderStatus::Refunding);
    let bench = bench.after(arrived(order(OrderStatus::Refunded, 4)));
    assert_eq!(bench.holding().order.status, OrderStatus::Refunded);
}

/// A part goes back: the order stays confirmed, and nothing is told twice.
#[test]
fn a_part_refund_is_news_of_a_paid_order_and_no_second_confirmation() {
    let bench = Bench::confirming().after(arrived(order(OrderStatus::Confirmed, 2)));
    let mut part = order(OrderStatus::Confirmed, 3);
    part.amount_refunding = Fen::new(500).expect("in range");
    let bench = bench.after(arrived(part.clone()));
    assert_eq!(*bench.holding().order, part);
    assert_eq!(bench.effects, []);
}

/// With a living socket nobody else asks: what could not be loaded is loaded again, and the notice
/// goes. Without one the watcher asks.
#[test]
fn a_failed_look_is_repeated_until_the_notice_can_go() {
    let mut all = stages();
    all.push((
        "paid",
        Bench::confirming().after(arrived(order(OrderStatus::Confirmed, 5))),
    ));
    for (name, bench) in all {
        let seq = bench.holding().order.seq;
        let status = bench.holding().order.status;
        let bench = bench
            .after(Event::LinkChanged(Link::Live))
            .after(Event::LoadingFailed(trouble(TroubleKind::Offline)));
        assert!(
            matches!(bench.effects[..], [Effect::StartTimer(Timer::Retry, _)]),
            "{name}"
        );
        let bench = bench.after(Event::TimerFired(Timer::Retry));
        assert!(
            matches!(
                bench.effects[..],
                [Effect::LoadOrder(_) | Effect::SendReport { .. }]
            ),
            "{name}: {:?}",
            bench.effects
        );
        let bench = bench.after(arrived(order(status, seq)));
        assert_eq!(bench.holding().asking.trouble, None, "{name}");
        let bench = bench
            .after(Event::LinkChanged(Link::Polling))
            .after(Event::LoadingFailed(trouble(TroubleKind::Offline)))
            .after(Event::TimerFired(Timer::Retry));
        assert!(
            !bench.wished(&Effect::LoadOrder(order_id())),
            "{name}: one question at a time"
        );
    }
}

#[test]
fn a_dead_network_keeps_the_screen_and_shows_why() {
    for (name, bench) in stages() {
        let before = bench.stage();
        let bench = bench.after(Event::LoadingFailed(trouble(TroubleKind::Offline)));
        assert_eq!(bench.stage(), before, "{name}");
        assert_eq!(
            bench.holding().asking.trouble,
            Some(trouble(TroubleKind::Offline)),
            "{name}"
        );
    }
}

#[test]
fn a_lost_report_is_repeated_while_confirming() {
    let bench = Bench::confirming().after(Event::ReportFailed(trouble(TroubleKind::Offline)));
    assert!(matches!(
        bench.effects[..],
        [Effect::StartTimer(Timer::Retry, _)]
    ));
    let bench = bench.after(Event::TimerFired(Timer::Retry));
    assert!(matches!(
        bench.effects[..],
        [Effect::SendReport {
            outcome: BridgeOutcome::Ok,
            ..
        }]
    ));
}

#[test]
fn coming_back_to_the_front_always_asks_the_server() {
    for (name, bench) in stages() {
        let bench = bench.after(Event::Shown);
        assert!(bench.wished(&Effect::LoadOrder(order_id())), "{name}");
    }
}
