//! When an order without news is asked about: WeChat's recommended plan, then expiry.

use wechat_checkout_protocol::UnixMillis;

use super::Order;

/// WeChat's plan: this long after the order was issued, or after the page's report.
pub const PLAN_MS: [i64; 7] = [5_000, 30_000, 60_000, 180_000, 300_000, 600_000, 1_800_000];

/// After the plan, and while closing does not succeed, ask this often.
pub const LATE_INTERVAL_MS: i64 = 30 * 60 * 1000;

/// Around expiry an unclear answer is asked about again after this long.
pub const RETRY_MS: i64 = 30_000;

/// WeChat refuses to close an order younger than this.
pub const CLOSE_NOT_BEFORE_MS: i64 = 5 * 60 * 1000;

/// After this many questions without an end people look at the order. Enough for the plan,
/// sixteen quick retries and a day of half-hourly questions.
pub const INQUIRIES_MAX: u32 = 64;

/// An order that people look at is asked about once a day until it ends: WeChat closes what is
/// unpaid after seven days at the latest, so this is a handful of questions.
pub const REVIEW_INTERVAL_MS: i64 = 24 * 60 * 60 * 1000;

/// A closed order is asked about this often at most after a late report without a clear answer.
pub const CLOSED_INQUIRIES_MAX: u32 = 8;

/// Reports start the plan anew no more often than this, however often the page reports.
pub const RESTART_INTERVAL_MS: i64 = 10_000;

/// Servers that share orders have clocks that differ by less. An order dated further ahead was
/// placed before the clock was set back.
pub const CLOCKS_DIFFER_MS_MAX: i64 = 60 * 1000;

/// From when on an unpaid order is to be closed.
#[must_use]
pub fn closable_at(order: &Order) -> UnixMillis {
    order
        .expires_at
        .max(order.created_at.plus_ms(CLOSE_NOT_BEFORE_MS))
}

/// Whether an unpaid order is to be closed now: its time is over, or is one that the clock, set
/// back since, does not know. WeChat is asked first in both cases, so a paid one is found.
#[must_use]
pub fn is_closable(order: &Order, now: UnixMillis) -> bool {
    let is_of_the_future = order.created_at.since_ms(now) > CLOCKS_DIFFER_MS_MAX;
    is_of_the_future || now >= closable_at(order)
}

/// The first inquiry of a freshly placed order.
#[must_use]
pub const fn first_due_at(created_at: UnixMillis) -> UnixMillis {
    created_at.plus_ms(PLAN_MS[0])
}

/// The inquiry after the one made at `now`: an open order is never given up.
///
/// Before expiry it follows the plan, but never sleeps past the moment of closing.
#[must_use]
pub fn next_due_at(order: &Order, now: UnixMillis) -> UnixMillis {
    if order.inquiries >= INQUIRIES_MAX {
        return now.plus_ms(REVIEW_INTERVAL_MS);
    }
    if is_closable(order, now) {
        let quick = order.inquiries < INQUIRIES_MAX / 4;
        return now.plus_ms(if quick { RETRY_MS } else { LATE_INTERVAL_MS });
    }
    let planned = PLAN_MS
        .iter()
        .map(|offset| order.inquiry_from.plus_ms(*offset))
        .find(|at| *at > now)
        .unwrap_or_else(|| now.plus_ms(LATE_INTERVAL_MS));
    planned.min(closable_at(order))
}
