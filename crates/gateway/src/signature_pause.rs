//! A short pause after WeChat has refused the signature of a call: whoever goes on with a wrong key
//! is locked out.
//!
//! ```text
//!   calls ──signature refused──▶ pause ──over──▶ one call ──good answer──▶ calls
//!                                  ▲                 │
//!                                  └─ anything else ─┘
//! ```

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long no call is made; afterwards one call at most in as long a time tries.
pub(crate) const PAUSE: Duration = Duration::from_secs(10);

/// Whether calls are paused, shared by everybody who calls for one merchant.
#[derive(Debug, Default)]
pub(crate) struct SignaturePause {
    until: Mutex<Option<Instant>>,
}

impl SignaturePause {
    /// Lets a call through, or says how long none is made.
    pub(crate) fn admit(&self, now: Instant) -> Result<(), Duration> {
        let mut until = self.lock();
        match *until {
            Some(end) if now < end => Err(end.duration_since(now)),
            // This call tries. Nobody else does until it can have ended.
            Some(_) => {
                *until = Some(now + PAUSE);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// WeChat refused a signature. True for the first refusal of an episode.
    pub(crate) fn begin(&self, now: Instant) -> bool {
        self.lock().replace(now + PAUSE).is_none()
    }

    /// WeChat gave a verified answer. True if that ended an episode.
    pub(crate) fn end(&self) -> bool {
        self.lock().take().is_some()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_tries_after_each_pause_until_an_answer_is_good() {
        let pause = SignaturePause::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(pause.admit(at(0)), Ok(()));
        assert!(!pause.end(), "nothing to end");

        assert!(pause.begin(at(0)), "an episode begins");
        assert!(!pause.begin(at(0)), "another call that was under way");
        assert_eq!(pause.admit(at(4)), Err(Duration::from_secs(6)));
        assert_eq!(pause.admit(at(10)), Ok(()), "one tries");
        assert_eq!(pause.admit(at(10)), Err(PAUSE), "and nobody beside it");
        assert!(!pause.begin(at(11)), "refused again: the same episode");
        assert_eq!(pause.admit(at(20)), Err(Duration::from_secs(1)));

        assert_eq!(pause.admit(at(21)), Ok(()));
        assert!(pause.end());
        assert_eq!(pause.admit(at(21)), Ok(()));
        assert_eq!(pause.admit(at(21)), Ok(()), "everybody again");
    }
}
