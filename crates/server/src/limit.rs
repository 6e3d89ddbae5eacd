//! How often one caller may ask, with a bounded memory of who asked.
//!
//! Each caller has one date: the end of what he has used up. A request moves it on by the pause
//! that his rate allows between two; a date too far ahead is too many requests. So a page that was
//! quiet may hurry for a moment, and nobody hurries for long.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use wechat_checkout_protocol::OpenId;

/// What half a minute allows may be used up at once.
const HURRY: Duration = Duration::from_secs(30);

/// Callers remembered at a time. Beyond, those are forgotten who have nothing used up; a crowd in
/// which nobody has is no single caller, and starts anew.
const CALLERS_MAX: usize = 65_536;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// With a session.
    Buyer(OpenId),
    /// Without one. Whoever has one IPv6 address has its whole network of 64 bits.
    Address(IpAddr),
}

impl Caller {
    /// Somebody without a session.
    #[must_use]
    pub fn at(address: IpAddr) -> Caller {
        Caller::Address(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from(network))
            }
        })
    }
}

/// Requests a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Of one buyer; 0 is without limit.
    pub buyer_per_minute: u32,
    /// Of one address without a session; 0 is without limit. Many buyers share one.
    pub address_per_minute: u32,
}

/// Remembers who asked.
#[derive(Debug)]
pub struct Limiter {
    rates: Rates,
    used_up_to: Mutex<HashMap<Caller, Instant>>,
}

impl Limiter {
    /// Nobody has asked yet.
    #[must_use]
    pub fn new(rates: Rates) -> Limiter {
        Limiter {
            rates,
            used_up_to: Mutex::default(),
        }
    }

    /// Whether a caller's next request would be let through, without counting it.
    ///
    /// # Errors
    /// How long he has to wait.
    pub fn is_free(&self, caller: &Caller, now: Instant) -> Result<(), Duration> {
        let (Some(pause), Ok(used_up_to)) = (self.pause(caller), self.used_up_to.lock()) else {
            return Ok(());
        };
        moved_on(used_up_to.get(caller).copied(), now, pause, HURRY).map(drop)
    }

    /// Between two requests of a caller; `None` without limit.
    fn pause(&self, caller: &Caller) -> Option<Duration> {
        let per_minute = match caller {
            Caller::Buyer(_) => self.rates.buyer_per_minute,
            Caller::Address(_) => self.rates.address_per_minute,
        };
        Duration::from_secs(60).checked_div(per_minute)
    }

    /// Counts a request.
    ///
    /// # Errors
    /// How long the caller has to wait, when there were too many. Such a request is not counted.
    pub fn ask(&self, caller: Caller, now: Instant) -> Result<(), Duration> {
        let Some(pause) = self.pause(&caller) else {
            return Ok(());
        };
        let Ok(mut used_up_to) = self.used_up_to.lock() else {
            return Ok(());
        };
        let after = moved_on(used_up_to.get(&caller).copied(), now, pause, HURRY)?;
        if used_up_to.len() >= CALLERS_MAX && !used_up_to.contains_key(&caller) {
            used_up_to.retain(|_, at| *at > now);
            if used_up_to.len() >= CALLERS_MAX {
                used_up_to.clear();
            }
        }
        let _ = used_up_to.insert(caller, after);
        Ok(())
    }
}

/// The end of what is used up, one request later.
fn moved_on(
    used_up_to: Option<Instant>,
    now: Instant,
    pause: Duration,
    hurry: Duration,
) -> Result<Instant, Duration> {
    let after = used_up_to.map_or(now, |at| at.max(now)) + pause;
    // However slow the rate, it lets one request through.
    let too_far = after.duration_since(now).saturating_sub(hurry.max(pause));
    if too_far > Duration::ZERO {
        return Err(too_far);
    }
    Ok(after)
}

/// One rate for all callers together.
#[derive(Debug)]
pub(crate) struct Bucket {
    pause: Duration,
    hurry: Duration,
    used_up_to: Mutex<Option<Instant>>,
}

impl Bucket {
    /// So many a second, of which as many as fit into `hurry` may come at once.
    pub(crate) fn per_second(rate: u32, hurry: Duration) -> Bucket {
        Bucket {
            pause: Duration::from_secs(1) / rate.max(1),
            hurry,
            used_up_to: Mutex::default(),
        }
    }

    /// Counts one.
    ///
    /// # Errors
    /// How long to wait, when there were too many. Such a one is not counted.
    pub(crate) fn ask(&self, now: Instant) -> Result<(), Duration> {
        let mut used_up_to = self
            .used_up_to
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *used_up_to = Some(moved_on(*used_up_to, now, self.pause, self.hurry)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter() -> Limiter {
        Limiter::new(Rates {
            buyer_per_minute: 60,
            address_per_minute: 0,
        })
    }

    fn buyer(number: usize) -> Caller {
        Caller::Buyer(OpenId::parse(format!("buyer-{number}")).expect("a test openid"))
    }

    /// How many of a thousand requests at once are let through.
    fn let_through(limiter: &Limiter, now: Instant) -> usize {
        (0..1_000)
            .filter(|_| limiter.ask(buyer(1), now).is_ok())
            .count()
    }

    #[test]
    fn a_caller_may_hurry_for_a_moment_and_then_goes_at_his_rate() {
        let (limiter, now) = (limiter(), Instant::now());
        assert_eq!(let_through(&limiter, now), 30);
        assert_eq!(limiter.ask(buyer(1), now), Err(Duration::from_secs(1)));
        assert_eq!(let_through(&limiter, now + Duration::from_secs(7)), 7);
        assert_eq!(let_through(&limiter, now + Duration::from_secs(600)), 30);
        assert_eq!(limiter.ask(buyer(2), now), Ok(()), "another caller");
    }

    #[test]
    fn a_rate_of_nothing_is_no_limit_and_one_a_minute_is_one() {
        let now = Instant::now();
        let address = || Caller::at(IpAddr::from([203, 0, 113, 7]));
        let limiter = limiter();
        assert!((0..1_000).all(|_| limiter.ask(address(), now).is_ok()));
        let slow = Limiter::new(Rates {
            buyer_per_minute: 1,
            address_per_minute: 1,
        });
        assert_eq!(slow.ask(address(), now), Ok(()));
        assert_eq!(slow.ask(address(), now), Err(Duration::from_secs(60)));
    }

    #[test]
    fn a_crowd_is_forgotten_and_not_kept() {
        let (limiter, now) = (limiter(), Instant::now());
        for number in 0..CALLERS_MAX + 10 {
            let _ = limiter.ask(buyer(number), now);
        }
        let kept = limiter.used_up_to.lock().map(|callers| callers.len());
        assert_eq!(kept.ok(), Some(10));
    }

    #[test]
    fn an_ipv6_network_is_one_caller_and_a_mapped_address_is_the_ipv4_one() {
        let at = |text: &str| Caller::at(text.parse().expect("a test address"));
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:203.0.113.7"), at("203.0.113.7"));
        assert_ne!(at("203.0.113.7"), at("203.0.113.8"));
    }
}
