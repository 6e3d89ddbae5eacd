//! Between SQL rows and orders. A row that is no order is a damaged database, and says so.

use rusqlite::types::Type;
use rusqlite::{Row, Statement, named_params};
use wechat_checkout_protocol::{
    Attention, Fen, LastQuery, OpenId, OrderId, OrderStatus, ProductId, QueriedState, UnixMillis,
};

use crate::order::{Goods, IssuedPrepay, Misfit, Order};

/// A query for what [`order`] reads.
pub(super) fn select_orders(condition: &str) -> String {
    ["SELECT ", ORDER_COLUMNS, " FROM orders ", condition].concat()
}

const ORDER_COLUMNS: &str = "id, openid, product_id, title, quantity, amount_total, \
     vip_days, client_ip, created_at, expires_at, status, seq, prepay_id, prepay_at, \
     transaction_id, confirmed_at, attention, inquiries, inquiry_from, inquiry_due_at, \
     amount_refunding, amount_refunded, refunds, delivered_at, misfit_payment, \
     misfit_open, query_state, query_description, query_at";

/// Why a value is not what its column promises.
#[derive(Debug, thiserror::Error)]
#[error("the stored value is not a valid {0}")]
struct Damaged(&'static str);

pub(super) fn damaged(column: usize, kind: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(Damaged(kind)))
}

pub(super) fn order_id(row: &Row<'_>, column: usize) -> rusqlite::Result<OrderId> {
    OrderId::parse(row.get::<_, String>(column)?).map_err(|_| damaged(column, "order id"))
}

pub(super) fn product_id(row: &Row<'_>, column: usize) -> rusqlite::Result<ProductId> {
    ProductId::parse(row.get::<_, String>(column)?).map_err(|_| damaged(column, "product id"))
}

pub(super) fn fen(row: &Row<'_>, column: usize) -> rusqlite::Result<Fen> {
    Fen::new(row.get(column)?).ok_or_else(|| damaged(column, "amount"))
}

fn millis(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<UnixMillis>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(UnixMillis))
}

pub(super) fn order(row: &Row<'_>) -> rusqlite::Result<Order> {
    let quantity: u32 = row.get(4)?;
    let goods = match row.get::<_, Option<u32>>(6)? {
        Some(days) => Goods::Vip { days },
        None => Goods::Vouchers { count: quantity },
    };
    let prepay = match (row.get::<_, Option<String>>(12)?, millis(row, 13)?) {
        (Some(id), Some(issued_at)) => Some(IssuedPrepay { id, issued_at }),
        _ => None,
    };
    let attention = match row.get::<_, Option<String>>(16)?.as_deref() {
        None => None,
        Some(text) => Some(parse_attention(text).ok_or_else(|| damaged(16, "attention"))?),
    };
    Ok(Order {
        id: order_id(row, 0)?,
        openid: OpenId::parse(row.get::<_, String>(1)?).map_err(|_| damaged(1, "openid"))?,
        product_id: product_id(row, 2)?,
        title: row.get(3)?,
        quantity,
        amount_total: fen(row, 5)?,
        goods,
        client_ip: row
            .get::<_, String>(7)?
            .parse()
            .map_err(|_| damaged(7, "address"))?,
        created_at: UnixMillis(row.get(8)?),
        expires_at: UnixMillis(row.get(9)?),
        status: OrderStatus::parse(&row.get::<_, String>(10)?)
            .ok_or_else(|| damaged(10, "status"))?,
        seq: row.get(11)?,
        prepay,
        transaction_id: row.get(14)?,
        confirmed_at: millis(row, 15)?,
        attention,
        inquiries: row.get(17)?,
        inquiry_from: UnixMillis(row.get(18)?),
        inquiry_due_at: millis(row, 19)?,
        amount_refunding: fen(row, 20)?,
        amount_refunded: fen(row, 21)?,
        refunds: row.get(22)?,
        delivered_at: millis(row, 23)?,
        misfit: match row.get::<_, Option<String>>(24)? {
            Some(transaction_id) => Some(Misfit {
                transaction_id,
                is_open: row.get(25)?,
            }),
            None => None,
        },
        last_query: last_query(row)?,
    })
}

fn last_query(row: &Row<'_>) -> rusqlite::Result<Option<LastQuery>> {
    let (Some(state), Some(at)) = (row.get::<_, Option<String>>(26)?, millis(row, 28)?) else {
        return Ok(None);
    };
    Ok(Some(LastQuery {
        state: QueriedState::parse(&state).ok_or_else(|| damaged(26, "queried state"))?,
        description: row.get(27)?,
        at,
    }))
}

pub(super) const INSERT_ORDER: &str = "INSERT INTO orders (id, openid, product_id, title, \
     quantity, amount_total, vip_days, client_ip, created_at, expires_at, status, seq, prepay_id, \
     prepay_at, transaction_id, confirmed_at, attention, inquiries, inquiry_from, inquiry_due_at, \
     amount_refunding, amount_refunded, refunds, delivered_at, misfit_payment, \
     misfit_open, query_state, query_description, query_at) \
     VALUES (:id, :openid, :product_id, :title, :quantity, :amount_total, :vip_days, :client_ip, \
     :created_at, :expires_at, :status, :seq, :prepay_id, :prepay_at, :transaction_id, \
     :confirmed_at, :attention, :inquiries, :inquiry_from, :inquiry_due_at, :amount_refunding, \
     :amount_refunded, :refunds, :delivered_at, :misfit_payment, \
     :misfit_open, :query_state, :query_description, :query_at)";

pub(super) fn insert_order(insert: &mut Statement<'_>, order: &Order) -> rusqlite::Result<usize> {
    let vip_days = match order.goods {
        Goods::Vip { days } => Some(days),
        Goods::Vouchers { .. } => None,
    };
    insert.execute(named_params! {
        ":id": order.id.as_str(),
        ":openid": order.openid.as_str(),
        ":product_id": order.product_id.as_str(),
        ":title": order.title,
        ":quantity": order.quantity,
        ":amount_total": order.amount_total.get(),
        ":vip_days": vip_days,
        ":client_ip": order.client_ip.to_string(),
        ":created_at": order.created_at.0,
        ":expires_at": order.expires_at.0,
        ":status": order.status.as_str(),
        ":seq": order.seq,
        ":prepay_id": order.prepay.as_ref().map(|prepay| prepay.id.as_str()),
        ":prepay_at": order.prepay.as_ref().map(|prepay| prepay.issued_at.0),
        ":transaction_id": order.transaction_id,
        ":confirmed_at": order.confirmed_at.map(|at| at.0),
        ":attention": order.attention.map(attention_text),
        ":inquiries": order.inquiries,
        ":inquiry_from": order.inquiry_from.0,
        ":inquiry_due_at": order.inquiry_due_at.map(|at| at.0),
        ":amount_refunding": order.amount_refunding.get(),
        ":amount_refunded": order.amount_refunded.get(),
        ":refunds": order.refunds,
        ":delivered_at": order.delivered_at.map(|at| at.0),
        ":misfit_payment": order.misfit.as_ref().map(|misfit| &misfit.transaction_id),
        ":misfit_open": order.has_open_misfit(),
        ":query_state": order.last_query.as_ref().map(|query| query.state.as_str()),
        ":query_description": order.last_query.as_ref().map(|query| &query.description),
        ":query_at": order.last_query.as_ref().map(|query| query.at.0),
    })
}

/// The guard `seq = :before` is the compare-and-set: whoever decided on an older row changes nothing.
pub(super) const UPDATE_ORDER: &str = "UPDATE orders SET status = :status, seq = :seq, \
     prepay_id = :prepay_id, prepay_at = :prepay_at, transaction_id = :transaction_id, \
     confirmed_at = :confirmed_at, attention = :attention, inquiries = :inquiries, \
     inquiry_from = :inquiry_from, inquiry_due_at = :inquiry_due_at, \
     amount_refunding = :amount_refunding, amount_refunded = :amount_refunded, refunds = :refunds, \
     delivered_at = :delivered_at, misfit_payment = :misfit_payment, \
     misfit_open = :misfit_open, query_state = :query_state, \
     query_description = :query_description, query_at = :query_at \
     WHERE id = :id AND seq = :before";

pub(super) fn update_order(
    update: &mut Statement<'_>,
    order: &Order,
    before: u64,
) -> rusqlite::Result<usize> {
    update.execute(named_params! {
        ":id": order.id.as_str(),
        ":before": before,
        ":status": order.status.as_str(),
        ":seq": order.seq,
        ":prepay_id": order.prepay.as_ref().map(|prepay| prepay.id.as_str()),
        ":prepay_at": order.prepay.as_ref().map(|prepay| prepay.issued_at.0),
        ":transaction_id": order.transaction_id,
        ":confirmed_at": order.confirmed_at.map(|at| at.0),
        ":attention": order.attention.map(attention_text),
        ":inquiries": order.inquiries,
        ":inquiry_from": order.inquiry_from.0,
        ":inquiry_due_at": order.inquiry_due_at.map(|at| at.0),
        ":amount_refunding": order.amount_refunding.get(),
        ":amount_refunded": order.amount_refunded.get(),
        ":refunds": order.refunds,
        ":delivered_at": order.delivered_at.map(|at| at.0),
        ":misfit_payment": order.misfit.as_ref().map(|misfit| &misfit.transaction_id),
        ":misfit_open": order.has_open_misfit(),
        ":query_state": order.last_query.as_ref().map(|query| query.state.as_str()),
        ":query_description": order.last_query.as_ref().map(|query| &query.description),
        ":query_at": order.last_query.as_ref().map(|query| query.at.0),
    })
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
