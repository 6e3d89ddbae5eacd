//! Removing what has had its time: keys of orders that ended, messages that were delivered.

use rusqlite::{Connection, params};
use wechat_checkout_protocol::UnixMillis;

pub(super) fn keys(db: &Connection, before: UnixMillis, limit: u32) -> rusqlite::Result<u64> {
    let removed = db
        .prepare_cached(
            "DELETE FROM idempotency_keys WHERE (openid, key) IN ( \
             SELECT keys.openid, keys.key FROM idempotency_keys AS keys \
             JOIN orders ON orders.id = keys.order_id \
             WHERE keys.at < ?1 AND status NOT IN ('unprocessed', 'awaiting_confirmation') \
             ORDER BY keys.at LIMIT ?2)",
        )?
        .execute(params![before.0, limit])?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}

pub(super) fn webhooks(db: &Connection, before: UnixMillis, limit: u32) -> rusqlite::Result<u64> {
    let removed = db
        .prepare_cached(
            "DELETE FROM webhooks WHERE id IN ( \
             SELECT id FROM webhooks WHERE status = 'delivered' AND created_at < ?1 \
             ORDER BY created_at LIMIT ?2)",
        )?
        .execute(params![before.0, limit])?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}
