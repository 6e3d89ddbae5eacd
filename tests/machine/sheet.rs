//! The tap and WeChat's result policy.

use wechat_checkout::checkout::{
    BRIDGE_FRESH_MS, CONFIRMING_FAIL_MS, CONFIRMING_MS, CheckoutEvent, Effect, Event, FailReason,
    NO_ANSWER_MS, Notice, PAY_AGAIN_FAIL_MS, PAY_AGAIN_MS, RETURNED_MS, Stage, Start, Timer,
};
use wechat_checkout_protocol::{BridgeOutcome, OrderStatus, QueriedState};

use crate::fixtures::{
    Bench, EXPIRES_AFTER_MS, arrived, found, order, order_id, params, said, said_by, with_bridge,
};

fn opened(sheet: u32) -> Effect {
    Effect::OpenSheet {
        sheet,
        params: Box::new(params("n1")),
    }
}

#[test]
fn a_tap_opens_the_sheet_before_anything_else() {
    let bench = Bench::sheet_open();
    assert_eq!(bench.effects[0], opened(1));
    assert!(bench.wished(&Effect::StartTimer(Timer::NoAnswer, NO_ANSWER_MS)));
    assert!(matches!(bench.stage(), Stage::SheetOpen { .. }));
}

#[test]
fn a_second_tap_does_nothing() {
    let bench = Bench::sheet_open().after(Event::PayTapped);
    assert_eq!(bench.effects, []);
}

/// WeChat's policy, row by row: what the bridge said, and what the buyer then sees.
#[test]
fn every_answer_leads_where_the_policy_says() {
    let confirming = |ms| Effect::StartTimer(Timer::ConfirmingEnds, ms);
    for (outcome, window) in [
        (BridgeOutcome::Ok, CONFIRMING_MS),
        (BridgeOutcome::Fail, CONFIRMING_FAIL_MS),
        (BridgeOutcome::Unknown, CONFIRMING_MS),
        (BridgeOutcome::NoAnswer, CONFIRMING_MS),
    ] {
        let bench = Bench::sheet_open().after(said(outcome, None));
        assert!(
            matches!(bench.stage(), Stage::Confirming { .. }),
            "{outcome:?}"
        );
        assert!(bench.wished(&confirming(window)), "{outcome:?}");
        assert!(bench.effects.iter().any(|effect| matches!(
            effect, Effect::SendReport { outcome: reported, .. } if *reported == outcome
        )));
    }
    let bench = Bench::sheet_open().after(said(BridgeOutcome::Cancel, None));
    assert_eq!(
        bench.stage(),
        Stage::Payable {
            notice: Some(Notice::Cancelled)
        }
    );
    assert!(
        bench
            .emitted()
            .contains(&&CheckoutEvent::Cancelled(order_id()))
    );
}

#[test]
fn after_a_cancel_the_same_order_is_paid_with_the_same_parameters() {
    let bench = Bench::sheet_open()
        .after(said(BridgeOutcome::Cancel, None))
        .after(Event::PayTapped);
    assert!(bench.wished(&opened(2)));
}

#[test]
fn the_page_s_own_report_does_not_take_the_pay_button_away_after_a_cancel() {
    // The silence was reported, then the buyer closed the sheet; the server's status follows late.
    let bench = Bench::sheet_open()
        .after(Event::TimerFired(Timer::NoAnswer))
        .after(said(BridgeOutcome::Cancel, None))
        .after(arrived(order(OrderStatus::AwaitingConfirmation, 2)));
    assert_eq!(
        bench.stage(),
        Stage::Payable {
            notice: Some(Notice::Cancelled)
        }
    );
}

/// No ten seconds of "confirming", no lock: a tap opens the sheet again.
#[test]
fn a_refusal_before_the_sheet_can_be_paid_again_at_once() {
    for reason in FailReason::ALL {
        let bench = Bench::sheet_open().after(said(BridgeOutcome::Fail, Some(reason)));
        if reason.precedes_sheet() {
            assert_eq!(bench.stage(), Stage::Failed { reason });
            assert_eq!(
                bench.wished(&Effect::RefreshBridge(order_id())),
                reason.wants_new_parameters(),
                "{reason:?}"
            );
            assert!(
                bench.clone().after(Event::PayTapped).opened_sheet(),
                "{reason:?}"
            );
        } else {
            assert!(
                matches!(bench.stage(), Stage::Confirming { .. }),
                "{reason:?}"
            );
        }
        let reported = bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::SendReport { .. }));
        assert_eq!(reported, reason != FailReason::BridgeMissing, "{reason:?}");
    }
}

#[test]
fn a_silent_bridge_is_given_up_but_still_heard() {
    let bench = Bench::sheet_open().after(Event::TimerFired(Timer::NoAnswer));
    assert!(matches!(bench.stage(), Stage::Confirming { .. }));
    let bench = bench.after(said(BridgeOutcome::Ok, None));
    assert!(matches!(bench.stage(), Stage::Confirming { .. }));
    assert_eq!(bench.holding().last_outcome, Some(BridgeOutcome::Ok));
    let bench = bench.after(said(BridgeOutcome::Cancel, None));
    assert_eq!(bench.effects, [], "after `ok`, a cancel proves nothing");
    assert!(matches!(bench.stage(), Stage::Confirming { .. }));
}

#[test]
fn a_sheet_that_said_cancel_may_still_say_ok() {
    let bench = Bench::sheet_open()
        .after(said(BridgeOutcome::Cancel, None))
        .after(said(BridgeOutcome::Ok, None));
    assert!(matches!(bench.stage(), Stage::Confirming { .. }));
    assert!(bench.effects.iter().any(|effect| matches!(
        effect,
        Effect::SendReport {
            outcome: BridgeOutcome::Ok,
            ..
        }
    )));
    let bench = bench.after(said(BridgeOutcome::Ok, None));
    assert_eq!(bench.effects, [], "once is enough");
}

#[test]
fn only_ok_is_heard_from_a_sheet_that_another_has_replaced() {
    let second = || {
        Bench::sheet_open()
            .after(said(BridgeOutcome::Cancel, None))
            .after(Event::PayTapped)
    };
    assert!(second().wished(&opened(2)));
    for outcome in [
        BridgeOutcome::Cancel,
        BridgeOutcome::Fail,
        BridgeOutcome::Unknown,
    ] {
        let bench = second().after(said_by(1, outcome, None));
        assert_eq!(bench.effects, [], "{outcome:?}");
        assert!(matches!(bench.stage(), Stage::SheetOpen { .. }));
    }
    let bench = second().after(said_by(1, BridgeOutcome::Ok, None));
    assert!(matches!(bench.stage(), Stage::Confirming { .. }));
}

/// What WeChat found, after which answer, and whether the same order can be paid at once.
#[test]
fn when_wechat_finds_no_payment_the_same_order_is_offered_at_once() {
    use BridgeOutcome::{Fail, NoAnswer, Ok, Unknown};
    use QueriedState::{NotPaid, PayError, Paying, Unclear};
    for (outcome, state, may_pay) in [
        (Fail, NotPaid, true),
        (Fail, PayError, true),
        (Unknown, NotPaid, true),
        (NoAnswer, NotPaid, true),
        (Fail, Paying, false),
        (Fail, Unclear, false),
        (Ok, NotPaid, false),
    ] {
        let view = found(order(OrderStatus::AwaitingConfirmation, 2), state, 1_000);
        let bench = Bench::sheet_open()
            .after(said(outcome, None))
            .later(2_000)
            .after(arrived(view));
        let name = format!("{outcome:?} {state:?}");
        assert_eq!(
            bench.after(Event::PayTapped).opened_sheet(),
            may_pay,
            "{name}"
        );
    }
}

#[test]
fn what_wechat_said_before_the_sheet_answered_proves_nothing() {
    let view = found(
        order(OrderStatus::AwaitingConfirmation, 2),
        QueriedState::NotPaid,
        5_000,
    );
    let bench = Bench::sheet_open()
        .later(6_000)
        .after(said(BridgeOutcome::Fail, None))
        .after(arrived(view));
    assert!(!bench.holding().is_payment_missing());
    assert!(matches!(bench.stage(), Stage::Confirming { .. }));
}

#[test]
fn after_ok_the_window_ends_before_the_order_is_offered_again() {
    let view = found(
        order(OrderStatus::AwaitingConfirmation, 2),
        QueriedState::NotPaid,
        1_000,
    );
    let bench = Bench::confirming()
        .later(2_000)
        .after(arrived(view))
        .after(Event::TimerFired(Timer::ConfirmingEnds));
    assert!(bench.holding().is_payment_missing());
    assert!(bench.after(Event::PayTapped).opened_sheet());
}

#[test]
fn what_wechat_calls_paid_is_not_offered_again() {
    let bench = Bench::sheet_open()
        .after(said(BridgeOutcome::Fail, Some(FailReason::AlreadyPaid)))
        .after(Event::TimerFired(Timer::ConfirmingEnds));
    assert_eq!(bench.effects, []);
    assert!(!bench.after(Event::PayTapped).opened_sheet());
}

#[test]
fn the_silence_does_not_count_while_the_cashier_covers_the_page() {
    let bench = Bench::sheet_open()
        .after(Event::Hidden)
        .after(Event::TimerFired(Timer::NoAnswer));
    assert!(matches!(
        bench.stage(),
        Stage::SheetOpen { is_hidden: true }
    ));
    let bench = bench.after(Event::Shown);
    assert!(bench.wished(&Effect::LoadOrder(order_id())));
    assert!(bench.wished(&Effect::StartTimer(Timer::Returned, RETURNED_MS)));
    let bench = bench.after(Event::TimerFired(Timer::Returned));
    assert!(matches!(bench.stage(), Stage::Confirming { .. }));
}

#[test]
fn without_a_word_from_wechat_nobody_is_invited_to_pay_again() {
    let bench = Bench::not_yet(BridgeOutcome::Ok);
    assert!(matches!(
        bench.stage(),
        Stage::NotYetConfirmed {
            may_pay_again: false,
            ..
        }
    ));
    assert_eq!(bench.effects, [], "`ok` never leads to a second payment");
    let bench = bench.after(Event::PayTapped);
    assert!(!bench.opened_sheet());
}

#[test]
fn a_failed_order_may_be_paid_again_when_the_server_has_asked_for_a_while() {
    let bench = Bench::not_yet(BridgeOutcome::Fail);
    assert_eq!(
        bench.effects,
        [Effect::StartTimer(Timer::PayAgain, PAY_AGAIN_FAIL_MS)]
    );
    let bench = bench
        .later(PAY_AGAIN_FAIL_MS)
        .after(Event::TimerFired(Timer::PayAgain));
    assert!(matches!(
        bench.stage(),
        Stage::NotYetConfirmed {
            may_pay_again: true,
            ..
        }
    ));
    assert!(bench.after(Event::PayTapped).opened_sheet());
}

#[test]
fn an_order_found_after_a_reload_is_not_a_dead_end() {
    let bench = Bench::new()
        .after(Event::Started(Start::Order(order_id())))
        .after(arrived(with_bridge(order(
            OrderStatus::AwaitingConfirmation,
            2,
        ))))
        .after(Event::TimerFired(Timer::ConfirmingEnds));
    assert_eq!(
        bench.effects,
        [Effect::StartTimer(Timer::PayAgain, PAY_AGAIN_MS)]
    );
    let bench = bench
        .after(Event::TimerFired(Timer::PayAgain))
        .after(Event::PayTapped);
    assert!(bench.opened_sheet());
}

#[test]
fn checking_again_repeats_the_report_so_that_the_server_asks_wechat() {
    let bench = Bench::not_yet(BridgeOutcome::Ok).after(Event::RetryTapped);
    assert!(matches!(bench.effects[..], [Effect::SendReport { .. }]));
    let bench = bench.after(Event::RetryTapped);
    assert_eq!(bench.effects, [], "one check at a time");
    let bench = bench.after(arrived(order(OrderStatus::AwaitingConfirmation, 2)));
    assert!(matches!(
        bench.stage(),
        Stage::NotYetConfirmed {
            is_checking: false,
            ..
        }
    ));
}

#[test]
fn old_bridge_parameters_are_renewed_when_the_page_comes_back_not_on_the_tap() {
    let mut long_lived = with_bridge(order(OrderStatus::Unprocessed, 1));
    long_lived.expires_at = long_lived.expires_at.plus_ms(2 * BRIDGE_FRESH_MS);
    let bench = Bench::payable()
        .after(arrived(long_lived))
        .later(BRIDGE_FRESH_MS);
    let bench = bench.after(Event::Shown);
    assert!(bench.wished(&Effect::RefreshBridge(order_id())));
    let bench = bench.after(Event::PayTapped);
    assert!(!bench.opened_sheet(), "the old parameters would be refused");
    assert_eq!(
        bench.stage(),
        Stage::Payable {
            notice: Some(Notice::TapAgain)
        }
    );
}

#[test]
fn an_expired_order_is_not_offered_to_the_sheet() {
    let bench = Bench::payable()
        .later(EXPIRES_AFTER_MS)
        .after(Event::PayTapped);
    assert!(!bench.opened_sheet());
    assert_eq!(bench.stage(), Stage::Expiring);
}
