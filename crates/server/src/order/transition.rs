//! The machine: `(order, event, now) → applied, already applied, or refused`.
//!
//! ```text
//!   place ─▶ unprocessed ──report──▶ awaiting_confirmation
//!                │   ╲                    │        │
//!              paid   ╲─closed at WeChat──┼──▶ closed
//!                │                       paid      │ paid late
//!                ▼                        │        ├─ goods left ─▶ confirmed
//!            confirmed ◀──────────────────┘        └─ none left ──▶ refunding ──▶ refunded
//!                │  ▲                                                 ▲  │
//!                │  └──────── WeChat cannot send it ──────────────────┼──┘
//!                └──────────── operator refunds all that is left ─────┘
//! ```
//!
//! Beside its status an order may carry a mark: something went against the plan, and people look. It
//! moves no money and ends with an operator's word, or with the refund that was stuck.
//!
//! The whole (status × event) table is written out in `docs/PAYMENT-STATES.md` and as a test.

use wechat_checkout_protocol::{Attention, LastQuery, OrderStatus, UnixMillis};

use super::decision::{Decision, Effect, Facts, Refusal, applied};
use super::{IssuedPrepay, Misfit, Order, OrderEvent, QueryAnswer, asking, payment, refund};

/// Decides what an event does to an order. Every status meets every event here.
#[must_use]
pub fn decide(order: &Order, event: &OrderEvent, facts: Facts, now: UnixMillis) -> Decision {
    match event {
        OrderEvent::PrepayIssued(prepay) => prepay_issued(order, prepay),
        OrderEvent::Reported(outcome) => asking::reported(order, *outcome, now),
        OrderEvent::Paid(evidence) => payment::paid(order, evidence, facts, now),
        OrderEvent::FoundUnpaid(answer) => asking::found_unpaid(&told(order, answer, now), now),
        OrderEvent::FoundAbsent(answer) => asking::found_absent(&told(order, answer, now), now),
        OrderEvent::InquiryUnanswered(answer) => asking::unanswered(&told(order, answer, now), now),
        OrderEvent::FoundRefunded(answer) => found_refunded(order, &told(order, answer, now)),
        OrderEvent::ClosedAtWechat(answer) => closed(&told(order, answer, now)),
        OrderEvent::RefundAsked(asked) => refund::asked(order, asked, facts.refund),
        OrderEvent::RefundStuck(_) => refund::stuck(order),
        OrderEvent::RefundSettled(settled) => refund::settled(order, settled, facts.refund),
        OrderEvent::Reviewed { seq } => reviewed(order, *seq),
    }
}

/// The order with WeChat's newest answer about it. No answer leaves the one before: it says nothing,
/// and the buyer reads what is known. A paid order needs none.
fn told(order: &Order, answer: &Option<QueryAnswer>, now: UnixMillis) -> Order {
    let last_query = match (order.transaction_id.is_some(), answer) {
        (true, _) => None,
        (false, None) => order.last_query.clone(),
        (false, Some(answer)) => Some(LastQuery {
            state: answer.state,
            description: answer.description.clone(),
            at: now,
        }),
    };
    Order {
        last_query,
        ..order.clone()
    }
}

fn prepay_issued(order: &Order, prepay: &IssuedPrepay) -> Decision {
    match order.status {
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => applied(
            Order {
                prepay: Some(prepay.clone()),
                ..order.clone()
            },
            vec![],
        ),
        OrderStatus::Confirmed
        | OrderStatus::Closed
        | OrderStatus::Refunding
        | OrderStatus::Refunded => Decision::Refused(Refusal::NotPayable),
    }
}

fn closed(order: &Order) -> Decision {
    match order.status {
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => applied(
            Order {
                status: OrderStatus::Closed,
                inquiry_due_at: None,
                ..order.clone()
            },
            vec![Effect::ReleaseStock],
        ),
        // A late question was answered: it stays closed, and nothing is left to ask.
        OrderStatus::Closed if order.inquiry_due_at.is_some() => applied(
            Order {
                inquiry_due_at: None,
                ..order.clone()
            },
            vec![],
        ),
        OrderStatus::Closed => Decision::AlreadyApplied,
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            Decision::Refused(Refusal::AlreadyPaid)
        }
    }
}

/// Paid and sent back by somebody else: nothing can be delivered for that money, and WeChat takes
/// no second payment under this number. People look.
fn found_refunded(order: &Order, told: &Order) -> Decision {
    let ended = Order {
        status: OrderStatus::Closed,
        // Of a payment that does not fit, people know, and going back is what it should.
        attention: match order.misfit {
            Some(_) => order.attention,
            None => Some(Attention::UnderReview),
        },
        inquiry_due_at: None,
        ..told.clone()
    };
    match order.status {
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => {
            applied(ended, vec![Effect::ReleaseStock])
        }
        // The same answer once more has another time, and is no news.
        OrderStatus::Closed if is_same_but_for_the_answer(&ended, order) => {
            Decision::AlreadyApplied
        }
        OrderStatus::Closed => applied(ended, vec![]),
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            Decision::AlreadyApplied
        }
    }
}

fn is_same_but_for_the_answer(one: &Order, other: &Order) -> bool {
    let state = |order: &Order| order.last_query.as_ref().map(|query| query.state);
    let with_its_answer = Order {
        last_query: other.last_query.clone(),
        ..one.clone()
    };
    state(one) == state(other) && with_its_answer == *other
}

/// Ends what people were asked to look at, and nothing else: money moves on its own roads. What the
/// operator has not seen is not reviewed.
fn reviewed(order: &Order, seq: u64) -> Decision {
    if order.attention != Some(Attention::UnderReview) {
        return Decision::AlreadyApplied;
    }
    if order.seq != seq {
        return Decision::Refused(Refusal::ChangedSince);
    }
    let misfit = order.misfit.clone().map(|misfit| Misfit {
        is_open: false,
        ..misfit
    });
    applied(
        Order {
            attention: None,
            misfit,
            ..order.clone()
        },
        vec![],
    )
}
