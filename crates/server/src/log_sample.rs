//! A sample of the log lines that strangers can cause, with a count of what was left out: a flood
//! of bad requests must not become a flood of lines.
//!
//! Lines about money are never sampled.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::limit::Bucket;

/// Lines a second, over some time.
const LINES_PER_SECOND: u32 = 10;

/// So many seconds' worth may come at once.
const AT_ONCE: Duration = Duration::from_secs(5);

/// One kind of line.
#[derive(Debug)]
pub(crate) struct LogSample {
    rate: Bucket,
    left_out: AtomicU64,
}

impl Default for LogSample {
    fn default() -> LogSample {
        LogSample {
            rate: Bucket::per_second(LINES_PER_SECOND, AT_ONCE),
            left_out: AtomicU64::new(0),
        }
    }
}

impl LogSample {
    /// Whether to write a line now: then it says how many of its kind were left out before it.
    pub(crate) fn line(&self) -> Option<u64> {
        if self.rate.ask(Instant::now()).is_ok() {
            return Some(self.left_out.swap(0, Ordering::Relaxed));
        }
        let _ = self.left_out.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("log_lines_left_out").increment(1);
        None
    }
}

/// The begin of a text that a stranger chose, for a log line.
pub(crate) fn shortened(text: &str) -> &str {
    /// More tells nobody anything.
    const SHOWN_BYTES_MAX: usize = 160;
    text.get(..text.floor_char_boundary(SHOWN_BYTES_MAX))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_leaves_a_sample_and_the_next_line_says_how_much_was_left_out() {
        let sample = LogSample::default();
        let lines: Vec<u64> = (0..1_000).filter_map(|_| sample.line()).collect();
        assert!((50..60).contains(&lines.len()), "{}", lines.len());
        assert!(sample.left_out.load(Ordering::Relaxed) >= 940);
    }

    #[test]
    fn a_text_is_shortened_between_two_characters() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"支付".repeat(100)).len(), 159);
    }
}
