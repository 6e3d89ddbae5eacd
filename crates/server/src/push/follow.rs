//! Follows the journal and rings the watchers of each order that changed.

use std::sync::Arc;
use std::time::Duration;

use super::Hub;
use crate::store::{Store, StoreError};

/// Journal entries read at a time.
const PAGE_MAX: u32 = 1_000;

/// Looks at the journal this often even if no commit rang: another server may have written.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// Runs until it is dropped. A database that fails is asked again; nothing is lost, since the
/// journal keeps its positions and every connect begins with a snapshot.
pub async fn follow_journal(store: Arc<dyn Store>, hub: Hub) {
    let mut commits = store.commits();
    let mut position = None;
    loop {
        match catch_up(&*store, &hub, position).await {
            Ok(reached) => position = reached,
            Err(error) => tracing::warn!(%error, "cannot follow the journal"),
        }
        let _ = tokio::time::timeout(LOOK_INTERVAL, commits.changed()).await;
    }
}

/// Rings for everything after a position and returns the position reached.
///
/// While nobody watches it forgets the position instead of keeping it up to date: that would be a
/// query for every commit. The first to watch then costs one ring for everybody.
async fn catch_up(
    store: &dyn Store,
    hub: &Hub,
    after: Option<i64>,
) -> Result<Option<i64>, StoreError> {
    if hub.is_idle() {
        return Ok(None);
    }
    let Some(mut position) = after else {
        let position = store.last_position().await?;
        hub.ring_all();
        return Ok(Some(position));
    };
    loop {
        let changes = store.changes_after(position, PAGE_MAX).await?;
        let Some((last, _)) = changes.last() else {
            return Ok(Some(position));
        };
        position = *last;
        for (_, id) in &changes {
            hub.ring(id);
        }
    }
}
