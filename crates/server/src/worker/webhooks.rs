//! Tells the merchant's own system what happened: collects from the journal, sends what is due.

use async_trait::async_trait;
use tokio::sync::Notify;
use wechat_checkout_protocol::UnixMillis;

use super::due::DueWork;
use crate::app::SharedApp;
use crate::clock::Clock;
use crate::flow::collect_webhooks::collect_webhooks;
use crate::flow::send_webhook::{WebhookTarget, send_webhook};
use crate::store::{StoreError, WebhookRecord};

/// Tells the merchant's own system what happened.
#[derive(Clone, Debug)]
pub struct Webhooks {
    /// The checkout.
    pub app: SharedApp,
    /// Who is told.
    pub target: WebhookTarget,
}

#[async_trait]
impl DueWork for Webhooks {
    type Item = WebhookRecord;

    const NAME: &'static str = "webhooks";

    fn clock(&self) -> &Clock {
        &self.app.clock
    }

    fn bell(&self) -> &Notify {
        &self.app.bells.webhook
    }

    /// Looking for what is due begins with the journal's news.
    async fn next_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        collect_webhooks(&self.app).await?;
        self.app.store.next_webhook_at().await
    }

    async fn claim(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<WebhookRecord>, StoreError> {
        self.app
            .store
            .claim_webhooks(now, claimed_until, limit)
            .await
    }

    async fn work(&self, webhook: WebhookRecord) -> Result<(), StoreError> {
        send_webhook(&self.app, &self.target, &webhook).await
    }
}
