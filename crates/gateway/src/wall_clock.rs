//! What a client takes for the time: the machine's clock, or one of the caller's; and how far it is
//! from WeChat's.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::HeaderMap;

use crate::clock_skew::{ClockSkew, Watched};

/// What a client takes for the time. Cheap to clone; clones know of one another's differences from
/// WeChat's clock, so that the log names one once.
#[derive(Clone)]
pub struct WallClock {
    source: Source,
    watched: Arc<Mutex<Watched>>,
}

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
        WallClock {
            source: Source::Callers(Arc::new(now_ms)),
            watched: Arc::default(),
        }
    }

    /// The machine's.
    #[must_use]
    pub fn system() -> WallClock {
        WallClock {
            source: Source::System,
            watched: Arc::default(),
        }
    }

    /// How far it was from WeChat's at the last answer.
    #[must_use]
    pub fn skew(&self) -> Option<ClockSkew> {
        self.watched().last()
    }

    /// Compares it with an answer that has just come.
    pub(crate) fn note(&self, host: &str, headers: &HeaderMap, asked_at: Instant) {
        let (now_ms, took) = (self.now_ms(), asked_at.elapsed());
        self.watched().note(host, headers, now_ms, took);
    }

    pub(crate) async fn wait(&self, pause: Duration) {
        match &self.source {
            Source::System => tokio::time::sleep(pause).await,
            Source::Callers(_) => {}
        }
    }

    fn now_ms(&self) -> i64 {
        match &self.source {
            Source::Callers(now_ms) => now_ms(),
            Source::System => {
                let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
            }
        }
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for WallClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WallClock").field(&self.now_ms()).finish()
    }
}
