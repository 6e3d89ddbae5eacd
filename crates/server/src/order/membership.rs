//! How long a membership lasts: what was granted, less what was taken back unused.

use wechat_checkout_protocol::{OrderId, UnixMillis};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Days that one order gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VipGrant {
    /// How many.
    pub days: u32,
    /// When they were given.
    pub granted_at: UnixMillis,
    /// When they were taken back, if they were: what was used up by then stays used.
    pub reversed_at: Option<UnixMillis>,
}

/// The end of a membership after one more grant: it extends from its end, or from now if it ended.
#[must_use]
pub fn extended(ends_at: Option<UnixMillis>, days: u32, now: UnixMillis) -> UnixMillis {
    let starts_at = ends_at.map_or(now, |ends_at| ends_at.max(now));
    starts_at.plus_ms(i64::from(days).saturating_mul(DAY_MS))
}

/// The end of a membership made of grants, oldest first.
///
/// Folding all of them is what makes a reversal in the middle right: it takes back its own unused
/// days, moves later grants forward by as much, and never touches what another order paid for.
#[must_use]
pub fn ends_at(grants: &[VipGrant]) -> Option<UnixMillis> {
    grants
        .iter()
        .fold(None, |ends_at: Option<UnixMillis>, grant| {
            let starts_at =
                ends_at.map_or(grant.granted_at, |ends_at| ends_at.max(grant.granted_at));
            let whole = extended(ends_at, grant.days, grant.granted_at);
            Some(match grant.reversed_at {
                None => whole,
                Some(reversed_at) => reversed_at.clamp(starts_at, whole),
            })
        })
}

/// The end as far as one order carries the membership: made of its own grant and those before it.
///
/// It is what was granted, until days before it are taken back; then it moves forward with them.
#[must_use]
pub fn carried_to(grants: &[(OrderId, VipGrant)], order: &OrderId) -> Option<UnixMillis> {
    let place = grants.iter().position(|(id, _)| id == order)?;
    let grants: Vec<VipGrant> = grants
        .iter()
        .take(place.saturating_add(1))
        .map(|(_, grant)| *grant)
        .collect();
    ends_at(&grants)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_795_000_000_000);

    fn day(number: i64) -> UnixMillis {
        START.plus_ms(number * DAY_MS)
    }

    fn grant(days: u32, on: i64, reversed_on: Option<i64>) -> VipGrant {
        VipGrant {
            days,
            granted_at: day(on),
            reversed_at: reversed_on.map(day),
        }
    }

    #[test]
    fn a_reversal_takes_back_its_own_unused_days_and_nothing_else() {
        for (grants, end, why) in [
            (vec![grant(30, 0, None)], 30, "granted"),
            (
                vec![grant(30, 0, None), grant(30, 10, None)],
                60,
                "extended",
            ),
            (
                vec![grant(30, 0, None), grant(30, 40, None)],
                70,
                "lapsed in between",
            ),
            (vec![grant(30, 0, Some(0))], 0, "taken back at once"),
            (vec![grant(30, 0, Some(12))], 12, "twelve days were used"),
            (
                vec![grant(30, 0, Some(12)), grant(30, 10, None)],
                42,
                "the other order's 30 stay",
            ),
            (
                vec![grant(30, 0, Some(41)), grant(30, 40, None)],
                70,
                "used up long before",
            ),
            (
                vec![grant(30, 0, None), grant(30, 10, Some(20))],
                30,
                "not begun yet",
            ),
        ] {
            assert_eq!(ends_at(&grants), Some(day(end)), "{why}");
        }
        assert_eq!(ends_at(&[]), None);
    }

    #[test]
    fn an_orders_end_moves_when_days_before_it_are_taken_back_and_not_when_days_after_it_are() {
        let id = |text: &str| OrderId::parse(text).expect("a test id");
        let grants = |first, third| {
            [
                (id("order-1"), grant(30, 0, first)),
                (id("order-2"), grant(30, 10, None)),
                (id("order-3"), grant(30, 11, third)),
            ]
        };
        for (grants, ends, why) in [
            (grants(None, None), [30, 60, 90], "granted"),
            (grants(Some(12), None), [12, 42, 72], "the first is gone"),
            (grants(None, Some(12)), [30, 60, 60], "the last is gone"),
        ] {
            let found =
                ["order-1", "order-2", "order-3"].map(|text| carried_to(&grants, &id(text)));
            assert_eq!(found, ends.map(|end| Some(day(end))), "{why}");
        }
        assert_eq!(carried_to(&grants(None, None), &id("order-4")), None);
    }
}
