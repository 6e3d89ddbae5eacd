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

/// An order is asked about at most this often per plan; then people look at it.
/// Enough for the plan, ten quick retries and 24 hours of half-hourly questions.
pub const INQUIRIES_MAX: u32 = 64;

/// From when on an unpaid order is to be closed.
#[must_use]
pub fn closable_at(order: &Order) -> UnixMillis {
    order
        .expires_at
        .max(order.created_at.plus_ms(CLOSE_NOT_BEFORE_MS))
}

/// The first inquiry of a freshly placed order.
#[must_use]
pub const fn first_due_at(created_at: UnixMillis) -> UnixMillis {
    created_at.plus_ms(PLAN_MS[0])
}

/// The inquiry after the one made at `now`; `None` when the order has used up its questions.
///
/// Before expiry it follows the plan, but never sleeps past the moment of closing.
#[must_use]
pub fn next_due_at(order: &Order, now: UnixMillis) -> Option<UnixMillis> {
    if order.inquiries >= INQUIRIES_MAX {
        return None;
    }
    let closable_at = closable_at(order);
    if now >= closable_at {
        let quick = order.inquiries < INQUIRIES_MAX / 4;
        return Some(now.plus_ms(if quick { RETRY_MS } else { LATE_INTERVAL_MS }));
    }
    let planned = PLAN_MS
        .iter()
        .map(|offset| order.inquiry_from.plus_ms(*offset))
        .find(|at| *at > now)
        .unwrap_or_else(|| now.plus_ms(LATE_INTERVAL_MS));
    Some(planned.min(closable_at))
}
