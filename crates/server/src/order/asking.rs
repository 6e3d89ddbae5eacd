//! What makes us ask WeChat about an order, and what follows when the answer is no payment.
//!
//! **Invariant:** nothing here reads `inquiry_due_at` but for being there at all: claiming an
//! inquiry moves it without a journal entry, and a replay must decide the same.

use wechat_checkout_protocol::{Attention, BridgeOutcome, OrderStatus, UnixMillis};

use super::decision::{Decision, applied};
use super::{Order, inquiry};

/// A cancelled sheet is asked about once after this long: banks answer late.
const CANCEL_INQUIRY_MS: i64 = 5_000;

/// A report only ever makes us ask sooner.
pub(super) fn reported(order: &Order, outcome: BridgeOutcome, now: UnixMillis) -> Decision {
    let is_cancel = match outcome {
        BridgeOutcome::Cancel => true,
        BridgeOutcome::Ok
        | BridgeOutcome::Fail
        | BridgeOutcome::Unknown
        | BridgeOutcome::NoAnswer => false,
    };
    match order.status {
        OrderStatus::Unprocessed if is_cancel => {
            let is_over = now >= order.expires_at;
            restart(order, order.status, CANCEL_INQUIRY_MS, now, !is_over)
        }
        OrderStatus::Unprocessed => applied(
            restarted(order, OrderStatus::AwaitingConfirmation, 0, now),
            vec![],
        ),
        // The buyer tried again, or taps "check again": ask again at once.
        OrderStatus::AwaitingConfirmation => restart(order, order.status, 0, now, !is_cancel),
        // The page insists although the order is closed: the money may have come late.
        OrderStatus::Closed => {
            let is_new = outcome == BridgeOutcome::Ok && order.inquiry_due_at.is_none();
            restart(order, order.status, 0, now, is_new)
        }
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            Decision::AlreadyApplied
        }
    }
}

/// Starts the plan anew, but not at every tap: a page that reports without end would cost a
/// question each time, or put the question off for ever.
fn restart(
    order: &Order,
    status: OrderStatus,
    due_in_ms: i64,
    now: UnixMillis,
    is_wanted: bool,
) -> Decision {
    let is_too_soon = now.since_ms(order.inquiry_from) < inquiry::RESTART_INTERVAL_MS;
    if !is_wanted || is_too_soon {
        return Decision::AlreadyApplied;
    }
    applied(restarted(order, status, due_in_ms, now), vec![])
}

fn restarted(order: &Order, status: OrderStatus, due_in_ms: i64, now: UnixMillis) -> Order {
    Order {
        status,
        // An answer from before says nothing of what the page reports now.
        last_query: None,
        inquiries: 0,
        inquiry_from: now,
        inquiry_due_at: Some(now.plus_ms(due_in_ms)),
        ..order.clone()
    }
}

/// Not paid yet: ask later. A closed order has its answer.
pub(super) fn found_unpaid(order: &Order, now: UnixMillis) -> Decision {
    match order.status {
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => ask_later(order, now),
        OrderStatus::Closed => applied(
            Order {
                inquiry_due_at: None,
                ..order.clone()
            },
            vec![],
        ),
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            Decision::AlreadyApplied
        }
    }
}

/// As unpaid, and the next tap places the same order there again, under the same terms.
pub(super) fn found_absent(order: &Order, now: UnixMillis) -> Decision {
    found_unpaid(
        &Order {
            prepay: None,
            ..order.clone()
        },
        now,
    )
}

/// No clear answer is none: even about a closed order we ask again, if not for ever.
pub(super) fn unanswered(order: &Order, now: UnixMillis) -> Decision {
    match order.status {
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => ask_later(order, now),
        OrderStatus::Closed => {
            let inquiries = order.inquiries.saturating_add(1);
            let inquiry_due_at = (inquiries < inquiry::CLOSED_INQUIRIES_MAX)
                .then(|| now.plus_ms(inquiry::RETRY_MS.saturating_mul(i64::from(inquiries))));
            applied(
                Order {
                    inquiries,
                    inquiry_due_at,
                    ..order.clone()
                },
                vec![],
            )
        }
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            Decision::AlreadyApplied
        }
    }
}

/// The plan goes on; when it is used up, people look.
fn ask_later(order: &Order, now: UnixMillis) -> Decision {
    let asked = Order {
        inquiries: order.inquiries.saturating_add(1),
        ..order.clone()
    };
    let attention = if asked.inquiries >= inquiry::INQUIRIES_MAX {
        Some(Attention::UnderReview)
    } else {
        order.attention
    };
    let inquiry_due_at = Some(inquiry::next_due_at(&asked, now));
    applied(
        Order {
            inquiry_due_at,
            attention,
            ..asked
        },
        vec![],
    )
}
