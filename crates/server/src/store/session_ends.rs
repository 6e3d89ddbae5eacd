//! Which buyers' sessions an operator ended.

use async_trait::async_trait;
use wechat_checkout_protocol::{OpenId, UnixMillis};

use super::StoreError;

/// A durable note of sessions that are over before their time.
#[async_trait]
pub trait SessionEnds: Send + Sync {
    /// Ends a buyer's sessions that began up to an instant.
    async fn end_sessions(&self, openid: &OpenId, ended_at: UnixMillis) -> Result<(), StoreError>;

    /// Whose sessions were ended after an instant, and when; the newest first.
    async fn session_ends_after(
        &self,
        after: UnixMillis,
        limit: u32,
    ) -> Result<Vec<(OpenId, UnixMillis)>, StoreError>;
}
