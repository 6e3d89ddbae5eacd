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

/// A claimed item that died with its server is due again after this long: longer than any item
/// can take, or two servers would work on one.
const CLAIM_MS: i64 = 300_000;

/// Never sleeps longer: another server's event rings no bell here.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

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

impl Bells {
    /// Every worker looks again.
    pub fn ring_all(&self) {
        for bell in [&self.inquiry, &self.refund, &self.webhook] {
            bell.notify_one();
        }
    }
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
    let mut under_way = JoinSet::new();
    let mut clock_moves = worker.clock().moves();
    loop {
        let pause = match claim_and_start(&worker, &mut under_way).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(worker = W::NAME, %error, "a worker waits for the store");
                LOOK_INTERVAL
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = clock_moves.next() => {}
            () = worker.bell().notified() => {}
            Some(_) = under_way.join_next() => {}
        }
    }
}

/// Fills the free places with items that are due, and says how long to rest.
async fn claim_and_start<W: DueWork>(
    worker: &W,
    under_way: &mut JoinSet<()>,
) -> Result<Duration, StoreError> {
    loop {
        let now = worker.clock().now();
        let free = u32::try_from(AT_ONCE_MAX.saturating_sub(under_way.len())).unwrap_or_default();
        // Asking first costs a read; claiming costs a commit.
        let due_in_ms = match worker.next_at().await? {
            Some(due_at) => due_at.since_ms(now),
            None => return Ok(LOOK_INTERVAL),
        };
        if due_in_ms > 0 {
            return Ok(rest(worker.clock(), due_in_ms));
        }
        if free == 0 {
            return Ok(LOOK_INTERVAL);
        }
        let claimed = worker.claim(now, now.plus_ms(CLAIM_MS), free).await?;
        if claimed.is_empty() {
            // Another server is claiming what is due: asking again at once would be a spin.
            return Ok(LOOK_INTERVAL);
        }
        for item in claimed {
            let worker = worker.clone();
            let _ = under_way.spawn(async move {
                if let Err(error) = worker.work(item).await {
                    tracing::warn!(worker = W::NAME, %error, "an item waits for the store");
                }
            });
        }
    }
}

fn rest(clock: &Clock, due_in_ms: i64) -> Duration {
    u64::try_from(due_in_ms)
        .map_or(LOOK_INTERVAL, |ms| clock.real(ms))
        .min(LOOK_INTERVAL)
}
