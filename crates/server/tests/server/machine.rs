//! The machine against the table of `docs/PAYMENT-STATES.md`: every status meets every event.

use wechat_checkout_protocol::{Attention, BridgeOutcome, Fen, OrderStatus, UnixMillis};
use wechat_checkout_server::order::{
    AskedRefund, Change, Decision, Effect, Facts, IssuedPrepay, KnownRefund, Order, OrderEvent,
    PaymentEvidence, RefundEnding, RefundOf, SettledRefund, decide, inquiry,
};

use crate::sample::{NOW, buyer, order, payment};

const PAGE: &str = include_str!("../../../../docs/PAYMENT-STATES.md");

const STOCKED: Facts = Facts {
    goods_left: true,
    refund: KnownRefund::Unknown,
};

/// The moment at which everything happens: after the first inquiry, long before expiry.
fn later() -> UnixMillis {
    NOW.plus_ms(10_000)
}

fn whole() -> Fen {
    Fen::new(1990).unwrap()
}

fn part() -> Fen {
    Fen::new(500).unwrap()
}

/// For the rows about a part of the money: only that part is on its way back.
fn with_part_refunding(order: &Order) -> Order {
    match order.status {
        OrderStatus::Refunding => Order {
            amount_refunding: part(),
            ..order.clone()
        },
        _ => order.clone(),
    }
}

fn order_in(status: OrderStatus) -> Order {
    let issued = Order {
        inquiry_due_at: Some(later().plus_ms(20_000)),
        ..order("order-in-table")
    };
    let paid = |status| Order {
        status,
        transaction_id: Some("T1".to_owned()),
        confirmed_at: Some(NOW),
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
        "asked: not paid yet" => (OrderEvent::FoundUnpaid, STOCKED),
        "asked: no clear answer" => (OrderEvent::InquiryUnanswered, STOCKED),
        "closed at WeChat" => (OrderEvent::ClosedAtWechat, STOCKED),
        "refund asked, part" => ask(part(), KnownRefund::Unknown),
        "refund asked, all" => ask(whole(), KnownRefund::Unknown),
        "refund asked again" => ask(part(), KnownRefund::Open(part())),
        "refund asked again, other amount" => ask(whole(), KnownRefund::Open(part())),
        "refund succeeded, part" => settle(part(), RefundEnding::Succeeded, Open),
        "refund succeeded, all" => settle(whole(), RefundEnding::Succeeded, Open),
        "refund failed, part" => settle(part(), RefundEnding::Failed, Open),
        "refund settled again" => settle(whole(), RefundEnding::Succeeded, KnownRefund::Settled),
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

fn ask(amount: Fen, refund: KnownRefund) -> (OrderEvent, Facts) {
    let asked = AskedRefund {
        out_refund_no: "F1".to_owned(),
        amount,
    };
    (OrderEvent::RefundAsked(asked), Facts { refund, ..STOCKED })
}

fn settle(
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
const EVENTS: usize = 25;

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
            let order = match row[0].ends_with("part") {
                true => with_part_refunding(&order_in(*status)),
                false => order_in(*status),
            };
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
    assert!(matches!(
        decide(&flagged, &event, STOCKED, later()),
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
fn questions_follow_the_plan_and_never_sleep_past_expiry() {
    let mut order = order_in(OrderStatus::AwaitingConfirmation);
    let mut now = NOW;
    let mut asked_after_s = Vec::new();
    while now < inquiry::closable_at(&order) {
        now = inquiry::next_due_at(&order, now).unwrap();
        asked_after_s.push(now.since_ms(NOW) / 1_000);
        order.inquiries += 1;
    }
    assert_eq!(asked_after_s, [5, 30, 60, 180, 300, 600, 900]);
}

#[test]
fn questions_end_and_then_people_look() {
    let mut order = order_in(OrderStatus::AwaitingConfirmation);
    let mut now = NOW;
    for _ in 0..inquiry::INQUIRIES_MAX {
        now = now.max(order.inquiry_due_at.unwrap());
        let Decision::Applied(change) =
            decide(&order, &OrderEvent::InquiryUnanswered, STOCKED, now)
        else {
            panic!("an open order is asked about again");
        };
        order = change.order;
        if order.inquiry_due_at.is_none() {
            break;
        }
    }
    assert_eq!(order.inquiry_due_at, None);
    assert_eq!(order.attention, Some(Attention::UnderReview));
    assert!(
        now.since_ms(NOW) > 24 * 60 * 60 * 1000,
        "an outage of a day is survived"
    );
}
