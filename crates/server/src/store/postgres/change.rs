//! Changing an order: row, journal and effects in one transaction, or nothing.

use futures_util::future::try_join3;
use wechat_checkout_protocol::{Benefit, OrderId, UnixMillis};

use super::session::{Failure, Session, Values};
use super::{deliver, journal, read, refunds, rows};
use crate::order::{
    Change, Decision, Effect, Facts, Goods, KnownRefund, Order, OrderEvent, OwedRefund,
    PaymentEvidence, decide, misfit,
};
use crate::store::{Advanced, DUE_DATES, JournalEvent, OrderRecord};

pub(super) async fn advance(
    db: &Session,
    id: &OrderId,
    event: &OrderEvent,
    now: UnixMillis,
) -> Result<Advanced, Failure> {
    let Some(order) = lock_order(db, id).await? else {
        return Ok(Advanced::Unknown);
    };
    let facts = facts(db, &order, event).await?;
    match decide(&order, event, facts, now) {
        Decision::Applied(change) => {
            apply(db, &order, *change, &JournalEvent::of(event, facts), now).await
        }
        Decision::AlreadyApplied => read::record(db, order).await.map(Advanced::AlreadyApplied),
        Decision::Refused(refusal) => Ok(Advanced::Refused(refusal)),
    }
}

/// Reads an order and keeps others from changing it until the transaction ends.
///
/// `FOR UPDATE` would also hold up transactions that merely refer to the order: placing does while
/// it holds the buyer, whom delivering waits for while it holds the order. That would be a circle.
async fn lock_order(db: &Session, id: &OrderId) -> Result<Option<Order>, Failure> {
    let sql = rows::select_orders("WHERE id = $1 FOR NO KEY UPDATE");
    let row = db.row(&sql, &[&id.as_str()]).await?;
    row.map(|row| rows::order(&row)).transpose()
}

async fn apply(
    db: &Session,
    before: &Order,
    change: Change,
    event: &JournalEvent,
    now: UnixMillis,
) -> Result<Advanced, Failure> {
    let Change {
        order,
        effects,
        misfit,
    } = change;
    let update = rows::update_order(db, &order, before.seq);
    let effects = work_out(db, &order, &effects, now);
    let append = journal::append(db, &order, now, event);
    // None of the three reads what another writes, so they are sent at once. The lock of a buyer goes
    // before the entry, which would hold up all readers of the journal if it waited there.
    let ((), delivered, ()) = try_join3(update, effects, append).await?;
    let record = match delivered {
        // Nothing can have gone back of what is paid just now.
        Some(benefits) => OrderRecord {
            order,
            benefits,
            refunds: Vec::new(),
        },
        None => read::record(db, order.clone()).await?,
    };
    Ok(match misfit {
        Some(misfit) => Advanced::Flagged(misfit),
        None => Advanced::Applied(record),
    })
}

/// Says what was delivered, if anything was.
async fn work_out(
    db: &Session,
    order: &Order,
    effects: &[Effect],
    now: UnixMillis,
) -> Result<Option<Vec<Benefit>>, Failure> {
    let mut delivered = None;
    for effect in effects {
        match effect {
            Effect::Deliver => delivered = Some(deliver::deliver(db, order, now).await?),
            Effect::ReleaseStock => deliver::release(db, &order.id).await?,
            Effect::OweRefund(owed) => refunds::owe(db, order, owed, now).await?,
            Effect::SettleRefund {
                out_refund_no,
                ending,
                refund_id,
            } => refunds::settle(db, out_refund_no, *ending, refund_id.as_deref(), now).await?,
            Effect::ReverseBenefits => deliver::reverse(db, order, now).await?,
        }
    }
    Ok(delivered)
}

/// Looked up only where the machine needs them: the common roads cost no extra query.
async fn facts(db: &Session, order: &Order, event: &OrderEvent) -> Result<Facts, Failure> {
    let mut facts = Facts {
        goods_left: true,
        refund: KnownRefund::Unknown,
        is_noted: false,
    };
    match event {
        OrderEvent::Paid(evidence) if misfit(order, evidence).is_some() => {
            facts.is_noted = is_noted(db, &order.id, evidence).await?;
            facts.refund = refund_of_payment(db, order, evidence).await?;
        }
        OrderEvent::Paid(evidence) if !order.is_open() => {
            if let Goods::Vouchers { count } = order.goods {
                let codes = deliver::free_codes(db, &order.product_id, count).await?;
                facts.goods_left = codes.is_some();
            }
            facts.refund = refund_of_payment(db, order, evidence).await?;
        }
        OrderEvent::RefundAsked(asked) => {
            facts.refund = refunds::known(db, &asked.out_refund_no, &order.id).await?;
        }
        OrderEvent::RefundSettled(settled) => {
            facts.refund = refunds::known(db, &settled.out_refund_no, &order.id).await?;
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
async fn refund_of_payment(
    db: &Session,
    order: &Order,
    evidence: &PaymentEvidence,
) -> Result<KnownRefund, Failure> {
    let number = OwedRefund::number_of_payment(&evidence.transaction_id);
    refunds::known(db, &number, &order.id).await
}

/// Whether the order's journal has the very same payment. Asked about payments that do not fit alone:
/// they are few, and so are an order's entries.
async fn is_noted(db: &Session, id: &OrderId, evidence: &PaymentEvidence) -> Result<bool, Failure> {
    let sql = "SELECT 1 FROM journal WHERE order_id = $1 \
         AND event ->> 'event' = 'paid' AND event ->> 'transaction_id' = $2 \
         AND event ->> 'openid' = $3 AND (event ->> 'total_fee')::BIGINT = $4 \
         AND event ->> 'fee_type' = $5 LIMIT 1";
    let values: Values<'_> = &[
        &id.as_str(),
        &evidence.transaction_id,
        &evidence.openid.as_str(),
        &evidence.total_fee.get(),
        &evidence.fee_type,
    ];
    Ok(db.row(sql, values).await?.is_some())
}

/// Without an entry in the journal, as a claim moves it.
pub(super) async fn put_off_inquiry(
    db: &Session,
    id: &OrderId,
    due_at: UnixMillis,
) -> Result<(), Failure> {
    let sql = "UPDATE orders SET inquiry_due_at = $2 \
         WHERE id = $1 AND inquiry_due_at IS NOT NULL";
    db.execute(sql, &[&id.as_str(), &due_at.0]).await?;
    Ok(())
}

/// Orders that another server is claiming or changing just now are left to it.
pub(super) async fn claim_inquiries(
    db: &Session,
    now: UnixMillis,
    claimed_until: UnixMillis,
    limit: u32,
) -> Result<Vec<OrderId>, Failure> {
    let claimed = db
        .rows(
            "WITH due AS (SELECT id, inquiry_due_at FROM orders WHERE inquiry_due_at <= $1 \
         ORDER BY inquiry_due_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) \
         UPDATE orders SET inquiry_due_at = $2 FROM due WHERE orders.id = due.id \
         RETURNING due.id, due.inquiry_due_at AS due_at",
            &[&now.0, &claimed_until.0, &i64::from(limit)],
        )
        .await?;
    let mut due = claimed
        .iter()
        .map(|row| Ok((rows::at(row, "due_at")?, rows::order_id(row, "id")?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    due.sort_by_key(|(due_at, _)| *due_at);
    Ok(due.into_iter().map(|(_, id)| id).collect())
}

pub(super) async fn hasten(db: &Session, now: UnixMillis) -> Result<(), Failure> {
    for (table, due) in DUE_DATES {
        let sql = format!("UPDATE {table} SET {due} = $1 WHERE {due} > $1");
        let _ = db.execute(&sql, &[&now.0]).await?;
    }
    Ok(())
}
