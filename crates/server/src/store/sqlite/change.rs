//! Changing an order: row, journal and effects in one transaction, or nothing.

use rusqlite::{Connection, params};
use wechat_checkout_protocol::{OrderId, ProductId, UnixMillis};

use super::{read, rows};
use crate::order::{
    Change, Decision, Effect, Facts, Goods, Order, OrderEvent, PaymentEvidence, decide,
};
use crate::store::{Advanced, JournalEvent};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(super) fn advance(
    db: &Connection,
    id: &OrderId,
    event: &OrderEvent,
    now: UnixMillis,
) -> rusqlite::Result<Advanced> {
    let Some(order) = read::order_row(db, id)? else {
        return Ok(Advanced::Unknown);
    };
    let facts = facts(db, &order, event)?;
    match decide(&order, event, facts, now) {
        Decision::Applied(change) => apply(db, &order, *change, event, now),
        Decision::AlreadyApplied => read::record(db, order).map(Advanced::AlreadyApplied),
        Decision::Refused(refusal) => Ok(Advanced::Refused(refusal)),
    }
}

fn apply(
    db: &Connection,
    before: &Order,
    change: Change,
    event: &OrderEvent,
    now: UnixMillis,
) -> rusqlite::Result<Advanced> {
    let Change {
        order,
        effects,
        misfit,
    } = change;
    let updated = rows::update_order(
        &mut *db.prepare_cached(rows::UPDATE_ORDER)?,
        &order,
        before.seq,
    )?;
    if updated != 1 {
        return Err(rusqlite::Error::StatementChangedRows(updated));
    }
    append(db, &order, now, &JournalEvent::from(event))?;
    for effect in &effects {
        match effect {
            Effect::Deliver => deliver(db, &order, now)?,
            Effect::ReleaseStock => release(db, &order.id)?,
            Effect::Refund(evidence) => owe_refund(db, &order, evidence, now)?,
        }
    }
    match misfit {
        Some(refusal) => Ok(Advanced::Refused(refusal)),
        None => read::record(db, order).map(Advanced::Applied),
    }
}

/// Looked up only where the machine needs them: the common roads cost no extra query.
fn facts(db: &Connection, order: &Order, event: &OrderEvent) -> rusqlite::Result<Facts> {
    let OrderEvent::Paid(evidence) = event else {
        return Ok(Facts {
            goods_left: true,
            is_refund_known: false,
        });
    };
    if order.is_open() {
        return Ok(Facts {
            goods_left: true,
            is_refund_known: false,
        });
    }
    let goods_left = match order.goods {
        Goods::Vip { .. } => true,
        Goods::Vouchers { count } => {
            free_codes(db, &order.product_id, count)?.len()
                == usize::try_from(count).unwrap_or(usize::MAX)
        }
    };
    let is_refund_known = db
        .prepare_cached("SELECT 1 FROM refunds WHERE transaction_id = ?1")?
        .exists([evidence.transaction_id.as_str()])?;
    Ok(Facts {
        goods_left,
        is_refund_known,
    })
}

pub(super) fn append(
    db: &Connection,
    order: &Order,
    at: UnixMillis,
    event: &JournalEvent,
) -> rusqlite::Result<()> {
    let event = serde_json::to_string(event)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let _ = db
        .prepare_cached("INSERT INTO journal (order_id, seq, at, event) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![order.id.as_str(), order.seq, at.0, event])?;
    Ok(())
}

fn deliver(db: &Connection, order: &Order, now: UnixMillis) -> rusqlite::Result<()> {
    match order.goods {
        Goods::Vip { days } => extend_vip(db, order, days, now),
        Goods::Vouchers { count } => hand_over_codes(db, order, count, now),
    }
}

/// Membership extends from its end, or from now if it ended.
fn extend_vip(db: &Connection, order: &Order, days: u32, now: UnixMillis) -> rusqlite::Result<()> {
    let ends_at = read::vip_until(db, &order.openid)?;
    let starts_at = ends_at.map_or(now, |ends_at| ends_at.max(now));
    let until = starts_at.plus_ms(i64::from(days).saturating_mul(DAY_MS));
    // The primary key is the order: a second delivery of one order cannot be written.
    let _ = db
        .prepare_cached(
            "INSERT INTO vip_ledger (order_id, openid, days, starts_at, until_at) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            order.id.as_str(),
            order.openid.as_str(),
            days,
            starts_at.0,
            until.0
        ])?;
    Ok(())
}

/// Marks the reserved codes as delivered; a late payment reserves again first.
fn hand_over_codes(
    db: &Connection,
    order: &Order,
    count: u32,
    now: UnixMillis,
) -> rusqlite::Result<()> {
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let reserved: u32 = db
        .prepare_cached("SELECT count(*) FROM vouchers WHERE order_id = ?1")?
        .query_row([order.id.as_str()], |row| row.get(0))?;
    if reserved == 0 {
        let codes = free_codes(db, &order.product_id, count)?;
        reserve(db, &order.id, &codes)?;
    }
    let delivered = db
        .prepare_cached(
            "UPDATE vouchers SET delivered_at = ?2 WHERE order_id = ?1 AND delivered_at IS NULL",
        )?
        .execute(params![order.id.as_str(), now.0])?;
    if delivered != wanted {
        return Err(rusqlite::Error::StatementChangedRows(delivered));
    }
    Ok(())
}

fn release(db: &Connection, id: &OrderId) -> rusqlite::Result<()> {
    let _ = db
        .prepare_cached(
            "UPDATE vouchers SET order_id = NULL WHERE order_id = ?1 AND delivered_at IS NULL",
        )?
        .execute([id.as_str()])?;
    Ok(())
}

pub(super) fn free_codes(
    db: &Connection,
    product_id: &ProductId,
    count: u32,
) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached(
        "SELECT code FROM vouchers WHERE product_id = ?1 AND order_id IS NULL LIMIT ?2",
    )?
    .query_map(params![product_id.as_str(), count], |row| row.get(0))?
    .collect()
}

pub(super) fn reserve(db: &Connection, id: &OrderId, codes: &[String]) -> rusqlite::Result<()> {
    let mut update = db
        .prepare_cached("UPDATE vouchers SET order_id = ?1 WHERE code = ?2 AND order_id IS NULL")?;
    for code in codes {
        let updated = update.execute(params![id.as_str(), code])?;
        if updated != 1 {
            return Err(rusqlite::Error::StatementChangedRows(updated));
        }
    }
    Ok(())
}

/// The refund's number is made of the payment's, so asking twice refunds once.
fn owe_refund(
    db: &Connection,
    order: &Order,
    evidence: &PaymentEvidence,
    now: UnixMillis,
) -> rusqlite::Result<()> {
    let out_refund_no = ["R", evidence.transaction_id.as_str()].concat();
    let _ = db
        .prepare_cached(
            "INSERT INTO refunds (out_refund_no, order_id, transaction_id, amount, asked_at) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            out_refund_no,
            order.id.as_str(),
            evidence.transaction_id,
            evidence.total_fee.get(),
            now.0
        ])?;
    Ok(())
}

pub(super) fn claim_inquiries(
    db: &Connection,
    now: UnixMillis,
    claimed_until: UnixMillis,
    limit: u32,
) -> rusqlite::Result<Vec<OrderId>> {
    let due: Vec<OrderId> = db
        .prepare_cached(
            "SELECT id FROM orders WHERE inquiry_due_at <= ?1 ORDER BY inquiry_due_at LIMIT ?2",
        )?
        .query_map(params![now.0, limit], |row| rows::order_id(row, 0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut claim = db.prepare_cached("UPDATE orders SET inquiry_due_at = ?2 WHERE id = ?1")?;
    for id in &due {
        let _ = claim.execute(params![id.as_str(), claimed_until.0])?;
    }
    Ok(due)
}
