//! Removing what has had its time: keys of orders that ended, messages that were delivered.

use wechat_checkout_protocol::UnixMillis;

use super::session::{Failure, Session};

/// Keys that another server is removing just now are left to it.
pub(super) async fn keys(db: &Session, before: UnixMillis, limit: u32) -> Result<u64, Failure> {
    let sql = "DELETE FROM idempotency_keys WHERE (openid, key) IN ( \
         SELECT keys.openid, keys.key FROM idempotency_keys AS keys \
         JOIN orders ON orders.id = keys.order_id \
         WHERE keys.at < $1 AND status NOT IN ('unprocessed', 'awaiting_confirmation') \
         ORDER BY keys.at LIMIT $2 FOR UPDATE OF keys SKIP LOCKED)";
    db.execute(sql, &[&before.0, &i64::from(limit)]).await
}

pub(super) async fn webhooks(db: &Session, before: UnixMillis, limit: u32) -> Result<u64, Failure> {
    let sql = "DELETE FROM webhooks WHERE id IN ( \
         SELECT id FROM webhooks WHERE status = 'delivered' AND created_at < $1 \
         ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
    db.execute(sql, &[&before.0, &i64::from(limit)]).await
}
