//! What holds whatever happens: random lives of a checkout.

use proptest::prelude::*;
use wechat_checkout::checkout::{
    BRIDGE_FRESH_MS, Checkout, CheckoutEvent, Effect, Event, FailReason, Link, Stage, Start, Timer,
    TroubleKind, transition,
};
use wechat_checkout_protocol::{BridgeOutcome, OrderStatus, QueriedState};

use crate::fixtures::{NOW, arrived, buy, found, order, order_id, params, said_by, trouble};

const TIMERS: [Timer; 6] = [
    Timer::Retry,
    Timer::NoAnswer,
    Timer::Returned,
    Timer::ConfirmingEnds,
    Timer::PayAgain,
    Timer::Expiry,
];

const OUTCOMES: [BridgeOutcome; 5] = [
    BridgeOutcome::Ok,
    BridgeOutcome::Cancel,
    BridgeOutcome::Fail,
    BridgeOutcome::Unknown,
    BridgeOutcome::NoAnswer,
];

const FINDINGS: [QueriedState; 6] = [
    QueriedState::NotPaid,
    QueriedState::Paying,
    QueriedState::PayError,
    QueriedState::Closed,
    QueriedState::Paid,
    QueriedState::Unclear,
];

fn any_event() -> impl Strategy<Value = Event> {
    let status = proptest::sample::select(OrderStatus::ALL.to_vec());
    let finding = proptest::option::of(proptest::sample::select(FINDINGS.to_vec()));
    let view = (status, 1_u64..6, any::<bool>(), any::<bool>(), finding).prop_map(
        |(status, seq, has_bridge, is_payable, finding)| {
            let mut view = order(status, seq);
            if let Some(finding) = finding {
                view = found(view, finding, 100_000);
            }
            view.is_payable &= is_payable;
            view.bridge = (has_bridge && view.is_payable).then(|| params("n"));
            arrived(view)
        },
    );
    let answer = (
        1_u32..4,
        proptest::sample::select(OUTCOMES.to_vec()),
        proptest::option::of(proptest::sample::select(FailReason::ALL.to_vec())),
    )
        .prop_map(|(sheet, outcome, reason)| said_by(sheet, outcome, reason));
    let kind = proptest::sample::select(TroubleKind::ALL.to_vec());
    let failure = (0_u8..4, kind).prop_map(|(call, kind)| match call {
        0 => Event::PlacingFailed(trouble(kind)),
        1 => Event::LoadingFailed(trouble(kind)),
        2 => Event::BridgeRefused(trouble(kind)),
        _ => Event::ReportFailed(trouble(kind)),
    });
    prop_oneof![
        5 => view,
        4 => Just(Event::PayTapped),
        3 => answer,
        3 => proptest::sample::select(TIMERS.to_vec()).prop_map(Event::TimerFired),
        2 => failure,
        1 => Just(Event::Hidden),
        1 => Just(Event::Shown),
        1 => Just(Event::WentOnline),
        1 => Just(Event::RetryTapped),
        1 => Just(Event::LinkChanged(Link::Polling)),
        1 => Just(Event::Started(Start::Order(order_id()))),
    ]
}

fn status_of(state: &Checkout) -> Option<OrderStatus> {
    state.holding().map(|holding| holding.order.status)
}

/// Checks one step of a life.
fn check(before: &Checkout, event: &Event, after: &Checkout, effects: &[Effect], now_ms: i64) {
    let opened = effects
        .iter()
        .filter(|effect| matches!(effect, Effect::OpenSheet { .. }))
        .count();
    if opened > 0 {
        assert_eq!(opened, 1);
        assert_eq!(*event, Event::PayTapped, "only a tap opens the sheet");
        assert!(
            matches!(effects[0], Effect::OpenSheet { .. }),
            "nothing comes before the sheet"
        );
        let holding = before.holding().expect("an order in hand");
        assert!(
            !matches!(holding.stage, Stage::SheetOpen { .. }),
            "never opened twice"
        );
        assert!(holding.order.is_payable);
        let held = holding
            .bridge
            .as_ref()
            .expect("parameters in hand before the tap");
        assert!(now_ms - held.received_at.0 < BRIDGE_FRESH_MS);
    }
    for effect in effects {
        if let Effect::Emit(CheckoutEvent::Confirmed(order)) = effect {
            assert_eq!(order.status, OrderStatus::Confirmed);
            assert!(
                matches!(event, Event::OrderArrived(_)),
                "only the server confirms"
            );
        }
    }
    if let Some(holding) = after.holding() {
        let server_spoke = holding.order.status != OrderStatus::Unprocessed
            && holding.order.status != OrderStatus::AwaitingConfirmation;
        assert_eq!(
            holding.stage == Stage::Settled,
            server_spoke,
            "settled is the server's word"
        );
        assert!(
            holding.order.bridge.is_none(),
            "parameters live in one place"
        );
        if let Some(held_before) = before.holding() {
            assert!(
                holding.order.seq >= held_before.order.seq,
                "news never go backwards"
            );
        }
    }
    if status_of(after) != status_of(before) && status_of(after).is_some() {
        assert!(
            matches!(event, Event::OrderArrived(_)),
            "the page never invents a status"
        );
    }
}

proptest! {
    #[test]
    fn a_checkout_keeps_its_promises(
        events in proptest::collection::vec((any_event(), 0_i64..200_000), 1..60),
    ) {
        let mut state = transition(Checkout::Idle, Event::Started(buy()), NOW).state;
        let mut now = NOW;
        for (event, pause_ms) in events {
            now = now.plus_ms(pause_ms);
            let next = transition(state.clone(), event.clone(), now);
            // A new start is allowed to begin from older news.
            if !matches!(event, Event::Started(_) | Event::RetryTapped) {
                check(&state, &event, &next.state, &next.effects, now.0);
            }
            state = next.state;
        }
    }

    #[test]
    fn whatever_happened_before_the_confirmation_is_shown(
        events in proptest::collection::vec(any_event(), 0..40),
    ) {
        let mut state = transition(Checkout::Idle, Event::Started(buy()), NOW).state;
        for event in events {
            state = transition(state, event, NOW).state;
        }
        // The order may have been given up in between; loading it again finds the truth.
        if state.holding().is_none() {
            state = transition(state, Event::Started(Start::Order(order_id())), NOW).state;
        }
        let state = transition(state, arrived(order(OrderStatus::Confirmed, 99)), NOW).state;
        prop_assert_eq!(state.holding().map(|holding| holding.stage), Some(Stage::Settled));
    }
}
