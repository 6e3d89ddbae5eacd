//! What the client takes for the time: the machine's clock, or one of the caller's.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What the client takes for the time. Cheap to clone.
#[derive(Clone)]
pub struct WallClock(Source);

#[derive(Clone)]
enum Source {
    System,
    Callers(Arc<dyn Fn() -> i64 + Send + Sync>),
}

impl WallClock {
    /// A clock of the caller's, in Unix milliseconds; tests and simulations have one. Between the
    /// attempts of a call no time passes on it, so nobody waits.
    #[must_use]
    pub fn new(now_ms: impl Fn() -> i64 + Send + Sync + 'static) -> WallClock {
        WallClock(Source::Callers(Arc::new(now_ms)))
    }

    /// The machine's.
    #[must_use]
    pub fn system() -> WallClock {
        WallClock(Source::System)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::Callers(now_ms) => now_ms(),
            Source::System => {
                let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
            }
        }
    }

    pub(crate) async fn wait(&self, pause: Duration) {
        match &self.0 {
            Source::System => tokio::time::sleep(pause).await,
            Source::Callers(_) => {}
        }
    }
}

impl fmt::Debug for WallClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WallClock").field(&self.now_ms()).finish()
    }
}
