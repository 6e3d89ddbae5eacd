//! Asks WeChat about orders without news.

use async_trait::async_trait;
use tokio::sync::Notify;
use wechat_checkout_protocol::{OrderId, UnixMillis};

use super::due::DueWork;
use crate::app::SharedApp;
use crate::clock::Clock;
use crate::flow::inquire::inquire;
use crate::store::StoreError;

/// Asks WeChat about orders without news.
#[derive(Clone, Debug)]
pub struct Inquiries(pub SharedApp);

#[async_trait]
impl DueWork for Inquiries {
    type Item = OrderId;

    const NAME: &'static str = "inquiries";

    fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn bell(&self) -> &Notify {
        &self.0.bells.inquiry
    }

    async fn next_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.0.store.next_inquiry_at().await
    }

    async fn claim(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        self.0
            .store
            .claim_inquiries(now, claimed_until, limit)
            .await
    }

    async fn work(&self, item: OrderId) -> Result<(), StoreError> {
        inquire(&self.0, &item).await.map(drop)
    }
}
