//! What must hold, and whether it did.

use std::fmt;
use std::time::Duration;

use super::good::Latencies;
use super::tally::Tallies;
use super::watchman::Sights;

/// Good buyers may wait twice as long as in peace …
const SLOWER_MAX: u32 = 2;

/// … and always so long: below, two cores that play both sides tell nothing but noise.
const P99_FLOOR: Duration = Duration::from_millis(250);

/// What the server may grow by, whatever comes: places and buffers are counted, and all of them
/// together have less.
const GROWTH_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// Descriptors that come with use and stay: pools of connections to WeChat and to the database.
const POOLED_MAX: usize = 16;

/// What a flood may write into the log in a second.
const LOG_BYTES_PER_S_MAX: u64 = 256 * 1024;

/// The longest line that says what a stranger sent.
const LOG_LINE_BYTES_MAX: usize = 4 * 1024;

/// All that was seen.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) peace: Latencies,
    pub(super) abuse: Latencies,
    pub(super) tallies: Tallies,
    pub(super) sights: Sights,
    pub(super) is_forgery_believed: bool,
}

impl Verdict {
    /// Whether everything held.
    pub(super) fn is_clean(&self) -> bool {
        self.violations().is_empty()
    }

    fn p99_max(&self) -> Duration {
        P99_FLOOR.max(self.peace.p99().saturating_mul(SLOWER_MAX))
    }

    fn leaked(&self) -> usize {
        let [before, after] = self.sights.descriptors;
        after.saturating_sub(before.saturating_add(POOLED_MAX))
    }

    fn violations(&self) -> Vec<String> {
        let sights = &self.sights;
        let [before, worst] = sights.rss_bytes;
        let unplayed = self.tallies.unplayed();
        let rows = [
            (
                self.peace.failed > 0 || self.abuse.failed > 0,
                "good buyers did not get what they paid for".to_owned(),
            ),
            (
                self.abuse.p99() > self.p99_max(),
                format!("good buyers waited longer than {:?}", self.p99_max()),
            ),
            (
                worst.saturating_sub(before) > GROWTH_BYTES_MAX,
                format!("the server grew from {before} to {worst} bytes"),
            ),
            (
                self.tallies.held() > 0,
                "connections of abusers never ended".to_owned(),
            ),
            (
                self.leaked() > 0,
                format!("descriptors before and after: {:?}", sights.descriptors),
            ),
            (
                self.tallies.granted() > 0,
                "something was granted that must not be".to_owned(),
            ),
            (
                self.tallies.faults() > 0,
                "the server called senseless requests its own fault".to_owned(),
            ),
            (
                self.is_forgery_believed,
                "a forged payment was believed".to_owned(),
            ),
            (
                sights.log_bytes_per_s > LOG_BYTES_PER_S_MAX,
                format!("the log grew by {} bytes a second", sights.log_bytes_per_s),
            ),
            (
                sights.log_line_bytes_max > LOG_LINE_BYTES_MAX,
                format!("a log line has {} bytes", sights.log_line_bytes_max),
            ),
            (
                !unplayed.is_empty(),
                format!("the rig never played: {}", unplayed.join(", ")),
            ),
        ];
        let violated = rows.into_iter().filter(|(is_violated, _)| *is_violated);
        violated.map(|(_, sentence)| sentence).collect()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for violation in self.violations() {
            write!(f, "VIOLATED: {violation}; ")?;
        }
        let mebibytes = |bytes: u64| bytes / (1024 * 1024);
        let [before, worst] = self.sights.rss_bytes;
        write!(
            f,
            "connections {} p99 {} ms in peace {} ms memory {} MiB before {} MiB \
             held {} granted {} faults {} leaked {}",
            self.tallies.opened(),
            self.abuse.p99().as_millis(),
            self.peace.p99().as_millis(),
            mebibytes(worst),
            mebibytes(before),
            self.tallies.held(),
            self.tallies.granted(),
            self.tallies.faults(),
            self.leaked(),
        )
    }
}
