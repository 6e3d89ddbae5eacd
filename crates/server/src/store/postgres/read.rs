//! Reading orders and what they delivered.

use std::collections::HashMap;

use futures_util::future::try_join;
use tokio_postgres::Row;
use wechat_checkout_protocol::benefit::OwnedVoucher;
use wechat_checkout_protocol::{
    Benefit, BenefitsView, OpenId, OrderId, OrderStatus, ProductId, UnixMillis,
};

use super::session::{Failure, Session};
use super::{refunds, rows};
use crate::order::membership::{self, VipGrant};
use crate::order::{Goods, Order};
use crate::store::OrderRecord;

/// A buyer's vouchers beyond this many are left to support.
const VOUCHERS_SHOWN_MAX: i64 = 200;

pub(super) async fn order(db: &Session, id: &OrderId) -> Result<Option<OrderRecord>, Failure> {
    let sql = rows::select_orders("WHERE id = $1");
    match db.row(&sql, &[&id.as_str()]).await? {
        Some(row) => record(db, rows::order(&row)?).await.map(Some),
        None => Ok(None),
    }
}

/// Adds to an order what it delivered and what went back.
pub(super) async fn record(db: &Session, order: Order) -> Result<OrderRecord, Failure> {
    let (benefits, refunds) = match order.status {
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            try_join(benefits(db, &order), refunds::of_order(db, &order.id)).await?
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

async fn benefits(db: &Session, order: &Order) -> Result<Vec<Benefit>, Failure> {
    match order.goods {
        Goods::Vip { .. } => {
            let until = carried_to(db, order).await?;
            Ok(until
                .map(|until| Benefit::Vip { until })
                .into_iter()
                .collect())
        }
        Goods::Vouchers { .. } => codes(db, order).await,
    }
}

/// The codes that an order delivered.
pub(super) async fn codes(db: &Session, order: &Order) -> Result<Vec<Benefit>, Failure> {
    let sql = "SELECT code FROM vouchers \
         WHERE order_id = $1 AND delivered_at IS NOT NULL ORDER BY code";
    let delivered = db.rows(sql, &[&order.id.as_str()]).await?;
    delivered
        .iter()
        .map(|row| {
            Ok(Benefit::Voucher {
                code: row.try_get("code")?,
            })
        })
        .collect()
}

/// What the order's entry in the ledger says, unless days of its buyer were taken back since: then
/// all is counted anew.
async fn carried_to(db: &Session, order: &Order) -> Result<Option<UnixMillis>, Failure> {
    let sql = "SELECT until_at, EXISTS (SELECT 1 FROM vip_ledger AS later \
         WHERE later.openid = grants.openid AND later.entry > grants.entry \
         AND later.kind = 'reversal') AS is_moved \
         FROM vip_ledger AS grants WHERE order_id = $1 AND kind = 'grant'";
    let Some(granted) = db.row(sql, &[&order.id.as_str()]).await? else {
        return Ok(None);
    };
    if granted.try_get("is_moved")? {
        let grants = vip_grants(db, &order.openid).await?;
        return Ok(membership::carried_to(&grants, &order.id));
    }
    rows::at(&granted, "until_at").map(Some)
}

pub(super) async fn orders_of(
    db: &Session,
    openid: &OpenId,
    limit: u32,
) -> Result<Vec<OrderRecord>, Failure> {
    let sql = rows::select_orders("WHERE openid = $1 ORDER BY created_at DESC LIMIT $2");
    let found = db
        .rows(&sql, &[&openid.as_str(), &i64::from(limit)])
        .await?;
    let mut records = Vec::with_capacity(found.len());
    for row in &found {
        records.push(record(db, rows::order(row)?).await?);
    }
    Ok(records)
}

/// A buyer's newest entry: the end of a membership is what that says.
pub(super) const VIP_UNTIL: &str =
    "SELECT until_at FROM vip_ledger WHERE openid = $1 ORDER BY entry DESC LIMIT 1";

/// What [`VIP_UNTIL`] found.
pub(super) fn vip_until(newest: Option<&Row>) -> Result<Option<UnixMillis>, Failure> {
    newest.map(|row| rows::at(row, "until_at")).transpose()
}

/// The end of a buyer's membership.
pub(super) async fn vip_until_of(
    db: &Session,
    openid: &OpenId,
) -> Result<Option<UnixMillis>, Failure> {
    vip_until(db.row(VIP_UNTIL, &[&openid.as_str()]).await?.as_ref())
}

/// What every order of a buyer granted, oldest first.
pub(super) async fn vip_grants(
    db: &Session,
    openid: &OpenId,
) -> Result<Vec<(OrderId, VipGrant)>, Failure> {
    let sql = "SELECT grants.order_id, grants.days, grants.at, reversals.at AS reversed_at \
         FROM vip_ledger AS grants LEFT JOIN vip_ledger AS reversals \
         ON reversals.order_id = grants.order_id AND reversals.kind = 'reversal' \
         WHERE grants.openid = $1 AND grants.kind = 'grant' ORDER BY grants.entry";
    let found = db.rows(sql, &[&openid.as_str()]).await?;
    let grant = |row: &Row| {
        let grant = VipGrant {
            days: rows::count(row, "days")?,
            granted_at: rows::at(row, "at")?,
            reversed_at: rows::at_maybe(row, "reversed_at")?,
        };
        Ok((rows::order_id(row, "order_id")?, grant))
    };
    found.iter().map(grant).collect()
}

pub(super) async fn benefits_of(db: &Session, openid: &OpenId) -> Result<BenefitsView, Failure> {
    let owned = db
        .rows(
            "SELECT orders.id, orders.title, vouchers.code FROM orders \
         JOIN vouchers ON vouchers.order_id = orders.id \
         WHERE orders.openid = $1 AND vouchers.delivered_at IS NOT NULL \
         AND vouchers.revoked_at IS NULL \
         ORDER BY orders.created_at DESC, vouchers.code LIMIT $2",
            &[&openid.as_str(), &VOUCHERS_SHOWN_MAX],
        )
        .await?;
    let vouchers = owned.iter().map(|row| {
        Ok(OwnedVoucher {
            order_id: rows::order_id(row, "id")?,
            title: row.try_get("title")?,
            code: row.try_get("code")?,
        })
    });
    Ok(BenefitsView {
        vouchers: vouchers.collect::<Result<_, Failure>>()?,
        vip_until: vip_until_of(db, openid).await?,
    })
}

pub(super) async fn stock_left(db: &Session) -> Result<HashMap<ProductId, u32>, Failure> {
    let free = db
        .rows(
            "SELECT product_id, count(*) AS units FROM vouchers WHERE order_id IS NULL \
         GROUP BY product_id",
            &[],
        )
        .await?;
    free.iter()
        .map(|row| {
            Ok((
                rows::product_id(row, "product_id")?,
                rows::count(row, "units")?,
            ))
        })
        .collect()
}

pub(super) async fn next_inquiry_at(db: &Session) -> Result<Option<UnixMillis>, Failure> {
    let sql = "SELECT min(inquiry_due_at) AS due_at FROM orders WHERE inquiry_due_at IS NOT NULL";
    earliest(db, sql).await
}

/// Reads the one value `due_at`.
pub(super) async fn earliest(db: &Session, sql: &str) -> Result<Option<UnixMillis>, Failure> {
    match db.row(sql, &[]).await? {
        Some(row) => rows::at_maybe(&row, "due_at"),
        None => Ok(None),
    }
}
