//! The simulated platform's clock: it runs at a multiple of real time, or is held and stepped.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use wechat_checkout_protocol::UnixMillis;

/// How fast simulated time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Time stands still until it is stepped.
    Held,
    /// Simulated milliseconds per real millisecond, from 1 to [`Pace::SPEED_MAX`].
    Running(u32),
}

impl Pace {
    /// A day in less than a second; anything faster only races the answers of the page under test.
    pub const SPEED_MAX: u32 = 100_000;
}

/// One instant of simulated time, tied to one instant of real time.
#[derive(Debug)]
struct Reading {
    simulated: UnixMillis,
    real: Instant,
    pace: Pace,
}

/// Simulated time. Everything with a date or a delay asks this clock, never the system's.
#[derive(Debug)]
pub struct Clock {
    reading: Mutex<Reading>,
    /// The pace to which [`Clock::restart`] returns.
    started_at_pace: Pace,
    /// Counts what was done to the clock beyond its running on.
    revision: watch::Sender<u64>,
}

impl Clock {
    /// Starts at the system's time.
    #[must_use]
    pub fn start(pace: Pace) -> Clock {
        let pace = bounded(pace);
        Clock {
            reading: Mutex::new(Reading::of_system(pace)),
            started_at_pace: pace,
            revision: watch::Sender::new(0),
        }
    }

    /// Begins anew: the system's time at the pace of the start. The only way back; whoever calls
    /// this has forgotten everything that is dated.
    pub(crate) fn restart(&self) {
        *self.lock() = Reading::of_system(self.started_at_pace);
        self.count_change();
    }

    /// The simulated instant.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        self.lock().at(Instant::now())
    }

    /// How fast time passes at present.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.lock().pace
    }

    /// Changes the pace from this instant on.
    pub fn set_pace(&self, pace: Pace) {
        let real = Instant::now();
        let mut reading = self.lock();
        *reading = Reading {
            simulated: reading.at(real),
            real,
            pace: bounded(pace),
        };
        drop(reading);
        self.count_change();
    }

    /// Moves forward to an instant; an instant of the past changes nothing, because records of
    /// payments are already dated and time that ran backwards would contradict them.
    pub fn advance_to(&self, instant: UnixMillis) {
        let real = Instant::now();
        let mut reading = self.lock();
        if reading.at(real) < instant {
            *reading = Reading {
                simulated: instant,
                real,
                pace: reading.pace,
            };
        }
        drop(reading);
        self.count_change();
    }

    /// How often the clock was held, stepped, restarted or given another pace.
    pub(crate) fn revision(&self) -> u64 {
        *self.revision.borrow()
    }

    /// Waits until the revision is another than the one that is known.
    pub(crate) async fn changed_since(&self, known: u64) {
        let mut revisions = self.revision.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = revisions.wait_for(|revision| *revision != known).await;
    }

    /// Waits until simulated time has reached the instant, however the pace changes meanwhile.
    pub async fn sleep_until(&self, instant: UnixMillis) {
        let mut changed = self.revision.subscribe();
        loop {
            changed.mark_unchanged();
            let (left_ms, pace) = {
                let reading = self.lock();
                (instant.since_ms(reading.at(Instant::now())), reading.pace)
            };
            let Ok(left_ms) = u64::try_from(left_ms) else {
                return;
            };
            if left_ms == 0 {
                return;
            }
            match pace {
                // The sender lives in `self`, so waiting cannot fail.
                Pace::Held => drop(changed.changed().await),
                Pace::Running(speed) => {
                    let real = Duration::from_millis(left_ms.div_ceil(u64::from(speed)));
                    tokio::select! {
                        () = tokio::time::sleep(real) => {}
                        _ = changed.changed() => {}
                    }
                }
            }
        }
    }

    fn count_change(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    fn of_system(pace: Pace) -> Reading {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Reading {
            simulated: UnixMillis(millis(since_epoch)),
            real: Instant::now(),
            pace,
        }
    }

    fn at(&self, real: Instant) -> UnixMillis {
        match self.pace {
            Pace::Held => self.simulated,
            Pace::Running(speed) => {
                let elapsed = real.saturating_duration_since(self.real);
                let passed = millis(elapsed.saturating_mul(speed));
                self.simulated.plus_ms(passed)
            }
        }
    }
}

fn bounded(pace: Pace) -> Pace {
    match pace {
        Pace::Held => Pace::Held,
        Pace::Running(speed) => Pace::Running(speed.clamp(1, Pace::SPEED_MAX)),
    }
}

/// Whole milliseconds, stopping at the end of the range.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_clock_moves_only_when_it_is_told() {
        let clock = Clock::start(Pace::Held);
        let start = clock.now();
        assert_eq!(clock.now(), start);
        clock.advance_to(start.plus_ms(15_000));
        assert_eq!(clock.now(), start.plus_ms(15_000));
        clock.advance_to(start);
        assert_eq!(clock.now(), start.plus_ms(15_000), "never backwards");
    }

    #[test]
    fn a_restart_is_the_only_way_back_and_returns_to_the_first_pace() {
        let clock = Clock::start(Pace::Running(2));
        let start = clock.now();
        clock.set_pace(Pace::Held);
        clock.advance_to(start.plus_ms(86_400_000));
        let revision = clock.revision();
        clock.restart();
        assert!(clock.now() < start.plus_ms(3_600_000));
        assert_eq!(clock.pace(), Pace::Running(2));
        assert_ne!(clock.revision(), revision);
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_a_held_clock_is_stepped_past_it() {
        let clock = std::sync::Arc::new(Clock::start(Pace::Held));
        let wake_at = clock.now().plus_ms(86_640_000);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(wake_at).await }
        });
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance_to(wake_at);
        sleeper.await.expect("the sleeper returns");
    }
}
