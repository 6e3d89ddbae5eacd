//! Giving, reserving and taking back goods, inside the transaction of the change that causes it.

use tokio_postgres::Row;
use wechat_checkout_protocol::{Benefit, OrderId, ProductId, UnixMillis};

use super::session::{Failure, Session};
use super::{buyer, read};
use crate::order::membership::{self, VipGrant};
use crate::order::{Goods, Order};

/// Gives what was paid for, and says what that is.
pub(super) async fn deliver(
    db: &Session,
    order: &Order,
    now: UnixMillis,
) -> Result<Vec<Benefit>, Failure> {
    match order.goods {
        Goods::Vip { days } => extend_vip(db, order, days, now).await,
        Goods::Vouchers { count } => hand_over_codes(db, order, count, now).await,
    }
}

/// Membership extends from its end, or from now if it ended.
async fn extend_vip(
    db: &Session,
    order: &Order,
    days: u32,
    now: UnixMillis,
) -> Result<Vec<Benefit>, Failure> {
    let (sql, openid) = (read::VIP_UNTIL, order.openid.as_str());
    let newest = buyer::lock_and_read(db, &order.openid, (sql, &[&openid])).await?;
    let until = membership::extended(read::vip_until(newest.as_ref())?, days, now);
    enter_vip(db, order, "grant", days, now, until).await?;
    Ok(vec![Benefit::Vip { until }])
}

/// Takes back the days of one order that are not used up, and leaves those of all others.
async fn reverse_vip(
    db: &Session,
    order: &Order,
    days: u32,
    now: UnixMillis,
) -> Result<(), Failure> {
    buyer::lock(db, &order.openid).await?;
    let mut grants = read::vip_grants(db, &order.openid).await?;
    for (id, grant) in &mut grants {
        if *id == order.id {
            grant.reversed_at = Some(now);
        }
    }
    let grants: Vec<VipGrant> = grants.into_iter().map(|(_, grant)| grant).collect();
    let until = membership::ends_at(&grants).unwrap_or(now);
    enter_vip(db, order, "reversal", days, now, until).await
}

/// The unique key is (order, kind): a second delivery of one order cannot be written.
async fn enter_vip(
    db: &Session,
    order: &Order,
    kind: &str,
    days: u32,
    at: UnixMillis,
    until: UnixMillis,
) -> Result<(), Failure> {
    db.execute_on(
        1,
        "INSERT INTO vip_ledger (order_id, kind, openid, days, at, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            &order.id.as_str(),
            &kind,
            &order.openid.as_str(),
            &i64::from(days),
            &at.0,
            &until.0,
        ],
    )
    .await
}

/// Marks the reserved codes as delivered; a late payment reserves again first.
async fn hand_over_codes(
    db: &Session,
    order: &Order,
    count: u32,
    now: UnixMillis,
) -> Result<Vec<Benefit>, Failure> {
    let mut codes = hand_over_reserved(db, &order.id, now).await?;
    if codes.is_empty()
        && let Some(free) = free_codes(db, &order.product_id, count).await?
    {
        reserve(db, &order.id, &free).await?;
        codes = hand_over_reserved(db, &order.id, now).await?;
    }
    let delivered = u64::try_from(codes.len()).unwrap_or(u64::MAX);
    if delivered != u64::from(count) {
        return Err(Failure::Rows(delivered));
    }
    codes.sort_unstable();
    Ok(codes
        .into_iter()
        .map(|code| Benefit::Voucher { code })
        .collect())
}

async fn hand_over_reserved(
    db: &Session,
    id: &OrderId,
    now: UnixMillis,
) -> Result<Vec<String>, Failure> {
    let sql = "UPDATE vouchers SET delivered_at = $2 \
         WHERE order_id = $1 AND delivered_at IS NULL RETURNING code";
    let delivered = db.rows(sql, &[&id.as_str(), &now.0]).await?;
    codes(&delivered)
}

/// Takes back what an order delivered.
pub(super) async fn reverse(db: &Session, order: &Order, now: UnixMillis) -> Result<(), Failure> {
    match order.goods {
        Goods::Vip { days } => reverse_vip(db, order, days, now).await,
        Goods::Vouchers { .. } => {
            let sql = "UPDATE vouchers SET revoked_at = $2 \
                 WHERE order_id = $1 AND delivered_at IS NOT NULL AND revoked_at IS NULL";
            db.execute(sql, &[&order.id.as_str(), &now.0]).await?;
            Ok(())
        }
    }
}

pub(super) async fn release(db: &Session, id: &OrderId) -> Result<(), Failure> {
    let sql = "UPDATE vouchers SET order_id = NULL WHERE order_id = $1 AND delivered_at IS NULL";
    db.execute(sql, &[&id.as_str()]).await?;
    Ok(())
}

/// That many codes nobody has, kept from others until the transaction ends; `None` when there are
/// fewer. Codes that another transaction is taking just now count as taken: waiting for it would
/// line up all buyers of a product, and it hardly ever gives them back.
pub(super) async fn free_codes(
    db: &Session,
    product_id: &ProductId,
    count: u32,
) -> Result<Option<Vec<String>>, Failure> {
    let found = db
        .rows(
            "SELECT code FROM vouchers WHERE product_id = $1 AND order_id IS NULL LIMIT $2 \
         FOR UPDATE SKIP LOCKED",
            &[&product_id.as_str(), &i64::from(count)],
        )
        .await?;
    let codes = codes(&found)?;
    Ok((u32::try_from(codes.len()) == Ok(count)).then_some(codes))
}

fn codes(rows: &[Row]) -> Result<Vec<String>, Failure> {
    rows.iter().map(|row| Ok(row.try_get("code")?)).collect()
}

pub(super) async fn reserve(db: &Session, id: &OrderId, codes: &[String]) -> Result<(), Failure> {
    if codes.is_empty() {
        return Ok(());
    }
    let wanted = u64::try_from(codes.len()).unwrap_or(u64::MAX);
    let sql = "UPDATE vouchers SET order_id = $1 WHERE code = ANY($2) AND order_id IS NULL";
    db.execute_on(wanted, sql, &[&id.as_str(), &codes]).await
}

/// Adds codes that are not known yet.
pub(super) async fn stock_up(
    db: &Session,
    product_id: &ProductId,
    codes: &[String],
) -> Result<(), Failure> {
    let sql = "INSERT INTO vouchers (code, product_id) SELECT unnest($2::TEXT[]), $1 \
         ON CONFLICT DO NOTHING";
    db.execute(sql, &[&product_id.as_str(), &codes]).await?;
    Ok(())
}
