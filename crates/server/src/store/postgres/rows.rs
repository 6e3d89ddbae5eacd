//! Between SQL rows and orders. A row that is no order is a damaged database, and says so.

use tokio_postgres::Row;
use wechat_checkout_protocol::{
    Attention, Fen, LastQuery, OpenId, OrderId, OrderStatus, ProductId, QueriedState, UnixMillis,
};

use super::session::{Failure, Session};
use crate::order::{Goods, IssuedPrepay, Misfit, Order};

/// A query for what [`order`] reads. The columns are named, since a newer version of this program
/// may add some while this one runs.
pub(super) fn select_orders(condition: &str) -> String {
    ["SELECT ", ORDER_COLUMNS, " FROM orders ", condition].concat()
}

const ORDER_COLUMNS: &str = "id, openid, product_id, title, quantity, amount_total, vip_days, \
     client_ip, created_at, expires_at, status, seq, prepay_id, prepay_at, transaction_id, \
     confirmed_at, amount_refunding, amount_refunded, refunds, attention, inquiries, \
     inquiry_from, inquiry_due_at, delivered_at, misfit_payment, misfit_open, query_state, \
     query_description, query_at";

pub(super) fn order_id(row: &Row, column: &str) -> Result<OrderId, Failure> {
    OrderId::parse(row.try_get::<_, String>(column)?).map_err(|_| Failure::Damaged("order id"))
}

pub(super) fn product_id(row: &Row, column: &str) -> Result<ProductId, Failure> {
    ProductId::parse(row.try_get::<_, String>(column)?).map_err(|_| Failure::Damaged("product id"))
}

pub(super) fn fen(row: &Row, column: &str) -> Result<Fen, Failure> {
    Fen::new(row.try_get(column)?).ok_or(Failure::Damaged("amount"))
}

/// PostgreSQL has no unsigned integers: all numbers are BIGINT there.
pub(super) fn count(row: &Row, column: &str) -> Result<u32, Failure> {
    u32::try_from(row.try_get::<_, i64>(column)?).map_err(|_| Failure::Damaged("count"))
}

pub(super) fn seq(row: &Row, column: &str) -> Result<u64, Failure> {
    u64::try_from(row.try_get::<_, i64>(column)?).map_err(|_| Failure::Damaged("sequence number"))
}

pub(super) fn seq_value(seq: u64) -> Result<i64, Failure> {
    i64::try_from(seq).map_err(|_| Failure::Damaged("sequence number"))
}

pub(super) fn at(row: &Row, column: &str) -> Result<UnixMillis, Failure> {
    Ok(UnixMillis(row.try_get(column)?))
}

pub(super) fn at_maybe(row: &Row, column: &str) -> Result<Option<UnixMillis>, Failure> {
    Ok(row.try_get::<_, Option<i64>>(column)?.map(UnixMillis))
}

pub(super) fn order(row: &Row) -> Result<Order, Failure> {
    let quantity = count(row, "quantity")?;
    let goods = match row.try_get::<_, Option<i64>>("vip_days")? {
        Some(_) => Goods::Vip {
            days: count(row, "vip_days")?,
        },
        None => Goods::Vouchers { count: quantity },
    };
    let prepay = match (row.try_get("prepay_id")?, at_maybe(row, "prepay_at")?) {
        (Some(id), Some(issued_at)) => Some(IssuedPrepay { id, issued_at }),
        _ => None,
    };
    let attention = match row.try_get::<_, Option<&str>>("attention")? {
        None => None,
        Some(text) => Some(parse_attention(text).ok_or(Failure::Damaged("attention"))?),
    };
    Ok(Order {
        id: order_id(row, "id")?,
        openid: OpenId::parse(row.try_get::<_, String>("openid")?)
            .map_err(|_| Failure::Damaged("openid"))?,
        product_id: product_id(row, "product_id")?,
        title: row.try_get("title")?,
        quantity,
        amount_total: fen(row, "amount_total")?,
        goods,
        client_ip: row.try_get("client_ip")?,
        created_at: at(row, "created_at")?,
        expires_at: at(row, "expires_at")?,
        status: OrderStatus::parse(row.try_get("status")?).ok_or(Failure::Damaged("status"))?,
        seq: seq(row, "seq")?,
        prepay,
        transaction_id: row.try_get("transaction_id")?,
        confirmed_at: at_maybe(row, "confirmed_at")?,
        amount_refunding: fen(row, "amount_refunding")?,
        amount_refunded: fen(row, "amount_refunded")?,
        refunds: count(row, "refunds")?,
        delivered_at: at_maybe(row, "delivered_at")?,
        misfit: match row.try_get("misfit_payment")? {
            Some(transaction_id) => Some(Misfit {
                transaction_id,
                is_open: row.try_get("misfit_open")?,
            }),
            None => None,
        },
        last_query: last_query(row)?,
        attention,
        inquiries: count(row, "inquiries")?,
        inquiry_from: at(row, "inquiry_from")?,
        inquiry_due_at: at_maybe(row, "inquiry_due_at")?,
    })
}

fn last_query(row: &Row) -> Result<Option<LastQuery>, Failure> {
    let state = row.try_get::<_, Option<&str>>("query_state")?;
    let (Some(state), Some(at)) = (state, at_maybe(row, "query_at")?) else {
        return Ok(None);
    };
    Ok(Some(LastQuery {
        state: QueriedState::parse(state).ok_or(Failure::Damaged("queried state"))?,
        description: row.try_get("query_description")?,
        at,
    }))
}

/// Writes a new order.
pub(super) async fn insert_order(db: &Session, order: &Order) -> Result<(), Failure> {
    let vip_days = match order.goods {
        Goods::Vip { days } => Some(i64::from(days)),
        Goods::Vouchers { .. } => None,
    };
    db.execute_on(
        1,
        "INSERT INTO orders (id, seq, status, prepay_id, prepay_at, transaction_id, confirmed_at, \
         amount_refunding, amount_refunded, refunds, attention, inquiries, inquiry_from, \
         inquiry_due_at, openid, product_id, title, quantity, amount_total, vip_days, client_ip, \
         created_at, expires_at, delivered_at, misfit_payment, misfit_open, query_state, \
         query_description, query_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
         $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, \
         $29)",
        &[
            &order.id.as_str(),
            &seq_value(order.seq)?,
            &order.status.as_str(),
            &order.prepay.as_ref().map(|prepay| prepay.id.as_str()),
            &order.prepay.as_ref().map(|prepay| prepay.issued_at.0),
            &order.transaction_id,
            &order.confirmed_at.map(|at| at.0),
            &order.amount_refunding.get(),
            &order.amount_refunded.get(),
            &i64::from(order.refunds),
            &order.attention.map(attention_text),
            &i64::from(order.inquiries),
            &order.inquiry_from.0,
            &order.inquiry_due_at.map(|at| at.0),
            &order.openid.as_str(),
            &order.product_id.as_str(),
            &order.title,
            &i64::from(order.quantity),
            &order.amount_total.get(),
            &vip_days,
            &order.client_ip,
            &order.created_at.0,
            &order.expires_at.0,
            &order.delivered_at.map(|at| at.0),
            &order.misfit.as_ref().map(|misfit| &misfit.transaction_id),
            &order.has_open_misfit(),
            &order.last_query.as_ref().map(|query| query.state.as_str()),
            &order.last_query.as_ref().map(|query| &query.description),
            &order.last_query.as_ref().map(|query| query.at.0),
        ],
    )
    .await
}

/// Writes where an order stands now. The guard on `seq` is the compare-and-set: whoever decided on
/// an older row changes nothing.
pub(super) async fn update_order(db: &Session, order: &Order, before: u64) -> Result<(), Failure> {
    db.execute_on(
        1,
        "UPDATE orders SET seq = $3, status = $4, prepay_id = $5, prepay_at = $6, \
         transaction_id = $7, confirmed_at = $8, amount_refunding = $9, amount_refunded = $10, \
         refunds = $11, attention = $12, inquiries = $13, inquiry_from = $14, \
         inquiry_due_at = $15, delivered_at = $16, misfit_payment = $17, \
         misfit_open = $18, query_state = $19, query_description = $20, query_at = $21 \
         WHERE id = $1 AND seq = $2",
        &[
            &order.id.as_str(),
            &seq_value(before)?,
            &seq_value(order.seq)?,
            &order.status.as_str(),
            &order.prepay.as_ref().map(|prepay| prepay.id.as_str()),
            &order.prepay.as_ref().map(|prepay| prepay.issued_at.0),
            &order.transaction_id,
            &order.confirmed_at.map(|at| at.0),
            &order.amount_refunding.get(),
            &order.amount_refunded.get(),
            &i64::from(order.refunds),
            &order.attention.map(attention_text),
            &i64::from(order.inquiries),
            &order.inquiry_from.0,
            &order.inquiry_due_at.map(|at| at.0),
            &order.delivered_at.map(|at| at.0),
            &order.misfit.as_ref().map(|misfit| &misfit.transaction_id),
            &order.has_open_misfit(),
            &order.last_query.as_ref().map(|query| query.state.as_str()),
            &order.last_query.as_ref().map(|query| &query.description),
            &order.last_query.as_ref().map(|query| query.at.0),
        ],
    )
    .await
}

const fn attention_text(attention: Attention) -> &'static str {
    match attention {
        Attention::LatePaymentRefunded => "late_payment_refunded",
        Attention::UnderReview => "under_review",
    }
}

fn parse_attention(text: &str) -> Option<Attention> {
    [Attention::LatePaymentRefunded, Attention::UnderReview]
        .into_iter()
        .find(|attention| attention_text(*attention) == text)
}
