//! What the parts below HTTP can do: the store alone, and the database engine alone.

use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use futures_util::stream::{self, StreamExt};
use rusqlite::{Connection, params};
use wechat_checkout_protocol::UnixMillis;
use wechat_checkout_server::order::OrderEvent;
use wechat_checkout_server::store::{Advanced, Store};

use super::measurement::Measurement;
use crate::shop::OrderNumber;

/// Rows written with one fsync: as many as the store's writer takes at most.
const BATCH: usize = 256;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Confirms orders through the store, as many callers at once as connections would be.
pub(super) async fn confirm_by_store(
    store: &dyn Store,
    numbers: Range<u64>,
    callers: usize,
    now: UnixMillis,
) -> Result<Measurement> {
    let started = Instant::now();
    let mut confirming = stream::iter(numbers)
        .map(|number| async move {
            let number = OrderNumber(number);
            let event = OrderEvent::Paid(number.payment()?);
            let advanced = store.advance(&number.id()?, event, now).await?;
            ensure!(
                matches!(advanced, Advanced::Applied(_)),
                "an order was not confirmed: {advanced:?}"
            );
            Ok(())
        })
        .buffer_unordered(callers);
    let mut count = 0_u64;
    while let Some(confirmed) = confirming.next().await {
        confirmed?;
        count = count.saturating_add(1);
    }
    Ok(Measurement::of_count(started.elapsed(), count))
}

/// Writes the rows of a confirmed membership with plain prepared statements: no decision, no
/// queue, no answer, one fsync for [`BATCH`] orders. Nothing that is durable can be much faster.
pub(super) fn write_rows(
    database: &Path,
    numbers: Range<u64>,
    now: UnixMillis,
) -> Result<Measurement> {
    let mut db = Connection::open(database)?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "cache_size", -32_768)?;
    db.pragma_update(None, "wal_autocheckpoint", 8_192)?;
    let until = now.plus_ms(31 * DAY_MS);
    let mut left = numbers.clone();
    let started = Instant::now();
    while !left.is_empty() {
        let transaction = db.transaction()?;
        for number in left.by_ref().take(BATCH).map(OrderNumber) {
            let (id, openid) = (number.id()?, number.openid()?);
            let transaction_id = number.transaction_id();
            let updated = transaction
                .prepare_cached(
                    "UPDATE orders SET status = 'confirmed', seq = 2, transaction_id = ?2, \
                     confirmed_at = ?3, delivered_at = ?3, inquiry_due_at = NULL WHERE id = ?1 AND seq = 1",
                )?
                .execute(params![id.as_str(), transaction_id, now.0])?;
            ensure!(updated == 1, "the engine's order is not there");
            let event = format!(
                r#"{{"event":"paid","transaction_id":"{transaction_id}","openid":"{openid}","total_fee":1990,"fee_type":"CNY"}}"#
            );
            let _ = transaction
                .prepare_cached(
                    "INSERT INTO journal (order_id, seq, at, event) VALUES (?1, 2, ?2, ?3)",
                )?
                .execute(params![id.as_str(), now.0, event])?;
            let _ = transaction
                .prepare_cached(
                    "INSERT INTO vip_ledger (order_id, kind, openid, entry, days, until_at, at) \
                     VALUES (?1, 'grant', ?2, 1, 31, ?3, ?4)",
                )?
                .execute(params![id.as_str(), openid.as_str(), until.0, now.0])?;
        }
        transaction.commit()?;
    }
    Ok(Measurement::of_count(
        started.elapsed(),
        numbers.end.saturating_sub(numbers.start),
    ))
}
