//! Money to send back: owed with the change that causes it, worked off until WeChat says how it ended.

use tokio_postgres::Row;
use wechat_checkout_protocol::{OrderId, UnixMillis};

use super::session::{Failure, Session, Values};
use super::{read, rows};
use crate::order::{KnownRefund, Order, OwedRefund, RefundEnding, RefundOf};
use crate::store::{OrderRecord, PlannedStep, RefundRecord, RefundStatus};

const COLUMNS: &str = "out_refund_no, order_id, transaction_id, payment_total, amount, \
     of_orders_payment, status, attempts, due_at, asked_at, ended_at, refund_id, hindrance";

pub(super) async fn owe(
    db: &Session,
    order: &Order,
    owed: &OwedRefund,
    now: UnixMillis,
) -> Result<(), Failure> {
    db.execute_on(1, "INSERT INTO refunds (out_refund_no, order_id, transaction_id, payment_total, amount, \
         of_orders_payment, status, due_at, asked_at) VALUES ($1, $2, $3, $4, $5, $6, 'due', $7, $7)",
        &[
            &owed.out_refund_no,
            &order.id.as_str(),
            &owed.transaction_id,
            &owed.payment_total.get(),
            &owed.amount.get(),
            &(owed.of == RefundOf::OrdersPayment),
            &now.0,
        ],
    )
    .await
}

pub(super) async fn settle(
    db: &Session,
    out_refund_no: &str,
    ending: RefundEnding,
    refund_id: Option<&str>,
    now: UnixMillis,
) -> Result<(), Failure> {
    let sql = "UPDATE refunds SET status = $2, due_at = NULL, ended_at = $3, \
         refund_id = coalesce($4, refund_id), \
         hindrance = CASE WHEN $2 = 'failed' THEN hindrance END \
         WHERE out_refund_no = $1 AND due_at IS NOT NULL";
    let status = RefundStatus::of(ending).as_str();
    db.execute_on(1, sql, &[&out_refund_no, &status, &now.0, &refund_id])
        .await
}

pub(super) async fn known(
    db: &Session,
    out_refund_no: &str,
    id: &OrderId,
) -> Result<KnownRefund, Failure> {
    let refund = one(db, out_refund_no).await?;
    Ok(refund.map_or(KnownRefund::Unknown, |refund| refund.as_known_to(id)))
}

pub(super) async fn one(
    db: &Session,
    out_refund_no: &str,
) -> Result<Option<RefundRecord>, Failure> {
    let sql = select("WHERE out_refund_no = $1");
    let row = db.row(&sql, &[&out_refund_no]).await?;
    row.map(|row| record(&row)).transpose()
}

pub(super) async fn of_order(db: &Session, id: &OrderId) -> Result<Vec<RefundRecord>, Failure> {
    let sql = select("WHERE order_id = $1 ORDER BY asked_at DESC, out_refund_no DESC LIMIT $2");
    let limit = i64::from(OrderRecord::REFUNDS_MAX);
    let newest_first = db.rows(&sql, &[&id.as_str(), &limit]).await?;
    newest_first.iter().rev().map(record).collect()
}

/// Refunds that another server is claiming or settling just now are left to it.
pub(super) async fn claim(
    db: &Session,
    now: UnixMillis,
    claimed_until: UnixMillis,
    limit: u32,
) -> Result<Vec<RefundRecord>, Failure> {
    let sql = [
        "WITH due AS (",
        &select("WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED"),
        ") UPDATE refunds SET due_at = $2, attempts = refunds.attempts + 1 FROM due \
         WHERE refunds.out_refund_no = due.out_refund_no RETURNING due.*",
    ]
    .concat();
    let values: Values<'_> = &[&now.0, &claimed_until.0, &i64::from(limit)];
    let claimed = db.rows(&sql, values).await?;
    let mut due = claimed.iter().map(record).collect::<Result<Vec<_>, _>>()?;
    due.sort_by_key(|refund| refund.due_at);
    Ok(due)
}

pub(super) async fn plan(
    db: &Session,
    out_refund_no: &str,
    step: &PlannedStep,
) -> Result<(), Failure> {
    let sql = "UPDATE refunds SET status = $2, due_at = $3, hindrance = $4 \
         WHERE out_refund_no = $1 AND due_at IS NOT NULL";
    let (status, due_at) = (step.status.as_str(), step.due_at.0);
    db.execute(sql, &[&out_refund_no, &status, &due_at, &step.hindrance])
        .await?;
    Ok(())
}

pub(super) async fn next_at(db: &Session) -> Result<Option<UnixMillis>, Failure> {
    let sql = "SELECT min(due_at) AS due_at FROM refunds WHERE due_at IS NOT NULL";
    read::earliest(db, sql).await
}

fn select(condition: &str) -> String {
    ["SELECT ", COLUMNS, " FROM refunds ", condition].concat()
}

fn record(row: &Row) -> Result<RefundRecord, Failure> {
    let is_orders_payment: bool = row.try_get("of_orders_payment")?;
    Ok(RefundRecord {
        order_id: rows::order_id(row, "order_id")?,
        owed: OwedRefund {
            out_refund_no: row.try_get("out_refund_no")?,
            transaction_id: row.try_get("transaction_id")?,
            payment_total: rows::fen(row, "payment_total")?,
            amount: rows::fen(row, "amount")?,
            of: if is_orders_payment {
                RefundOf::OrdersPayment
            } else {
                RefundOf::AnotherPayment
            },
        },
        status: RefundStatus::parse(row.try_get("status")?)
            .ok_or(Failure::Damaged("refund status"))?,
        attempts: rows::count(row, "attempts")?,
        due_at: rows::at_maybe(row, "due_at")?,
        asked_at: rows::at(row, "asked_at")?,
        ended_at: rows::at_maybe(row, "ended_at")?,
        refund_id: row.try_get("refund_id")?,
        hindrance: row.try_get("hindrance")?,
    })
}
