//! The table at the end of a test run.

use std::fmt;
use std::time::Duration;

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    /// Not run, since something it needs failed.
    Skipped {
        because: &'static str,
    },
}

/// What every step came to.
#[derive(Debug, Default)]
pub(super) struct Report {
    rows: Vec<(&'static str, Outcome, Duration)>,
}

impl Report {
    pub(super) fn note(&mut self, step: &'static str, outcome: Outcome) {
        self.note_timed(step, outcome, Duration::ZERO);
    }

    pub(super) fn note_timed(&mut self, step: &'static str, outcome: Outcome, took: Duration) {
        self.rows.push((step, outcome, took));
    }

    /// Whether the step ran without success, or could not run.
    pub(super) fn has_failed(&self, name: &str) -> bool {
        self.rows
            .iter()
            .any(|(step, outcome, _)| *step == name && *outcome != Outcome::Passed)
    }

    pub(super) fn is_clean(&self) -> bool {
        self.rows
            .iter()
            .all(|(_, outcome, _)| *outcome == Outcome::Passed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (step, outcome, took) in &self.rows {
            let seconds = took.as_secs_f32();
            match outcome {
                Outcome::Passed => writeln!(f, "{step:<12} {seconds:>8.1} s  passed")?,
                Outcome::Failed => writeln!(f, "{step:<12} {seconds:>8.1} s  FAILED")?,
                Outcome::Skipped { because } => {
                    writeln!(f, "{step:<12} {:>10}  skipped: {because} failed", "")?;
                }
            }
        }
        let total: Duration = self.rows.iter().map(|(_, _, took)| *took).sum();
        write!(f, "{:<12} {:>8.1} s", "in all", total.as_secs_f32())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_and_what_it_blocks_are_told_and_not_clean() {
        let mut report = Report::default();
        report.note_timed("tidy", Outcome::Passed, Duration::from_millis(1500));
        assert!(report.is_clean());
        report.note("page", Outcome::Failed);
        report.note("journeys", Outcome::Skipped { because: "page" });
        assert!(!report.is_clean());
        assert!(report.has_failed("page") && report.has_failed("journeys"));
        let table = report.to_string();
        assert!(table.contains("1.5 s  passed"), "{table}");
        assert!(table.contains("skipped: page failed"), "{table}");
    }
}
