//! Carries out refunds that are owed.

use async_trait::async_trait;
use tokio::sync::Notify;
use wechat_checkout_protocol::UnixMillis;

use super::due::DueWork;
use crate::app::SharedApp;
use crate::clock::Clock;
use crate::flow::settle_refund::settle_refund;
use crate::store::{RefundRecord, StoreError};

/// Carries out refunds that are owed.
#[derive(Clone, Debug)]
pub struct Refunds(pub SharedApp);

#[async_trait]
impl DueWork for Refunds {
    type Item = RefundRecord;

    const NAME: &'static str = "refunds";

    fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn bell(&self) -> &Notify {
        &self.0.bells.refund
    }

    async fn next_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.0.store.next_refund_at().await
    }

    async fn claim(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<RefundRecord>, StoreError> {
        self.0.store.claim_refunds(now, claimed_until, limit).await
    }

    async fn work(&self, item: RefundRecord) -> Result<(), StoreError> {
        settle_refund(&self.0, &item).await
    }
}
