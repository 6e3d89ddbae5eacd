//! Where time comes from: the system, a clock that a test holds, or that of a simulated WeChat.

mod follow;
mod simulated;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use wechat_checkout_protocol::UnixMillis;

pub use self::follow::{FollowError, follow};
use self::simulated::SimulatedClock;

/// Tells the time. Clones of a held or a simulated clock move together.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Stands still until somebody moves it.
    Held(Arc<AtomicI64>),
    /// Another program's; it may be held, stepped, fast, and set back.
    Simulated(Arc<SimulatedClock>),
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
            Clock::Simulated(clock) => clock.now(),
        }
    }

    /// Moves a held clock on; the others take no orders.
    pub fn advance_ms(&self, ms: i64) {
        if let Clock::Held(at) = self {
            let _ = at.fetch_add(ms, Ordering::SeqCst);
        }
    }

    /// How much real time a while of this clock's takes. On a clock that stands still it takes for
    /// ever; the caller bounds the time and looks again.
    #[must_use]
    pub fn real(&self, while_ms: u64) -> Duration {
        match self {
            Clock::System | Clock::Held(_) => Duration::from_millis(while_ms),
            Clock::Simulated(clock) => clock.real(while_ms),
        }
    }

    /// Tells when the clock is moved otherwise than by running on.
    #[must_use]
    pub fn moves(&self) -> Moves {
        Moves(match self {
            Clock::System | Clock::Held(_) => None,
            Clock::Simulated(clock) => Some(clock.moves()),
        })
    }
}

/// Hears of a clock's moves, each once; see [`Clock::moves`].
#[derive(Debug)]
pub struct Moves(Option<watch::Receiver<()>>);

impl Moves {
    /// Waits for the next move: for ever, on a clock that nobody moves.
    pub async fn next(&mut self) {
        if let Some(moved) = &mut self.0
            && moved.changed().await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
