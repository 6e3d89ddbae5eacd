//! Removes what has had its time, so that no table grows for ever by what buyers send.
//!
//! Orders and their journals stay, closed ones, too: they are the books.

use std::time::Duration;

use crate::app::SharedApp;
use crate::store::StoreError;

/// A key is remembered for a week after it was first sent, and as long as its order is open: a page
/// that was left and comes back finds the order it made. Later it would make a new, unpaid one.
pub const KEYS_KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// A delivered message can be sent again for a month. One that was given up stays until it is.
pub const WEBHOOKS_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Rows removed in one commit: others wait no longer for it than for a payment.
const REMOVED_AT_ONCE_MAX: u32 = 200;

/// Commits of one round; what is left waits for the next.
const COMMITS_MAX: u32 = 500;

/// Between two rounds.
const INTERVAL: Duration = Duration::from_secs(10 * 60);

/// Runs until it is dropped.
pub async fn forget_what_has_had_its_time(app: SharedApp) {
    loop {
        if let Err(error) = forget(&app).await {
            tracing::warn!(%error, "old keys and messages are removed later");
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

async fn forget(app: &SharedApp) -> Result<(), StoreError> {
    let now = app.clock.now();
    for _ in 0..COMMITS_MAX {
        let before = now.plus_ms(-KEYS_KEPT_MS);
        let keys = app.store.forget_keys(before, REMOVED_AT_ONCE_MAX).await?;
        let before = now.plus_ms(-WEBHOOKS_KEPT_MS);
        let webhooks = app
            .store
            .forget_webhooks(before, REMOVED_AT_ONCE_MAX)
            .await?;
        if (keys, webhooks) == (0, 0) {
            break;
        }
    }
    Ok(())
}
