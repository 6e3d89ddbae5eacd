//! Reading orders and what they delivered.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use wechat_checkout_protocol::benefit::OwnedVoucher;
use wechat_checkout_protocol::{
    Benefit, BenefitsView, OpenId, OrderId, OrderStatus, ProductId, UnixMillis,
};

use super::{refunds, rows};
use crate::order::membership::{self, VipGrant};
use crate::order::{Goods, Order};
use crate::store::{JournalEntry, OrderRecord};

/// A buyer's vouchers beyond this many are left to support.
const VOUCHERS_SHOWN_MAX: u32 = 200;

pub(super) fn order_row(db: &Connection, id: &OrderId) -> rusqlite::Result<Option<Order>> {
    db.prepare_cached(&rows::select_orders("WHERE id = ?1"))?
        .query_row([id.as_str()], rows::order)
        .optional()
}

pub(super) fn order(db: &Connection, id: &OrderId) -> rusqlite::Result<Option<OrderRecord>> {
    order_row(db, id)?
        .map(|order| record(db, order))
        .transpose()
}

/// Adds to an order what it delivered and what went back.
pub(super) fn record(db: &Connection, order: Order) -> rusqlite::Result<OrderRecord> {
    let (benefits, refunds) = match order.status {
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            (benefits(db, &order)?, refunds::of_order(db, &order.id)?)
        }
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation | OrderStatus::Closed => {
            (Vec::new(), Vec::new())
        }
    };
    Ok(OrderRecord {
        order,
        benefits,
        refunds,
    })
}

fn benefits(db: &Connection, order: &Order) -> rusqlite::Result<Vec<Benefit>> {
    match order.goods {
        Goods::Vip { .. } => {
            let until = carried_to(db, order)?;
            Ok(until
                .map(|until| Benefit::Vip { until })
                .into_iter()
                .collect())
        }
        Goods::Vouchers { .. } => codes(db, order),
    }
}

/// The codes that an order delivered.
pub(super) fn codes(db: &Connection, order: &Order) -> rusqlite::Result<Vec<Benefit>> {
    db.prepare_cached(
        "SELECT code FROM vouchers WHERE order_id = ?1 AND delivered_at IS NOT NULL ORDER BY code",
    )?
    .query_map([order.id.as_str()], |row| {
        Ok(Benefit::Voucher { code: row.get(0)? })
    })?
    .collect()
}

/// What the order's entry in the ledger says, unless days of its buyer were taken back since: then
/// all is counted anew.
fn carried_to(db: &Connection, order: &Order) -> rusqlite::Result<Option<UnixMillis>> {
    let granted: Option<(i64, bool)> = db
        .prepare_cached(
            "SELECT until_at, EXISTS (SELECT 1 FROM vip_ledger AS later \
             WHERE later.openid = grants.openid AND later.entry > grants.entry \
             AND later.kind = 'reversal') \
             FROM vip_ledger AS grants WHERE order_id = ?1 AND kind = 'grant'",
        )?
        .query_row([order.id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match granted {
        Some((_, true)) => Ok(membership::carried_to(
            &vip_grants(db, &order.openid)?,
            &order.id,
        )),
        Some((until, false)) => Ok(Some(UnixMillis(until))),
        None => Ok(None),
    }
}

pub(super) fn orders_of(
    db: &Connection,
    openid: &OpenId,
    limit: u32,
) -> rusqlite::Result<Vec<OrderRecord>> {
    let orders: Vec<Order> = db
        .prepare_cached(&rows::select_orders(
            "WHERE openid = ?1 ORDER BY created_at DESC LIMIT ?2",
        ))?
        .query_map(params![openid.as_str(), limit], rows::order)?
        .collect::<rusqlite::Result<_>>()?;
    orders.into_iter().map(|order| record(db, order)).collect()
}

/// A buyer's newest entry in the ledger.
pub(super) struct NewestEntry {
    pub(super) entry: i64,
    pub(super) until: UnixMillis,
}

/// The end of a membership is what the buyer's newest entry says.
///
/// The crossed join says where to begin: with his orders, never with the ledger. It looks at each of
/// them, which the limits on placing keep few.
pub(super) fn newest_entry(
    db: &Connection,
    openid: &OpenId,
) -> rusqlite::Result<Option<NewestEntry>> {
    db.prepare_cached(
        "SELECT vip_ledger.entry, vip_ledger.until_at \
         FROM orders CROSS JOIN vip_ledger ON vip_ledger.order_id = orders.id \
         WHERE orders.openid = ?1 ORDER BY vip_ledger.entry DESC LIMIT 1",
    )?
    .query_row([openid.as_str()], |row| {
        Ok(NewestEntry {
            entry: row.get(0)?,
            until: UnixMillis(row.get(1)?),
        })
    })
    .optional()
}

/// The end of a buyer's membership.
pub(super) fn vip_until(db: &Connection, openid: &OpenId) -> rusqlite::Result<Option<UnixMillis>> {
    Ok(newest_entry(db, openid)?.map(|newest| newest.until))
}

/// What every order of a buyer granted, oldest first.
pub(super) fn vip_grants(
    db: &Connection,
    openid: &OpenId,
) -> rusqlite::Result<Vec<(OrderId, VipGrant)>> {
    db.prepare_cached(
        "SELECT grants.order_id, grants.days, grants.at, reversals.at \
         FROM orders CROSS JOIN vip_ledger AS grants \
         ON grants.order_id = orders.id AND grants.kind = 'grant' \
         LEFT JOIN vip_ledger AS reversals \
         ON reversals.order_id = grants.order_id AND reversals.kind = 'reversal' \
         WHERE orders.openid = ?1 ORDER BY grants.entry",
    )?
    .query_map([openid.as_str()], |row| {
        let grant = VipGrant {
            days: row.get(1)?,
            granted_at: UnixMillis(row.get(2)?),
            reversed_at: row.get::<_, Option<i64>>(3)?.map(UnixMillis),
        };
        Ok((rows::order_id(row, 0)?, grant))
    })?
    .collect()
}

pub(super) fn benefits_of(db: &Connection, openid: &OpenId) -> rusqlite::Result<BenefitsView> {
    let vouchers = db
        .prepare_cached(
            "SELECT orders.id, orders.title, vouchers.code FROM orders \
             JOIN vouchers ON vouchers.order_id = orders.id \
             WHERE orders.openid = ?1 AND vouchers.delivered_at IS NOT NULL \
             AND vouchers.revoked_at IS NULL \
             ORDER BY orders.created_at DESC, vouchers.code LIMIT ?2",
        )?
        .query_map(params![openid.as_str(), VOUCHERS_SHOWN_MAX], |row| {
            Ok(OwnedVoucher {
                order_id: rows::order_id(row, 0)?,
                title: row.get(1)?,
                code: row.get(2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(BenefitsView {
        vip_until: vip_until(db, openid)?,
        vouchers,
    })
}

pub(super) fn stock_left(db: &Connection) -> rusqlite::Result<HashMap<ProductId, u32>> {
    db.prepare_cached(
        "SELECT product_id, count(*) FROM vouchers WHERE order_id IS NULL GROUP BY product_id",
    )?
    .query_map([], |row| Ok((rows::product_id(row, 0)?, row.get(1)?)))?
    .collect()
}

pub(super) fn next_inquiry_at(db: &Connection) -> rusqlite::Result<Option<UnixMillis>> {
    db.prepare_cached("SELECT min(inquiry_due_at) FROM orders WHERE inquiry_due_at IS NOT NULL")?
        .query_row([], |row| Ok(row.get::<_, Option<i64>>(0)?.map(UnixMillis)))
}

const ENTRIES: &str = "SELECT position, order_id, seq, at, event FROM journal ";

pub(super) fn journal_of(db: &Connection, id: &OrderId) -> rusqlite::Result<Vec<JournalEntry>> {
    db.prepare_cached(&[ENTRIES, "WHERE order_id = ?1 ORDER BY seq"].concat())?
        .query_map([id.as_str()], entry)?
        .collect()
}

pub(super) fn entries_after(
    db: &Connection,
    position: i64,
    limit: u32,
) -> rusqlite::Result<Vec<JournalEntry>> {
    db.prepare_cached(&[ENTRIES, "WHERE position > ?1 ORDER BY position LIMIT ?2"].concat())?
        .query_map(params![position, limit], entry)?
        .collect()
}

fn entry(row: &Row<'_>) -> rusqlite::Result<JournalEntry> {
    let event: String = row.get(4)?;
    Ok(JournalEntry {
        position: row.get(0)?,
        order_id: rows::order_id(row, 1)?,
        seq: row.get(2)?,
        at: UnixMillis(row.get(3)?),
        event: serde_json::from_str(&event).map_err(|_| rows::damaged(4, "journal event"))?,
    })
}

pub(super) fn changes_after(
    db: &Connection,
    position: i64,
    limit: u32,
) -> rusqlite::Result<Vec<(i64, OrderId)>> {
    db.prepare_cached(
        "SELECT position, order_id FROM journal WHERE position > ?1 ORDER BY position LIMIT ?2",
    )?
    .query_map(params![position, limit], |row| {
        Ok((row.get(0)?, rows::order_id(row, 1)?))
    })?
    .collect()
}

pub(super) fn last_position(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(position), 0) FROM journal")?
        .query_row([], |row| row.get(0))
}
