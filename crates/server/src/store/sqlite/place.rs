//! Placing an order: key, open orders, stock, row and journal in one transaction.

use rusqlite::{Connection, OptionalExtension, params};
use wechat_checkout_protocol::OrderId;

use super::{change, deliver, read, rows};
use crate::order::{Goods, Order};
use crate::store::{JournalEvent, NewOrder, Placed};

pub(super) fn place(db: &Connection, new: &NewOrder) -> rusqlite::Result<Placed> {
    if let Some(placed) = by_key(db, new)? {
        return Ok(placed);
    }
    if let Some(id) = open_order_for_the_same(db, &new.order)? {
        remember_key(db, new, &id)?;
        return existing(db, &id);
    }
    if open_orders(db, &new.order)? >= new.open_orders_max {
        return Ok(Placed::TooManyOpen);
    }
    let codes = match new.order.goods {
        Goods::Vip { .. } => Vec::new(),
        Goods::Vouchers { count } => match deliver::free_codes(db, &new.order.product_id, count)? {
            Some(codes) => codes,
            None => return Ok(Placed::SoldOut),
        },
    };
    let _ = rows::insert_order(&mut *db.prepare_cached(rows::INSERT_ORDER)?, &new.order)?;
    deliver::reserve(db, &new.order.id, &codes)?;
    remember_key(db, new, &new.order.id)?;
    change::append(db, &new.order, new.order.created_at, &JournalEvent::Placed)?;
    Ok(Placed::New(read::record(db, new.order.clone())?))
}

fn by_key(db: &Connection, new: &NewOrder) -> rusqlite::Result<Option<Placed>> {
    let known: Option<(OrderId, String, u32)> = db
        .prepare_cached(
            "SELECT order_id, product_id, quantity FROM idempotency_keys \
             WHERE openid = ?1 AND key = ?2",
        )?
        .query_row(
            params![new.order.openid.as_str(), new.idempotency_key.as_str()],
            |row| Ok((rows::order_id(row, 0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    match known {
        None => Ok(None),
        Some((id, product_id, quantity))
            if product_id == new.order.product_id.as_str() && quantity == new.order.quantity =>
        {
            existing(db, &id).map(Some)
        }
        Some(_) => Ok(Some(Placed::Conflict)),
    }
}

fn existing(db: &Connection, id: &OrderId) -> rusqlite::Result<Placed> {
    read::order(db, id)?
        .map(Placed::Existing)
        .ok_or(rusqlite::Error::QueryReturnedNoRows)
}

/// Asking again for the same thing returns the open order, so that nobody reserves the stock away
/// and nobody pays twice by impatience.
fn open_order_for_the_same(db: &Connection, order: &Order) -> rusqlite::Result<Option<OrderId>> {
    db.prepare_cached(
        "SELECT id FROM orders WHERE openid = ?1 AND product_id = ?2 AND quantity = ?3 \
         AND amount_total = ?4 AND status IN ('unprocessed', 'awaiting_confirmation') \
         AND misfit_payment IS NULL AND expires_at > ?5 ORDER BY created_at DESC LIMIT 1",
    )?
    .query_row(
        params![
            order.openid.as_str(),
            order.product_id.as_str(),
            order.quantity,
            order.amount_total.get(),
            order.created_at.0
        ],
        |row| rows::order_id(row, 0),
    )
    .optional()
}

fn open_orders(db: &Connection, order: &Order) -> rusqlite::Result<u32> {
    db.prepare_cached(
        "SELECT count(*) FROM orders WHERE openid = ?1 \
         AND status IN ('unprocessed', 'awaiting_confirmation')",
    )?
    .query_row([order.openid.as_str()], |row| row.get(0))
}

fn remember_key(db: &Connection, new: &NewOrder, id: &OrderId) -> rusqlite::Result<()> {
    let _ = db
        .prepare_cached(
            "INSERT INTO idempotency_keys (openid, key, order_id, product_id, quantity, at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            new.order.openid.as_str(),
            new.idempotency_key.as_str(),
            id.as_str(),
            new.order.product_id.as_str(),
            new.order.quantity,
            new.order.created_at.0
        ])?;
    Ok(())
}
