//! Changing an order: row, journal and effects in one transaction, or nothing.

use rusqlite::{Connection, params};
use wechat_checkout_protocol::{OrderId, UnixMillis};

use super::{deliver, read, refunds, rows};
use crate::order::{
    Change, Decision, Effect, Facts, Goods, KnownRefund, Order, OrderEvent, OwedRefund,
    PaymentEvidence, decide, misfit,
};
use crate::store::{Advanced, DUE_DATES, JournalEvent, OrderRecord};

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
        Decision::Applied(change) => {
            apply(db, &order, *change, &JournalEvent::of(event, facts), now)
        }
        Decision::AlreadyApplied => read::record(db, order).map(Advanced::AlreadyApplied),
        Decision::Refused(refusal) => Ok(Advanced::Refused(refusal)),
    }
}

fn apply(
    db: &Connection,
    before: &Order,
    change: Change,
    event: &JournalEvent,
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
    append(db, &order, now, event)?;
    let mut delivered = None;
    for effect in &effects {
        match effect {
            Effect::Deliver => delivered = Some(deliver::deliver(db, &order, now)?),
            Effect::ReleaseStock => deliver::release(db, &order.id)?,
            Effect::OweRefund(owed) => refunds::owe(db, &order, owed, now)?,
            Effect::SettleRefund {
                out_refund_no,
                ending,
                refund_id,
            } => refunds::settle(db, out_refund_no, *ending, refund_id.as_deref(), now)?,
            Effect::ReverseBenefits => deliver::reverse(db, &order, now)?,
        }
    }
    Ok(match (misfit, delivered) {
        (Some(misfit), _) => Advanced::Flagged(misfit),
        // Nothing can have gone back of what is paid just now.
        (None, Some(benefits)) => Advanced::Applied(OrderRecord {
            order,
            benefits,
            refunds: Vec::new(),
        }),
        (None, None) => Advanced::Applied(read::record(db, order)?),
    })
}

/// Looked up only where the machine needs them: the common roads cost no extra query.
fn facts(db: &Connection, order: &Order, event: &OrderEvent) -> rusqlite::Result<Facts> {
    let mut facts = Facts {
        goods_left: true,
        refund: KnownRefund::Unknown,
        is_noted: false,
    };
    match event {
        OrderEvent::Paid(evidence) if misfit(order, evidence).is_some() => {
            facts.is_noted = is_noted(db, &order.id, evidence)?;
            facts.refund = refund_of_payment(db, order, evidence)?;
        }
        OrderEvent::Paid(evidence) if !order.is_open() => {
            if let Goods::Vouchers { count } = order.goods {
                facts.goods_left = deliver::free_codes(db, &order.product_id, count)?.is_some();
            }
            facts.refund = refund_of_payment(db, order, evidence)?;
        }
        OrderEvent::RefundAsked(asked) => {
            facts.refund = refunds::known(db, &asked.out_refund_no, &order.id)?;
        }
        OrderEvent::RefundSettled(settled) => {
            facts.refund = refunds::known(db, &settled.out_refund_no, &order.id)?;
        }
        OrderEvent::Paid(_)
        | OrderEvent::PrepayIssued(_)
        | OrderEvent::Reported(_)
        | OrderEvent::FoundUnpaid(_)
        | OrderEvent::FoundAbsent(_)
        | OrderEvent::InquiryUnanswered(_)
        | OrderEvent::FoundRefunded(_)
        | OrderEvent::RefundStuck(_)
        | OrderEvent::Reviewed { .. }
        | OrderEvent::ClosedAtWechat(_) => {}
    }
    Ok(facts)
}

/// What is known of the refund that a payment gets when it cannot be kept.
fn refund_of_payment(
    db: &Connection,
    order: &Order,
    evidence: &PaymentEvidence,
) -> rusqlite::Result<KnownRefund> {
    let number = OwedRefund::number_of_payment(&evidence.transaction_id);
    refunds::known(db, &number, &order.id)
}

/// Whether the order's journal has the very same payment. Asked about payments that do not fit alone:
/// they are few, and so are an order's entries.
fn is_noted(db: &Connection, id: &OrderId, evidence: &PaymentEvidence) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM journal WHERE order_id = ?1 \
         AND event ->> '$.event' = 'paid' AND event ->> '$.transaction_id' = ?2 \
         AND event ->> '$.openid' = ?3 AND event ->> '$.total_fee' = ?4 \
         AND event ->> '$.fee_type' = ?5)",
    )?
    .query_row(
        params![
            id.as_str(),
            evidence.transaction_id,
            evidence.openid.as_str(),
            evidence.total_fee.get(),
            evidence.fee_type
        ],
        |row| row.get(0),
    )
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

pub(super) fn hasten(db: &Connection, now: UnixMillis) -> rusqlite::Result<()> {
    for (table, due) in DUE_DATES {
        let sql = format!("UPDATE {table} SET {due} = ?1 WHERE {due} > ?1");
        let _ = db.execute(&sql, [now.0])?;
    }
    Ok(())
}

/// Without an entry in the journal, as a claim moves it.
pub(super) fn put_off_inquiry(
    db: &Connection,
    id: &OrderId,
    due_at: UnixMillis,
) -> rusqlite::Result<()> {
    let _ = db
        .prepare_cached(
            "UPDATE orders SET inquiry_due_at = ?2 WHERE id = ?1 AND inquiry_due_at IS NOT NULL",
        )?
        .execute(params![id.as_str(), due_at.0])?;
    Ok(())
}
