//! One measurement: how many in how long, and how long each waited.

use std::time::Duration;

/// A finished measurement.
#[derive(Clone, Debug)]
pub(super) struct Measurement {
    took: Duration,
    /// Microseconds, sorted; empty when single waits were not taken.
    waits_us: Vec<u32>,
    count: u64,
}

impl Measurement {
    pub(super) fn new(took: Duration, mut waits_us: Vec<u32>) -> Measurement {
        waits_us.sort_unstable();
        let count = u64::try_from(waits_us.len()).unwrap_or(u64::MAX);
        Measurement {
            took,
            waits_us,
            count,
        }
    }

    pub(super) const fn of_count(took: Duration, count: u64) -> Measurement {
        Measurement {
            took,
            waits_us: Vec::new(),
            count,
        }
    }

    /// Rounded down.
    pub(super) fn per_second(&self) -> u64 {
        let per_second = u128::from(self.count)
            .saturating_mul(1_000_000_000)
            .checked_div(self.took.as_nanos())
            .unwrap_or_default();
        u64::try_from(per_second).unwrap_or(u64::MAX)
    }

    /// The wait that so many of a thousand did not exceed, in microseconds.
    pub(super) fn wait_us(&self, permille: usize) -> Option<u32> {
        let index = self.waits_us.len().checked_mul(permille)?.div_ceil(1_000);
        self.waits_us.get(index.saturating_sub(1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_percentiles_are_those_of_the_numbers() {
        let waits = (1..=1_000).rev().collect();
        let measurement = Measurement::new(Duration::from_millis(500), waits);
        assert_eq!(measurement.per_second(), 2_000);
        assert_eq!(measurement.wait_us(500), Some(500));
        assert_eq!(measurement.wait_us(999), Some(999));
        assert_eq!(measurement.wait_us(1_000), Some(1_000));
        let empty = Measurement::of_count(Duration::from_secs(2), 10);
        assert_eq!((empty.per_second(), empty.wait_us(500)), (5, None));
    }
}
