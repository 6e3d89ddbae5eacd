//! The journal: appending inside a change's transaction, reading without ever skipping an entry.
//!
//! Two transactions can take positions 7 and 8 and commit 8 first. A consumer that read 8 and went
//! on from there would never see 7. So readers stop at the position up to which the journal is
//! *settled*: all of it is written and committed, or never will be.
//!
//! **How it is found.** A writer does, in this order: read the newest position given out (call it
//! *w*), hold a shared lock whose number is *w* until its transaction ends, take a position *p*.
//! So *p* > *w*. A reader does, in this order: read the newest position given out (*g*), look for
//! the smallest number *w* among the locks held, read the entries up to min(*g*, *w*).
//!
//! **Why nothing is skipped.** Take a position *p* ≤ min(*g*, *w*). It was given out before the
//! reader read *g*, so its writer had its lock by then. That lock's number is below *p*, and *p* is
//! not above any lock the reader saw, so the lock was gone when the reader looked. Locks go only
//! when the transaction has ended and its rows are visible; the entries are read by a statement
//! that begins after that. So *p* is read, or was rolled back.
//!
//! Nobody ever waits for these locks (all are shared), and writers of other databases in the same
//! cluster, which a bound by transaction numbers would wait for, do not matter.

use tokio_postgres::Row;
use tokio_postgres::types::Json;
use wechat_checkout_protocol::{OrderId, UnixMillis};

use super::rows;
use super::session::{Failure, Session};
use crate::order::Order;
use crate::store::{JournalEntry, JournalEvent};

/// The position is the column's default, see `take_journal_position` in the schema. Append after whatever may wait: the
/// shorter the time until the commit, the sooner readers see it.
pub(super) async fn append(
    db: &Session,
    order: &Order,
    at: UnixMillis,
    event: &JournalEvent,
) -> Result<(), Failure> {
    db.execute_on(
        1,
        "INSERT INTO journal (order_id, seq, at, event) VALUES ($1, $2, $3, $4)",
        &[
            &order.id.as_str(),
            &rows::seq_value(order.seq)?,
            &at.0,
            &Json(event),
        ],
    )
    .await
}

pub(super) async fn of_order(db: &Session, id: &OrderId) -> Result<Vec<JournalEntry>, Failure> {
    let sql = "SELECT position, order_id, seq, at, event FROM journal \
         WHERE order_id = $1 ORDER BY seq";
    let found = db.rows(sql, &[&id.as_str()]).await?;
    found.iter().map(entry).collect()
}

pub(super) async fn entries_after(
    db: &Session,
    position: i64,
    limit: u32,
) -> Result<Vec<JournalEntry>, Failure> {
    let settled = settled(db).await?;
    let sql = "SELECT position, order_id, seq, at, event FROM journal \
         WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3";
    let found = db
        .rows(sql, &[&position, &settled, &i64::from(limit)])
        .await?;
    found.iter().map(entry).collect()
}

pub(super) async fn changes_after(
    db: &Session,
    position: i64,
    limit: u32,
) -> Result<Vec<(i64, OrderId)>, Failure> {
    let settled = settled(db).await?;
    let sql = "SELECT position, order_id FROM journal \
         WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3";
    let found = db
        .rows(sql, &[&position, &settled, &i64::from(limit)])
        .await?;
    found
        .iter()
        .map(|row| Ok((row.try_get("position")?, rows::order_id(row, "order_id")?)))
        .collect()
}

pub(super) async fn last_position(db: &Session) -> Result<i64, Failure> {
    let settled = settled(db).await?;
    let sql = "SELECT max(position) AS last FROM journal WHERE position <= $1";
    match db.row(sql, &[&settled]).await? {
        Some(row) => Ok(row.try_get::<_, Option<i64>>("last")?.unwrap_or_default()),
        None => Ok(0),
    }
}

/// A statement of its own, outside a transaction that keeps its snapshot: see above.
async fn settled(db: &Session) -> Result<i64, Failure> {
    match db.row("SELECT journal_settled() AS settled", &[]).await? {
        Some(row) => Ok(row.try_get("settled")?),
        None => Ok(0),
    }
}

fn entry(row: &Row) -> Result<JournalEntry, Failure> {
    let Json(event) = row.try_get("event")?;
    Ok(JournalEntry {
        position: row.try_get("position")?,
        order_id: rows::order_id(row, "order_id")?,
        seq: rows::seq(row, "seq")?,
        at: rows::at(row, "at")?,
        event,
    })
}
