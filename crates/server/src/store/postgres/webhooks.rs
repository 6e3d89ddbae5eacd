//! Messages to the merchant's own system: collected from the journal, tried until taken or dead.

use tokio_postgres::Row;
use wechat_checkout_protocol::UnixMillis;

use super::session::{Failure, Session, Values};
use super::{read, rows};
use crate::store::{NewWebhook, WebhookRecord, WebhookStatus};

/// The webhooks' name among the journal's consumers.
const CONSUMER: &str = "webhooks";

const COLUMNS: &str = "id, order_id, payload, status, attempts, due_at, last_answer, created_at";

/// How far the journal has been read for webhooks.
pub(super) async fn position(db: &Session) -> Result<i64, Failure> {
    let sql = "SELECT position FROM consumers WHERE name = $1";
    match db.row(sql, &[&CONSUMER]).await? {
        Some(row) => Ok(row.try_get("position")?),
        None => Ok(0),
    }
}

/// Keeps messages and moves on in the journal, together or not at all. Servers that collect the
/// same messages at once keep each once: the id is made of the journal position.
pub(super) async fn collect(
    db: &Session,
    webhooks: &[NewWebhook],
    position: i64,
    now: UnixMillis,
) -> Result<(), Failure> {
    for webhook in webhooks {
        db.execute(
            "INSERT INTO webhooks (id, order_id, payload, status, due_at, created_at) \
             VALUES ($1, $2, $3, 'due', $4, $4) ON CONFLICT DO NOTHING",
            &[
                &webhook.id,
                &webhook.order_id.as_str(),
                &webhook.payload,
                &now.0,
            ],
        )
        .await?;
    }
    db.execute(
        "INSERT INTO consumers (name, position) VALUES ($1, $2) ON CONFLICT (name) \
         DO UPDATE SET position = greatest(consumers.position, excluded.position)",
        &[&CONSUMER, &position],
    )
    .await?;
    Ok(())
}

/// Messages that another server is claiming just now are left to it.
pub(super) async fn claim(
    db: &Session,
    now: UnixMillis,
    claimed_until: UnixMillis,
    limit: u32,
) -> Result<Vec<WebhookRecord>, Failure> {
    let sql = [
        "WITH due AS (",
        &select("WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED"),
        ") UPDATE webhooks SET due_at = $2, attempts = webhooks.attempts + 1 FROM due \
         WHERE webhooks.id = due.id RETURNING due.*",
    ]
    .concat();
    let values: Values<'_> = &[&now.0, &claimed_until.0, &i64::from(limit)];
    let claimed = db.rows(&sql, values).await?;
    let mut due = claimed.iter().map(record).collect::<Result<Vec<_>, _>>()?;
    due.sort_by_key(|webhook| webhook.due_at);
    Ok(due)
}

/// Notes how an attempt ended: `due_at` when it is to be tried again, `None` when it is over.
pub(super) async fn answered(
    db: &Session,
    id: &str,
    status: WebhookStatus,
    due_at: Option<UnixMillis>,
    answer: &str,
) -> Result<(), Failure> {
    let sql = "UPDATE webhooks SET status = $2, due_at = $3, last_answer = $4 WHERE id = $1";
    db.execute(
        sql,
        &[&id, &status.as_str(), &due_at.map(|at| at.0), &answer],
    )
    .await?;
    Ok(())
}

/// Tries a message again from the start; `false` when there is no such one.
pub(super) async fn redeliver(db: &Session, id: &str, now: UnixMillis) -> Result<bool, Failure> {
    let sql = "UPDATE webhooks SET status = 'due', due_at = $2, attempts = 0 WHERE id = $1";
    Ok(db.execute(sql, &[&id, &now.0]).await? == 1)
}

pub(super) async fn list(
    db: &Session,
    status: WebhookStatus,
    limit: u32,
) -> Result<Vec<WebhookRecord>, Failure> {
    let sql = select("WHERE status = $1 ORDER BY created_at DESC LIMIT $2");
    let found = db
        .rows(&sql, &[&status.as_str(), &i64::from(limit)])
        .await?;
    found.iter().map(record).collect()
}

pub(super) async fn next_at(db: &Session) -> Result<Option<UnixMillis>, Failure> {
    let sql = "SELECT min(due_at) AS due_at FROM webhooks WHERE due_at IS NOT NULL";
    read::earliest(db, sql).await
}

fn select(condition: &str) -> String {
    ["SELECT ", COLUMNS, " FROM webhooks ", condition].concat()
}

fn record(row: &Row) -> Result<WebhookRecord, Failure> {
    Ok(WebhookRecord {
        id: row.try_get("id")?,
        order_id: rows::order_id(row, "order_id")?,
        payload: row.try_get("payload")?,
        status: WebhookStatus::parse(row.try_get("status")?)
            .ok_or(Failure::Damaged("webhook status"))?,
        attempts: rows::count(row, "attempts")?,
        due_at: rows::at_maybe(row, "due_at")?,
        last_answer: row.try_get("last_answer")?,
        created_at: rows::at(row, "created_at")?,
    })
}
