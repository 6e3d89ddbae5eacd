//! The loop of every worker: claim what is due, work on a bounded number at a time, sleep.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use wechat_checkout_protocol::UnixMillis;

use crate::clock::Clock;
use crate::store::StoreError;

/// Items under way at a time: a sweep after an outage is a stream, not a storm.
const AT_ONCE_MAX: usize = 8;

/// Items claimed at a time.
const CLAIM_MAX: u32 = 32;

/// A claimed item that died with its server is due again after this long: longer than any call
/// to another system can take.
const CLAIM_MS: i64 = 120_000;

/// Never sleeps longer: another server's event rings no bell here.
const LOOK_INTERVAL_MS: i64 = 2_000;

/// Ring when something became due before its time.
#[derive(Debug, Default)]
pub struct Bells {
    /// The page reported.
    pub inquiry: Notify,
    /// A refund was asked for, or WeChat has news of one.
    pub refund: Notify,
    /// A message is to be sent again.
    pub webhook: Notify,
}

/// Work that falls due.
#[async_trait]
pub trait DueWork: Clone + Send + Sync + 'static {
    /// One piece of it.
    type Item: Send + 'static;

    /// For the log.
    const NAME: &'static str;

    /// Time.
    fn clock(&self) -> &Clock;

    /// Rings when something became due before its time.
    fn bell(&self) -> &Notify;

    /// When the next item is due.
    async fn next_at(&self) -> Result<Option<UnixMillis>, StoreError>;

    /// Takes items that are due and puts their next date off to `claimed_until`.
    async fn claim(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<Self::Item>, StoreError>;

    /// Does one item.
    async fn work(&self, item: Self::Item) -> Result<(), StoreError>;
}

/// Runs until it is dropped.
pub async fn work_when_due<W: DueWork>(worker: W) {
    loop {
        if let Err(error) = sweep(&worker).await {
            tracing::warn!(worker = W::NAME, %error, "a worker waits for the store");
        }
        let pause = pause_until_due(&worker).await;
        let _ = tokio::time::timeout(pause, worker.bell().notified()).await;
    }
}

/// Does everything that is due.
async fn sweep<W: DueWork>(worker: &W) -> Result<(), StoreError> {
    loop {
        let now = worker.clock().now();
        // Asking first costs a read; claiming costs a commit.
        if worker.next_at().await?.is_none_or(|due_at| due_at > now) {
            return Ok(());
        }
        let due = worker.claim(now, now.plus_ms(CLAIM_MS), CLAIM_MAX).await?;
        // Another server is claiming it just now: asking on would only keep the store busy.
        if due.is_empty() {
            return Ok(());
        }
        let mut under_way = JoinSet::new();
        for item in due {
            if under_way.len() >= AT_ONCE_MAX {
                let _ = under_way.join_next().await;
            }
            let worker = worker.clone();
            let _ = under_way.spawn(async move {
                if let Err(error) = worker.work(item).await {
                    tracing::warn!(worker = W::NAME, %error, "an item waits for the store");
                }
            });
        }
        while under_way.join_next().await.is_some() {}
    }
}

async fn pause_until_due<W: DueWork>(worker: &W) -> Duration {
    let due_in_ms = match worker.next_at().await {
        Ok(Some(due_at)) => due_at.since_ms(worker.clock().now()),
        Ok(None) | Err(_) => LOOK_INTERVAL_MS,
    };
    let pause_ms = due_in_ms.clamp(10, LOOK_INTERVAL_MS);
    Duration::from_millis(u64::try_from(pause_ms).unwrap_or_default())
}
