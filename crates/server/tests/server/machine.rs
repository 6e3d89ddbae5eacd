//! The machine against the table of `docs/PAYMENT-STATES.md`: every status meets every event.

use wechat_checkout_protocol::{Attention, BridgeOutcome, Fen, OrderStatus, UnixMillis};
use wechat_checkout_server::order::{
    AskedRefund, Change, Decision, Effect, Facts, IssuedPrepay, KnownRefund, Order, OrderEvent,
    PaymentEvidence, RefundEnding, RefundOf, SettledRefund, StuckRefund, decide, inquiry,
};

use crate::sample::{NOW, buyer, order, payment};

const PAGE: &str = include_str!("../../../../docs/PAYMENT-STATES.md");

pub(crate) const STOCKED: Facts = Facts {
    goods_left: true,
    refund: KnownRefund::Unknown,
    is_noted: false,
};

/// The moment at which everything happens: after the first inquiry, long before expiry.
pub(crate) fn later() -> UnixMillis {
    NOW.plus_ms(10_000)
}

pub(crate) fn whole() -> Fen {
    Fen::new(1990).unwrap()
}

pub(crate) fn part() -> Fen {
    Fen::new(500).unwrap()
}

/// What else the words of a row say of the order that it is about.
fn as_in_row(words: &str, order: Order) -> Order {
    if words.starts_with("reviewed") {
        Order {
            attention: Some(Attention::UnderReview),
            ..order
        }
    } else if words.starts_with("refund")
        && !words.starts_with("refund asked")
        && words.ends_with("part")
        && order.status == OrderStatus::Confirmed
    {
        // That part is on its way back; in `refunding` it is a part of all the money.
        Order {
            amount_refunding: part(),
            ..order
        }
    } else {
        order
    }
}

pub(crate) fn order_in(status: OrderStatus) -> Order {
    let issued = Order {
        inquiry_due_at: Some(later().plus_ms(20_000)),
        ..order("order-in-table")
    };
    let paid = |status| Order {
        status,
        transaction_id: Some("T1".to_owned()),
        confirmed_at: Some(NOW),
        delivered_at: Some(NOW),
        inquiry_due_at: None,
        ..issued.clone()
    };
    match status {
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => Order { status, ..issued },
        OrderStatus::Closed => Order {
            status,
            inquiry_due_at: None,
            ..issued
        },
        OrderStatus::Confirmed => paid(status),
        OrderStatus::Refunding => Order {
            amount_refunding: whole(),
            refunds: 1,
            ..paid(status)
        },
        OrderStatus::Refunded => Order {
            amount_refunded: whole(),
            refunds: 1,
            ..paid(status)
        },
    }
}

/// The events of the table, by the words of its first column.
fn event(words: &str, order: &Order) -> (OrderEvent, Facts) {
    let first = payment(order, "T1");
    let second = payment(order, "T2");
    let paid = |evidence| (OrderEvent::Paid(evidence), STOCKED);
    let reported = |outcome| (OrderEvent::Reported(outcome), STOCKED);
    match words {
        "session to pay issued" => {
            let prepay = IssuedPrepay {
                id: "wx-prepay".to_owned(),
                issued_at: later(),
            };
            (OrderEvent::PrepayIssued(prepay), STOCKED)
        }
        "page reports ok" => reported(BridgeOutcome::Ok),
        "page reports cancel" => reported(BridgeOutcome::Cancel),
        "page reports fail" => reported(BridgeOutcome::Fail),
        "page reports unknown" => reported(BridgeOutcome::Unknown),
        "page reports no answer" => reported(BridgeOutcome::NoAnswer),
        "paid (T1), goods left" => paid(first),
        "paid (T1), goods gone" => (
            OrderEvent::Paid(first),
            Facts {
                goods_left: false,
                ..STOCKED
            },
        ),
        "paid again (T2)" => paid(second),
        "paid again (T2), refund under way" => (
            OrderEvent::Paid(second),
            Facts {
                refund: KnownRefund::Open(whole()),
                ..STOCKED
            },
        ),
        "paid (T2), wrong amount" => paid(PaymentEvidence {
            total_fee: Fen::new(1989).unwrap(),
            ..second
        }),
        "paid (T2), wrong currency" => paid(PaymentEvidence {
            fee_type: "USD".to_owned(),
            ..second
        }),
        "paid (T2), by somebody else" => paid(PaymentEvidence {
            openid: buyer("buyer-2"),
            ..second
        }),
        "asked: not paid yet" => (OrderEvent::FoundUnpaid(None), STOCKED),
        "asked: unknown at WeChat" => (OrderEvent::FoundAbsent(None), STOCKED),
        "asked: no clear answer" => (OrderEvent::InquiryUnanswered(None), STOCKED),
        "asked: paid and refunded elsewhere" => (OrderEvent::FoundRefunded(None), STOCKED),
        "closed at WeChat" => (OrderEvent::ClosedAtWechat(None), STOCKED),
        "refund asked, part" => ask(part(), KnownRefund::Unknown),
        "refund asked, all" => ask(whole(), KnownRefund::Unknown),
        "refund asked again" => ask(part(), KnownRefund::Open(part())),
        "refund asked again, other amount" => ask(whole(), KnownRefund::Open(part())),
        "refund succeeded, part" => settle(part(), RefundEnding::Succeeded, Open),
        "refund succeeded, all" => settle(whole(), RefundEnding::Succeeded, Open),
        "refund failed, part" => settle(part(), RefundEnding::Failed, Open),
        "reviewed by an operator" => (OrderEvent::Reviewed { seq: order.seq }, STOCKED),
        "refund stuck" => {
            let stuck = StuckRefund {
                out_refund_no: "F1".to_owned(),
                hindrance: None,
            };
            (OrderEvent::RefundStuck(stuck), STOCKED)
        }
        "refund number of another order" => ask(whole(), KnownRefund::OfAnotherOrder),
        "refund asked again after it failed" => {
            ask(whole(), KnownRefund::Settled(whole(), RefundEnding::Failed))
        }
        "refund settled again" => settle(whole(), RefundEnding::Succeeded, |amount| {
            KnownRefund::Settled(amount, RefundEnding::Succeeded)
        }),
        "refund of a second payment succeeded" => {
            let (event, facts) = settle(whole(), RefundEnding::Succeeded, Open);
            let OrderEvent::RefundSettled(settled) = event else {
                unreachable!()
            };
            let settled = SettledRefund {
                of: RefundOf::AnotherPayment,
                ..settled
            };
            (OrderEvent::RefundSettled(settled), facts)
        }
        other => panic!("the table has an event that no test knows: {other}"),
    }
}

use KnownRefund::Open;

pub(crate) fn ask(amount: Fen, refund: KnownRefund) -> (OrderEvent, Facts) {
    let asked = AskedRefund {
        out_refund_no: "F1".to_owned(),
        amount,
    };
    (OrderEvent::RefundAsked(asked), Facts { refund, ..STOCKED })
}

pub(crate) fn settle(
    amount: Fen,
    ending: RefundEnding,
    known: impl Fn(Fen) -> KnownRefund,
) -> (OrderEvent, Facts) {
    let out_refund_no = "F1".to_owned();
    let settled = SettledRefund {
        out_refund_no,
        amount,
        of: RefundOf::OrdersPayment,
        ending,
        refund_id: None,
    };
    (
        OrderEvent::RefundSettled(settled),
        Facts {
            refund: known(amount),
            ..STOCKED
        },
    )
}

/// How many kinds of event [`event`] knows: a row taken out of the table is missed here.
const EVENTS: usize = 31;

/// A decision in the words of the table.
fn words(decision: &Decision, before: &Order) -> String {
    match decision {
        Decision::AlreadyApplied => "same".to_owned(),
        Decision::Refused(refusal) => format!("refused: {}", refusal.as_str()),
        Decision::Applied(change) => applied_words(change, before),
    }
}

fn applied_words(change: &Change, before: &Order) -> String {
    let after = &change.order;
    assert_eq!(
        after.seq,
        before.seq + 1,
        "every change is one journal entry"
    );
    if let Some(misfit) = change.misfit {
        assert_eq!(after.status, before.status);
        assert_eq!(after.attention, Some(Attention::UnderReview));
        assert!(change.effects.is_empty());
        return format!("flagged: {}", misfit.as_str());
    }
    let mut words = vec![after.status.as_str()];
    if after.attention == Some(Attention::UnderReview) {
        words.push("review");
    }
    words.extend(change.effects.iter().map(|effect| match effect {
        Effect::Deliver => "deliver",
        Effect::ReleaseStock => "release stock",
        Effect::OweRefund(_) => "refund",
        Effect::SettleRefund { .. } => "settle",
        Effect::ReverseBenefits => "take back",
    }));
    if after.inquiry_due_at != before.inquiry_due_at
        && let Some(due_at) = after.inquiry_due_at
    {
        words.push(match due_at.since_ms(later()) {
            0 => "ask now",
            5_000 => "ask soon",
            _ => "ask later",
        });
    } else if after.inquiries > before.inquiries && after.inquiry_due_at.is_some() {
        words.push("ask later");
    }
    words.join(" + ")
}

#[test]
fn every_status_meets_every_event_as_the_page_says() {
    let mut rows = PAGE
        .lines()
        .skip_while(|line| !line.starts_with("| event |"));
    let header = cells(rows.next().unwrap());
    let statuses: Vec<OrderStatus> = header[1..]
        .iter()
        .map(|name| OrderStatus::parse(name).unwrap())
        .collect();
    assert_eq!(statuses, OrderStatus::ALL, "a column for every status");
    let rows: Vec<_> = rows
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), EVENTS, "a row for every event");
    for row in rows {
        let row = cells(row);
        for (status, expected) in statuses.iter().zip(&row[1..]) {
            let order = as_in_row(row[0], order_in(*status));
            let (event, facts) = event(row[0], &order);
            let decision = decide(&order, &event, facts, later());
            assert_eq!(
                words(&decision, &order),
                *expected,
                "{status:?} × {}",
                row[0]
            );
        }
    }
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

#[test]
fn questions_follow_the_plan_and_never_sleep_past_expiry() {
    let mut order = order_in(OrderStatus::AwaitingConfirmation);
    let mut now = NOW;
    let mut asked_after_s = Vec::new();
    while now < inquiry::closable_at(&order) {
        now = inquiry::next_due_at(&order, now);
        asked_after_s.push(now.since_ms(NOW) / 1_000);
        order.inquiries += 1;
    }
    assert_eq!(asked_after_s, [5, 30, 60, 180, 300, 600, 900]);
}

#[test]
fn questions_become_rare_and_people_look_but_an_open_order_is_never_given_up() {
    let mut order = order_in(OrderStatus::AwaitingConfirmation);
    let mut now = NOW;
    for _ in 0..inquiry::INQUIRIES_MAX {
        now = now.max(order.inquiry_due_at.unwrap());
        let Decision::Applied(change) =
            decide(&order, &OrderEvent::InquiryUnanswered(None), STOCKED, now)
        else {
            panic!("an open order is asked about again");
        };
        order = change.order;
    }
    assert!(
        now.since_ms(NOW) > 24 * 60 * 60 * 1000,
        "an outage of a day is survived before anybody is called"
    );
    assert_eq!(order.attention, Some(Attention::UnderReview));
    assert_eq!(
        order.inquiry_due_at,
        Some(now.plus_ms(inquiry::REVIEW_INTERVAL_MS))
    );
}

#[test]
fn a_page_that_reports_without_end_neither_storms_nor_puts_the_question_off() {
    let mut order = order_in(OrderStatus::Unprocessed);
    let mut changes = 0;
    let mut asked_at = None;
    for step in 1..=600 {
        let now = NOW.plus_ms(step * 1_000);
        if asked_at.is_none() && order.inquiry_due_at.is_some_and(|due_at| due_at <= now) {
            asked_at = Some(now);
        }
        let event = OrderEvent::Reported(BridgeOutcome::Cancel);
        if let Decision::Applied(change) = decide(&order, &event, STOCKED, now) {
            order = change.order;
            changes += 1;
        }
    }
    assert!(changes <= 60, "{changes}");
    assert!(asked_at.unwrap().since_ms(NOW) <= 30_000);
    let late = order.expires_at.plus_ms(1);
    let event = OrderEvent::Reported(BridgeOutcome::Cancel);
    assert_eq!(
        decide(&order, &event, STOCKED, late),
        Decision::AlreadyApplied
    );
}
