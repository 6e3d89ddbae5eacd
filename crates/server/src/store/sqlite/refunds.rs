//! Money to send back: owed with the change that causes it, worked off until WeChat says how it ended.

use rusqlite::{Connection, OptionalExtension, Row, params};
use wechat_checkout_protocol::{OrderId, UnixMillis};

use super::rows;
use crate::order::{KnownRefund, Order, OwedRefund, RefundEnding, RefundOf};
use crate::store::{OrderRecord, PlannedStep, RefundRecord, RefundStatus};

const COLUMNS: &str = "out_refund_no, order_id, transaction_id, payment_total, amount, \
     of_orders_payment, status, attempts, due_at, asked_at, ended_at, refund_id, hindrance";

pub(super) fn owe(
    db: &Connection,
    order: &Order,
    owed: &OwedRefund,
    now: UnixMillis,
) -> rusqlite::Result<()> {
    let _ = db
        .prepare_cached(
            "INSERT INTO refunds (out_refund_no, order_id, transaction_id, payment_total, amount, \
             of_orders_payment, status, due_at, asked_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'due', ?7, ?7)",
        )?
        .execute(params![
            owed.out_refund_no,
            order.id.as_str(),
            owed.transaction_id,
            owed.payment_total.get(),
            owed.amount.get(),
            owed.of == RefundOf::OrdersPayment,
            now.0
        ])?;
    Ok(())
}

pub(super) fn settle(
    db: &Connection,
    out_refund_no: &str,
    ending: RefundEnding,
    refund_id: Option<&str>,
    now: UnixMillis,
) -> rusqlite::Result<()> {
    let updated = db
        .prepare_cached(
            "UPDATE refunds SET status = ?2, due_at = NULL, ended_at = ?3, \
             refund_id = coalesce(?4, refund_id), \
             hindrance = CASE ?2 WHEN 'failed' THEN hindrance END \
             WHERE out_refund_no = ?1 AND due_at IS NOT NULL",
        )?
        .execute(params![
            out_refund_no,
            RefundStatus::of(ending).as_str(),
            now.0,
            refund_id
        ])?;
    if updated == 1 {
        Ok(())
    } else {
        Err(rusqlite::Error::StatementChangedRows(updated))
    }
}

pub(super) fn known(
    db: &Connection,
    out_refund_no: &str,
    id: &OrderId,
) -> rusqlite::Result<KnownRefund> {
    let refund = one(db, out_refund_no)?;
    Ok(refund.map_or(KnownRefund::Unknown, |refund| refund.as_known_to(id)))
}

pub(super) fn one(db: &Connection, out_refund_no: &str) -> rusqlite::Result<Option<RefundRecord>> {
    db.prepare_cached(&select("WHERE out_refund_no = ?1"))?
        .query_row([out_refund_no], record)
        .optional()
}

pub(super) fn of_order(db: &Connection, id: &OrderId) -> rusqlite::Result<Vec<RefundRecord>> {
    let mut newest_first = db
        .prepare_cached(&select(
            "WHERE order_id = ?1 ORDER BY asked_at DESC, out_refund_no DESC LIMIT ?2",
        ))?
        .query_map(params![id.as_str(), OrderRecord::REFUNDS_MAX], record)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    newest_first.reverse();
    Ok(newest_first)
}

pub(super) fn claim(
    db: &Connection,
    now: UnixMillis,
    claimed_until: UnixMillis,
    limit: u32,
) -> rusqlite::Result<Vec<RefundRecord>> {
    let due: Vec<RefundRecord> = db
        .prepare_cached(&select("WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2"))?
        .query_map(params![now.0, limit], record)?
        .collect::<rusqlite::Result<_>>()?;
    let mut claim = db.prepare_cached(
        "UPDATE refunds SET due_at = ?2, attempts = attempts + 1 WHERE out_refund_no = ?1",
    )?;
    for refund in &due {
        let _ = claim.execute(params![refund.owed.out_refund_no, claimed_until.0])?;
    }
    Ok(due)
}

pub(super) fn plan(
    db: &Connection,
    out_refund_no: &str,
    step: &PlannedStep,
) -> rusqlite::Result<()> {
    let _ = db
        .prepare_cached(
            "UPDATE refunds SET status = ?2, due_at = ?3, hindrance = ?4 \
             WHERE out_refund_no = ?1 AND due_at IS NOT NULL",
        )?
        .execute(params![
            out_refund_no,
            step.status.as_str(),
            step.due_at.0,
            step.hindrance
        ])?;
    Ok(())
}

pub(super) fn next_at(db: &Connection) -> rusqlite::Result<Option<UnixMillis>> {
    db.prepare_cached("SELECT min(due_at) FROM refunds WHERE due_at IS NOT NULL")?
        .query_row([], |row| Ok(row.get::<_, Option<i64>>(0)?.map(UnixMillis)))
}

fn select(condition: &str) -> String {
    ["SELECT ", COLUMNS, " FROM refunds ", condition].concat()
}

fn record(row: &Row<'_>) -> rusqlite::Result<RefundRecord> {
    let is_orders_payment: bool = row.get(5)?;
    Ok(RefundRecord {
        order_id: rows::order_id(row, 1)?,
        owed: OwedRefund {
            out_refund_no: row.get(0)?,
            transaction_id: row.get(2)?,
            payment_total: rows::fen(row, 3)?,
            amount: rows::fen(row, 4)?,
            of: if is_orders_payment {
                RefundOf::OrdersPayment
            } else {
                RefundOf::AnotherPayment
            },
        },
        status: RefundStatus::parse(&row.get::<_, String>(6)?)
            .ok_or_else(|| rows::damaged(6, "refund status"))?,
        attempts: row.get(7)?,
        due_at: row.get::<_, Option<i64>>(8)?.map(UnixMillis),
        asked_at: UnixMillis(row.get(9)?),
        ended_at: row.get::<_, Option<i64>>(10)?.map(UnixMillis),
        refund_id: row.get(11)?,
        hindrance: row.get(12)?,
    })
}
