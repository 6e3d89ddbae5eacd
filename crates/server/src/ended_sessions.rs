//! Sessions that an operator ended before their time, remembered so that no request costs a query.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use wechat_checkout_protocol::{OpenId, UnixMillis};

use crate::app::SharedApp;
use crate::session::SESSION_MS;
use crate::store::{Store, StoreError};

/// Another server may have ended some.
const LOOK_INTERVAL: Duration = Duration::from_secs(3);

/// Buyers remembered: those whose sessions were ended last. More are a reason to change the key.
const BUYERS_MAX: u32 = 10_000;

/// When which buyers' sessions ended.
#[derive(Debug, Default)]
pub struct EndedSessions(RwLock<HashMap<OpenId, UnixMillis>>);

impl EndedSessions {
    /// Whether what a buyer got at an instant is over.
    #[must_use]
    pub fn include(&self, openid: &OpenId, issued_at: UnixMillis) -> bool {
        let ends = self.0.read().unwrap_or_else(PoisonError::into_inner);
        ends.get(openid)
            .is_some_and(|ended_at| issued_at <= *ended_at)
    }

    /// Reads them anew. What began before is over by itself after [`SESSION_MS`].
    ///
    /// # Errors
    /// When the store does not answer; then the former ones hold.
    pub async fn read(&self, store: &dyn Store, now: UnixMillis) -> Result<(), StoreError> {
        let after = now.plus_ms(-SESSION_MS);
        let ends = store.session_ends_after(after, BUYERS_MAX).await?;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *known = ends.into_iter().collect();
        Ok(())
    }
}

/// Runs until it is dropped.
pub async fn follow_session_ends(app: SharedApp) {
    loop {
        tokio::time::sleep(LOOK_INTERVAL).await;
        let read = app.ended_sessions.read(&*app.store, app.clock.now()).await;
        if let Err(error) = read {
            tracing::warn!(%error, "cannot read which sessions were ended");
        }
    }
}
