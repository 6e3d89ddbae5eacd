//! Messages to the merchant's own system: collected from the journal, tried until taken or dead.

use rusqlite::{Connection, OptionalExtension, Row, params};
use wechat_checkout_protocol::UnixMillis;

use super::rows;
use crate::store::{NewWebhook, WebhookRecord, WebhookStatus};

/// The webhooks' name among the journal's consumers.
const CONSUMER: &str = "webhooks";

const COLUMNS: &str = "id, order_id, payload, status, attempts, due_at, last_answer, created_at";

/// How far the journal has been read for webhooks.
pub(super) fn position(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT position FROM consumers WHERE name = ?1")?
        .query_row([CONSUMER], |row| row.get(0))
        .optional()
        .map(Option::unwrap_or_default)
}

/// Keeps messages and moves on in the journal, together or not at all.
pub(super) fn collect(
    db: &Connection,
    webhooks: &[NewWebhook],
    position: i64,
    now: UnixMillis,
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO webhooks (id, order_id, payload, status, due_at, created_at) \
         VALUES (?1, ?2, ?3, 'due', ?4, ?4) ON CONFLICT DO NOTHING",
    )?;
    for webhook in webhooks {
        let _ = insert.execute(params![
            webhook.id,
            webhook.order_id.as_str(),
            webhook.payload,
            now.0
        ])?;
    }
    let _ = db
        .prepare_cached(
            "INSERT INTO consumers (name, position) VALUES (?1, ?2) \
             ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)",
        )?
        .execute(params![CONSUMER, position])?;
    Ok(())
}

pub(super) fn claim(
    db: &Connection,
    now: UnixMillis,
    claimed_until: UnixMillis,
    limit: u32,
) -> rusqlite::Result<Vec<WebhookRecord>> {
    let due: Vec<WebhookRecord> = db
        .prepare_cached(&select("WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2"))?
        .query_map(params![now.0, limit], record)?
        .collect::<rusqlite::Result<_>>()?;
    let mut claim = db
        .prepare_cached("UPDATE webhooks SET due_at = ?2, attempts = attempts + 1 WHERE id = ?1")?;
    for webhook in &due {
        let _ = claim.execute(params![webhook.id, claimed_until.0])?;
    }
    Ok(due)
}

/// Notes how an attempt ended: `due_at` when it is to be tried again, `None` when it is over.
pub(super) fn answered(
    db: &Connection,
    id: &str,
    status: WebhookStatus,
    due_at: Option<UnixMillis>,
    answer: &str,
) -> rusqlite::Result<()> {
    let _ = db
        .prepare_cached(
            "UPDATE webhooks SET status = ?2, due_at = ?3, last_answer = ?4 WHERE id = ?1",
        )?
        .execute(params![id, status.as_str(), due_at.map(|at| at.0), answer])?;
    Ok(())
}

/// Tries a message again from the start; `false` when there is no such one.
pub(super) fn redeliver(db: &Connection, id: &str, now: UnixMillis) -> rusqlite::Result<bool> {
    let updated = db
        .prepare_cached(
            "UPDATE webhooks SET status = 'due', due_at = ?2, attempts = 0 WHERE id = ?1",
        )?
        .execute(params![id, now.0])?;
    Ok(updated == 1)
}

pub(super) fn list(
    db: &Connection,
    status: WebhookStatus,
    limit: u32,
) -> rusqlite::Result<Vec<WebhookRecord>> {
    db.prepare_cached(&select(
        "WHERE status = ?1 ORDER BY created_at DESC LIMIT ?2",
    ))?
    .query_map(params![status.as_str(), limit], record)?
    .collect()
}

pub(super) fn next_at(db: &Connection) -> rusqlite::Result<Option<UnixMillis>> {
    db.prepare_cached("SELECT min(due_at) FROM webhooks WHERE due_at IS NOT NULL")?
        .query_row([], |row| Ok(row.get::<_, Option<i64>>(0)?.map(UnixMillis)))
}

fn select(condition: &str) -> String {
    ["SELECT ", COLUMNS, " FROM webhooks ", condition].concat()
}

fn record(row: &Row<'_>) -> rusqlite::Result<WebhookRecord> {
    Ok(WebhookRecord {
        id: row.get(0)?,
        order_id: rows::order_id(row, 1)?,
        payload: row.get(2)?,
        status: WebhookStatus::parse(&row.get::<_, String>(3)?)
            .ok_or_else(|| rows::damaged(3, "webhook status"))?,
        attempts: row.get(4)?,
        due_at: row.get::<_, Option<i64>>(5)?.map(UnixMillis),
        last_answer: row.get(6)?,
        created_at: UnixMillis(row.get(7)?),
    })
}
