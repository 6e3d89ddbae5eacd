//! Whether the server can serve: a commit works.
//!
//! Anybody may ask, so one probe is under way at a time, and its result, good or bad, is everybody's
//! for a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::store::{Store, StoreError};

/// Whoever asks has an answer after this long: a database that commits later is not ready.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// A result is shared for this long.
const SHARED_FOR: Duration = Duration::from_secs(1);

/// What a probe found, and when.
#[derive(Debug)]
struct Finding {
    at: Instant,
    outcome: Result<(), StoreError>,
}

/// Remembers the newest probe.
#[derive(Debug, Default)]
pub struct Readiness {
    /// Held while a probe is under way.
    newest: Arc<Mutex<Option<Finding>>>,
}

impl Readiness {
    /// Whether a commit works now, or did within the last second.
    ///
    /// # Errors
    /// When it does not, or does not answer in time.
    pub async fn check(&self, store: &Arc<dyn Store>) -> Result<(), StoreError> {
        let checked = tokio::time::timeout(READY_WITHIN, self.shared(store)).await;
        checked.unwrap_or(Err(StoreError::Unavailable))
    }

    async fn shared(&self, store: &Arc<dyn Store>) -> Result<(), StoreError> {
        let mut newest = Arc::clone(&self.newest).lock_owned().await;
        if let Some(finding) = &*newest
            && finding.at.elapsed() < SHARED_FOR
        {
            return finding.outcome;
        }
        let store = Arc::clone(store);
        // A task of its own: a caller who goes away would otherwise end the probe, and let the next
        // one begin beside what the database still does for it.
        let probe = tokio::spawn(async move {
            let outcome = store.prove_commit().await;
            let before = newest.as_ref().map(|finding| finding.outcome);
            match (before, outcome) {
                (None | Some(Ok(())), Err(error)) => {
                    tracing::error!(%error, "not ready: a commit does not work");
                }
                (Some(Err(_)), Ok(())) => tracing::info!("ready again: a commit works"),
                (None | Some(Ok(())), Ok(())) | (Some(Err(_)), Err(_)) => {}
            }
            let at = Instant::now();
            *newest = Some(Finding { at, outcome });
            outcome
        });
        probe.await.unwrap_or(Err(StoreError::Unavailable))
    }
}
