//! Asks about orders when their time comes: a bounded number at a time, one sweep after an outage.

use std::time::Duration;

use tokio::task::JoinSet;
use wechat_checkout_protocol::OrderId;

use crate::app::SharedApp;
use crate::flow::inquire::inquire;
use crate::store::StoreError;

/// Inquiries under way at a time: a sweep after an outage is a stream, not a storm.
const AT_ONCE_MAX: usize = 8;

/// Orders claimed at a time.
const CLAIM_MAX: u32 = 32;

/// A claimed inquiry that died with its server is due again after this long: longer than any
/// call to WeChat can take.
const CLAIM_MS: i64 = 120_000;

/// Never sleeps longer: another server's report rings no bell here.
const LOOK_INTERVAL_MS: i64 = 2_000;

/// Runs until it is dropped.
pub async fn inquire_when_due(app: SharedApp) {
    loop {
        if let Err(error) = sweep(&app).await {
            tracing::warn!(%error, "inquiries wait for the store");
        }
        let pause = pause_until_due(&app).await;
        let _ = tokio::time::timeout(pause, app.inquiry_bell.notified()).await;
    }
}

/// Asks about everything that is due.
async fn sweep(app: &SharedApp) -> Result<(), StoreError> {
    loop {
        let now = app.clock.now();
        if app
            .store
            .next_inquiry_at()
            .await?
            .is_none_or(|due_at| due_at > now)
        {
            return Ok(());
        }
        let due = app
            .store
            .claim_inquiries(now, now.plus_ms(CLAIM_MS), CLAIM_MAX)
            .await?;
        ask_about(app, due).await;
    }
}

async fn ask_about(app: &SharedApp, due: Vec<OrderId>) {
    let mut under_way = JoinSet::new();
    for id in due {
        if under_way.len() >= AT_ONCE_MAX {
            let _ = under_way.join_next().await;
        }
        let app = SharedApp::clone(app);
        let _ = under_way.spawn(async move {
            if let Err(error) = inquire(&app, &id).await {
                tracing::warn!(order.id = %id, %error, "an inquiry waits for the store");
            }
        });
    }
    while under_way.join_next().await.is_some() {}
}

async fn pause_until_due(app: &SharedApp) -> Duration {
    let due_in = match app.store.next_inquiry_at().await {
        Ok(Some(due_at)) => due_at.since_ms(app.clock.now()),
        Ok(None) | Err(_) => LOOK_INTERVAL_MS,
    };
    let pause = due_in.clamp(10, LOOK_INTERVAL_MS);
    Duration::from_millis(u64::try_from(pause).unwrap_or_default())
}
