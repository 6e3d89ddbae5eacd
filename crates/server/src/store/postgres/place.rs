//! Placing an order: key, open orders, stock, row and journal in one transaction.

use futures_util::future::try_join3;
use wechat_checkout_protocol::OrderId;

use super::session::{Failure, Session};
use super::{buyer, deliver, journal, read, rows};
use crate::order::{Goods, Order};
use crate::store::{JournalEvent, NewOrder, Placed};

pub(super) async fn place(db: &Session, new: &NewOrder) -> Result<Placed, Failure> {
    // Whatever follows is decided alone for this buyer: two servers with one key give one order.
    buyer::lock(db, &new.order.openid).await?;
    let (of_key, the_same, open_orders) = try_join3(
        by_key(db, new),
        open_order_for_the_same(db, &new.order),
        open_orders(db, &new.order),
    )
    .await?;
    if let Some(placed) = of_key {
        return Ok(placed);
    }
    if let Some(id) = the_same {
        remember_key(db, new, &id).await?;
        return existing(db, &id).await;
    }
    if open_orders >= new.open_orders_max {
        return Ok(Placed::TooManyOpen);
    }
    let codes = match new.order.goods {
        Goods::Vip { .. } => Vec::new(),
        Goods::Vouchers { count } => {
            match deliver::free_codes(db, &new.order.product_id, count).await? {
                Some(codes) => codes,
                None => return Ok(Placed::SoldOut),
            }
        }
    };
    // Codes and key refer to the order, so it is there before they are sent.
    rows::insert_order(db, &new.order).await?;
    let _ = try_join3(
        deliver::reserve(db, &new.order.id, &codes),
        remember_key(db, new, &new.order.id),
        journal::append(db, &new.order, new.order.created_at, &JournalEvent::Placed),
    )
    .await?;
    Ok(Placed::New(read::record(db, new.order.clone()).await?))
}

async fn by_key(db: &Session, new: &NewOrder) -> Result<Option<Placed>, Failure> {
    let known = db
        .row(
            "SELECT order_id, product_id, quantity FROM idempotency_keys \
         WHERE openid = $1 AND key = $2",
            &[&new.order.openid.as_str(), &new.idempotency_key.as_str()],
        )
        .await?;
    let Some(row) = known else {
        return Ok(None);
    };
    let is_same_wish = rows::product_id(&row, "product_id")? == new.order.product_id
        && rows::count(&row, "quantity")? == new.order.quantity;
    if !is_same_wish {
        return Ok(Some(Placed::Conflict));
    }
    existing(db, &rows::order_id(&row, "order_id")?)
        .await
        .map(Some)
}

async fn existing(db: &Session, id: &OrderId) -> Result<Placed, Failure> {
    let record = read::order(db, id).await?;
    record
        .map(Placed::Existing)
        .ok_or(Failure::Damaged("order of a key"))
}

/// Asking again for the same thing returns the open order, so that nobody reserves the stock away
/// and nobody pays twice by impatience.
async fn open_order_for_the_same(db: &Session, order: &Order) -> Result<Option<OrderId>, Failure> {
    let open = db
        .row(
            "SELECT id FROM orders WHERE openid = $1 AND product_id = $2 AND quantity = $3 \
         AND amount_total = $4 AND status IN ('unprocessed', 'awaiting_confirmation') \
         AND misfit_payment IS NULL AND expires_at > $5 ORDER BY created_at DESC LIMIT 1",
            &[
                &order.openid.as_str(),
                &order.product_id.as_str(),
                &i64::from(order.quantity),
                &order.amount_total.get(),
                &order.created_at.0,
            ],
        )
        .await?;
    open.map(|row| rows::order_id(&row, "id")).transpose()
}

async fn open_orders(db: &Session, order: &Order) -> Result<u32, Failure> {
    let sql = "SELECT count(*) AS open FROM orders WHERE openid = $1 \
         AND status IN ('unprocessed', 'awaiting_confirmation')";
    match db.row(sql, &[&order.openid.as_str()]).await? {
        Some(row) => rows::count(&row, "open"),
        None => Ok(0),
    }
}

async fn remember_key(db: &Session, new: &NewOrder, id: &OrderId) -> Result<(), Failure> {
    db.execute_on(
        1,
        "INSERT INTO idempotency_keys (openid, key, order_id, product_id, quantity, at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            &new.order.openid.as_str(),
            &new.idempotency_key.as_str(),
            &id.as_str(),
            &new.order.product_id.as_str(),
            &i64::from(new.order.quantity),
            &new.order.created_at.0,
        ],
    )
    .await
}
