//! What proves that a commit works: a recent one of real work, or one that is made for it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A commit of real work proves for this long that commits work: a busy shop is not asked to write
/// for the sake of a probe.
const PROOF_LASTS: Duration = Duration::from_secs(1);

/// When a commit last reached what payments are promised: the disk, and the standby if there is one.
#[derive(Debug, Default)]
pub(super) struct LastCommit(Mutex<Option<Instant>>);

impl LastCommit {
    /// Notes a commit that wrote something. One that wrote nothing proves nothing.
    pub(super) fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Notes that work failed: whatever was committed before, commits may not work now.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether there was one so lately that nobody need try.
    pub(super) fn is_recent(&self) -> bool {
        let at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() < PROOF_LASTS)
    }
}
