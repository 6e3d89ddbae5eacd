//! Giving, reserving and taking back goods, inside the transaction of the change that causes it.

use rusqlite::{Connection, params};
use wechat_checkout_protocol::{Benefit, OrderId, ProductId, UnixMillis};

use super::read::{self, NewestEntry};
use crate::order::membership::{self, VipGrant};
use crate::order::{Goods, Order};

/// Gives what was paid for, and says what that is.
pub(super) fn deliver(
    db: &Connection,
    order: &Order,
    now: UnixMillis,
) -> rusqlite::Result<Vec<Benefit>> {
    match order.goods {
        Goods::Vip { days } => extend_vip(db, order, days, now),
        Goods::Vouchers { count } => hand_over_codes(db, order, count, now),
    }
}

/// Membership extends from its end, or from now if it ended.
fn extend_vip(
    db: &Connection,
    order: &Order,
    days: u32,
    now: UnixMillis,
) -> rusqlite::Result<Vec<Benefit>> {
    let newest = read::newest_entry(db, &order.openid)?;
    let ends_at = newest.as_ref().map(|newest| newest.until);
    let until = membership::extended(ends_at, days, now);
    let grant = NewEntry {
        kind: "grant",
        after: newest,
        days,
        at: now,
        until,
    };
    grant.write(db, order)?;
    Ok(vec![Benefit::Vip { until }])
}

/// Takes back the days of one order that are not used up, and leaves those of all others.
fn reverse_vip(db: &Connection, order: &Order, days: u32, now: UnixMillis) -> rusqlite::Result<()> {
    let mut grants = read::vip_grants(db, &order.openid)?;
    for (id, grant) in &mut grants {
        if *id == order.id {
            grant.reversed_at = Some(now);
        }
    }
    let grants: Vec<VipGrant> = grants.into_iter().map(|(_, grant)| grant).collect();
    let reversal = NewEntry {
        kind: "reversal",
        after: read::newest_entry(db, &order.openid)?,
        days,
        at: now,
        until: membership::ends_at(&grants).unwrap_or(now),
    };
    reversal.write(db, order)
}

/// What the ledger says next of an order's buyer.
struct NewEntry {
    kind: &'static str,
    after: Option<NewestEntry>,
    days: u32,
    at: UnixMillis,
    until: UnixMillis,
}

impl NewEntry {
    /// The unique key is (order, kind): a second delivery of one order cannot be written.
    fn write(&self, db: &Connection, order: &Order) -> rusqlite::Result<()> {
        let entry = self.after.as_ref().map_or(0, |newest| newest.entry);
        let _ = db
            .prepare_cached(
                "INSERT INTO vip_ledger (order_id, kind, openid, entry, days, at, until_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                order.id.as_str(),
                self.kind,
                order.openid.as_str(),
                entry.saturating_add(1),
                self.days,
                self.at.0,
                self.until.0
            ])?;
        Ok(())
    }
}

/// Marks the reserved codes as delivered; a late payment reserves again first.
fn hand_over_codes(
    db: &Connection,
    order: &Order,
    count: u32,
    now: UnixMillis,
) -> rusqlite::Result<Vec<Benefit>> {
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let reserved: u32 = db
        .prepare_cached("SELECT count(*) FROM vouchers WHERE order_id = ?1")?
        .query_row([order.id.as_str()], |row| row.get(0))?;
    if reserved == 0
        && let Some(codes) = free_codes(db, &order.product_id, count)?
    {
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
    read::codes(db, order)
}

/// Takes back what an order delivered.
pub(super) fn reverse(db: &Connection, order: &Order, now: UnixMillis) -> rusqlite::Result<()> {
    match order.goods {
        Goods::Vip { days } => reverse_vip(db, order, days, now),
        Goods::Vouchers { .. } => {
            let _ = db
                .prepare_cached(
                    "UPDATE vouchers SET revoked_at = ?2 \
                     WHERE order_id = ?1 AND delivered_at IS NOT NULL AND revoked_at IS NULL",
                )?
                .execute(params![order.id.as_str(), now.0])?;
            Ok(())
        }
    }
}

pub(super) fn release(db: &Connection, id: &OrderId) -> rusqlite::Result<()> {
    let _ = db
        .prepare_cached(
            "UPDATE vouchers SET order_id = NULL WHERE order_id = ?1 AND delivered_at IS NULL",
        )?
        .execute([id.as_str()])?;
    Ok(())
}

/// That many codes nobody has; `None` when there are fewer.
pub(super) fn free_codes(
    db: &Connection,
    product_id: &ProductId,
    count: u32,
) -> rusqlite::Result<Option<Vec<String>>> {
    let codes: Vec<String> = db
        .prepare_cached(
            "SELECT code FROM vouchers WHERE product_id = ?1 AND order_id IS NULL LIMIT ?2",
        )?
        .query_map(params![product_id.as_str(), count], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok((u32::try_from(codes.len()) == Ok(count)).then_some(codes))
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

/// Adds codes that are not known yet.
pub(super) fn stock_up(
    db: &Connection,
    product_id: &ProductId,
    codes: &[String],
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO vouchers (code, product_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    for code in codes {
        let _ = insert.execute(params![code, product_id.as_str()])?;
    }
    Ok(())
}
