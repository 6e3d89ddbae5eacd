//! The last reading of another program's clock, run on in between.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use wechat_checkout_protocol::UnixMillis;

/// A clock as it was read, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// What it showed.
    pub(super) at: UnixMillis,
    /// When it showed that.
    pub(super) read_at: Instant,
    /// Its milliseconds per real millisecond; 0 while it is held.
    pub(super) speed: u32,
}

impl Reading {
    fn now(&self) -> UnixMillis {
        let passed = self.read_at.elapsed().saturating_mul(self.speed);
        let passed = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        self.at.plus_ms(passed)
    }
}

/// Shows the last reading, run on at its speed.
#[derive(Debug)]
pub struct SimulatedClock {
    reading: Mutex<Reading>,
    moved: watch::Sender<()>,
}

impl SimulatedClock {
    pub(super) fn new(reading: Reading) -> SimulatedClock {
        SimulatedClock {
            reading: Mutex::new(reading),
            moved: watch::Sender::new(()),
        }
    }

    pub(super) fn now(&self) -> UnixMillis {
        self.reading().now()
    }

    pub(super) fn real(&self, while_ms: u64) -> Duration {
        match self.reading().speed {
            0 => Duration::MAX,
            speed => Duration::from_millis(while_ms.div_ceil(u64::from(speed))),
        }
    }

    pub(super) fn moves(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Takes a new reading, back in time, too.
    pub(super) fn set(&self, reading: Reading) {
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner) = reading;
        self.moved.send_replace(());
    }

    /// Nobody can be read any more: goes on from here in real time, at the distance from the
    /// system's clock that it has now.
    pub(super) fn run_on(&self) {
        self.set(Reading {
            at: self.now(),
            read_at: Instant::now(),
            speed: 1,
        });
    }

    fn reading(&self) -> Reading {
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: UnixMillis = UnixMillis(1_700_000_000_000);

    fn read(speed: u32, ago: Duration) -> Reading {
        Reading {
            at: NOON,
            read_at: Instant::now().checked_sub(ago).expect("a short while ago"),
            speed,
        }
    }

    #[test]
    fn between_readings_it_runs_at_the_speed_that_was_read() {
        let a_second = Duration::from_secs(1);
        let held = SimulatedClock::new(read(0, a_second));
        assert_eq!(held.now(), NOON);
        assert_eq!(held.real(1), Duration::MAX);
        let fast = SimulatedClock::new(read(60, a_second));
        assert!(fast.now() >= NOON.plus_ms(60_000));
        assert_eq!(fast.real(60_000), Duration::from_secs(1));
        assert_eq!(fast.real(1), Duration::from_millis(1), "never a busy loop");
    }

    #[test]
    fn left_alone_it_goes_on_in_real_time_from_where_it_stands() {
        let clock = SimulatedClock::new(read(0, Duration::ZERO));
        clock.run_on();
        assert!(clock.now() >= NOON);
        assert_eq!(clock.real(1_000), Duration::from_secs(1));
    }

    #[tokio::test]
    async fn whoever_waits_hears_of_a_move_that_came_before_he_listened() {
        let clock = SimulatedClock::new(read(1, Duration::ZERO));
        let mut moves = clock.moves();
        clock.set(read(0, Duration::ZERO));
        moves.changed().await.expect("the clock is there");
        assert_eq!(clock.now(), NOON, "and it may be set back");
    }
}
