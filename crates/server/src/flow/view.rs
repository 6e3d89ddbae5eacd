//! From what is stored to what the page may see.

use wechat_checkout_gateway::bridge::{BridgeError, bridge_params};
use wechat_checkout_protocol::RefundStatus as ShownStatus;
use wechat_checkout_protocol::{BridgeParams, OrderView, RefundView, UnixMillis};

use crate::app::App;
use crate::order::{Goods, Order, membership};
use crate::store::{OrderRecord, RefundRecord, RefundStatus};

/// The order as its buyer sees it in a list: without bridge parameters, and without what would cost
/// a look at his membership.
#[must_use]
pub fn order_view(app: &App, record: OrderRecord) -> OrderView {
    let OrderRecord {
        order,
        benefits,
        refunds,
    } = record;
    let now = app.clock.now();
    // What the catalogue says now is about what was ordered only while it is called the same.
    let product = app
        .catalog
        .product(&order.product_id)
        .filter(|product| product.title == order.title);
    OrderView {
        title_translations: product
            .map(|product| product.title_translations.clone())
            .unwrap_or_default(),
        validity: product.and_then(|product| product.validity.clone()),
        how_to_use: product.and_then(|product| product.how_to_use.clone()),
        vip_days: vip_days(&order),
        vip_until_if_paid: None,
        is_payable: order.is_payable(now),
        id: order.id,
        status: order.status,
        seq: order.seq,
        product_id: order.product_id,
        product_kind: order.goods.kind(),
        title: order.title,
        quantity: order.quantity,
        amount_total: order.amount_total,
        amount_refunded: order.amount_refunded,
        amount_refunding: order.amount_refunding,
        refunds: refunds.iter().map(refund_view).collect(),
        merchant_name: app.shop.name.clone(),
        created_at: order.created_at,
        expires_at: order.expires_at,
        confirmed_at: order.confirmed_at,
        server_now: now,
        last_query: order.last_query,
        watch_token: None,
        bridge: None,
        benefits,
        attention: order.attention,
    }
}

/// A refund as its buyer sees it.
#[must_use]
pub fn refund_view(refund: &RefundRecord) -> RefundView {
    RefundView {
        out_refund_no: refund.owed.out_refund_no.clone(),
        amount: refund.owed.amount,
        status: match refund.status {
            RefundStatus::Due | RefundStatus::Accepted => ShownStatus::Processing,
            RefundStatus::Succeeded => ShownStatus::Succeeded,
            RefundStatus::Failed => ShownStatus::Failed,
        },
        requested_at: refund.asked_at,
        ended_at: refund.ended_at,
    }
}

/// The order as the page shows it alone: with the end that the buyer's membership would have.
pub async fn single_order_view(app: &App, record: OrderRecord) -> OrderView {
    let vip_until_if_paid = vip_until_if_paid(app, &record.order).await;
    OrderView {
        vip_until_if_paid,
        ..order_view(app, record)
    }
}

/// The same with freshly signed bridge parameters, if it can be paid.
///
/// # Errors
/// When the stored `prepay_id` cannot be signed, which would be a defect.
pub async fn payable_view(app: &App, record: OrderRecord) -> Result<OrderView, BridgeError> {
    let bridge = signed_bridge(app, &record.order)?;
    Ok(OrderView {
        bridge,
        ..single_order_view(app, record).await
    })
}

const fn vip_days(order: &Order) -> Option<u32> {
    match order.goods {
        Goods::Vip { days } => Some(days),
        Goods::Vouchers { .. } => None,
    }
}

/// Absent when the database does not say: the buyer can pay without knowing it.
async fn vip_until_if_paid(app: &App, order: &Order) -> Option<UnixMillis> {
    let now = app.clock.now();
    let days = vip_days(order).filter(|_| order.is_payable(now))?;
    let ends_at = app.store.vip_until(&order.openid).await.ok()?;
    Some(membership::extended(ends_at, days, now))
}

fn signed_bridge(app: &App, order: &Order) -> Result<Option<BridgeParams>, BridgeError> {
    let now = app.clock.now();
    if !order.is_payable(now) {
        return Ok(None);
    }
    let Some(prepay) = order.fresh_prepay(now) else {
        return Ok(None);
    };
    let nonce = crate::ids::nonce();
    let unix_seconds = now.0.div_euclid(1_000);
    bridge_params(&app.merchant, &prepay.id, &nonce, unix_seconds).map(Some)
}
