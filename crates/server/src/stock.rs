//! What is left of each product, counted once for all who ask at the same time.
//!
//! The page shows it to everybody who looks at the shop, so it must not cost the database a count
//! over the whole stock each time. Only what the shop tells goes by it; an order reserves its goods
//! in the store.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, watch};
use wechat_checkout_protocol::ProductId;

use crate::store::{Store, StoreError};

/// A count lives this long at most: another server's commit may not have rung here.
const COUNT_LIVES: Duration = Duration::from_secs(2);

/// Units left, for each product with codes.
pub type StockLeft = Arc<HashMap<ProductId, u32>>;

/// Counts the stock of one store, no more often than it can have changed.
#[derive(Debug)]
pub struct Stock {
    store: Arc<dyn Store>,
    commits: watch::Receiver<u64>,
    /// Held while counting: the others wait for that count instead of making theirs.
    counted: Mutex<Option<Count>>,
}

#[derive(Debug)]
struct Count {
    /// The store's commits before it.
    commits: u64,
    at: Instant,
    left: StockLeft,
}

impl Stock {
    /// Counts nothing yet.
    #[must_use]
    pub fn of(store: Arc<dyn Store>) -> Stock {
        Stock {
            commits: store.commits(),
            store,
            counted: Mutex::new(None),
        }
    }

    /// What is left, as of this server's last commit.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn left(&self) -> Result<StockLeft, StoreError> {
        let mut counted = self.counted.lock().await;
        let commits = *self.commits.borrow();
        if let Some(count) = &*counted
            && count.commits == commits
            && count.at.elapsed() < COUNT_LIVES
        {
            return Ok(Arc::clone(&count.left));
        }
        let at = Instant::now();
        let left = Arc::new(self.store.stock_left().await?);
        *counted = Some(Count {
            commits,
            at,
            left: Arc::clone(&left),
        });
        Ok(left)
    }
}
