//! Where time comes from: the system, or a clock that a test holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use wechat_checkout_protocol::UnixMillis;

/// Tells the time. Clones of a held clock move together.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Stands still until somebody moves it.
    Held(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at an instant.
    #[must_use]
    pub fn held_at(at: UnixMillis) -> Clock {
        Clock::Held(Arc::new(AtomicI64::new(at.0)))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        match self {
            Clock::System => UnixMillis(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .ok()
                    .and_then(|elapsed| i64::try_from(elapsed.as_millis()).ok())
                    .unwrap_or_default(),
            ),
            Clock::Held(at) => UnixMillis(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a held clock on; a system clock takes no orders.
    pub fn advance_ms(&self, ms: i64) {
        if let Clock::Held(at) = self {
            let _ = at.fetch_add(ms, Ordering::SeqCst);
        }
    }
}
