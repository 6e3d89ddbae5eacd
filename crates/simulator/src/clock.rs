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
    changed: watch::Sender<()>,
}

impl Clock {
    /// Starts at the system's time.
    #[must_use]
    pub fn start(pace: Pace) -> Clock {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let reading = Reading {
            simulated: UnixMillis(millis(since_epoch)),
            real: Instant::now(),
            pace: bounded(pace),
        };
        Clock {
            reading: Mutex::new(reading),
            changed: watch::Sender::new(()),
        }
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
        self.changed.send_replace(());
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
        self.changed.send_replace(());
    }

    /// Waits until simulated time has reached the instant, however the pace changes meanwhile.
    pub async fn sleep_until(&self, instant: UnixMillis) {
        let mut changed = self.changed.subscribe();
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

    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
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
