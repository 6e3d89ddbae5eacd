//! From what is stored to what the page may see.

use wechat_checkout_gateway::bridge::{BridgeError, bridge_params};
use wechat_checkout_protocol::{BridgeParams, Fen, OrderView, Translations};

use crate::app::App;
use crate::order::Order;
use crate::store::OrderRecord;

/// The order as its buyer sees it, without bridge parameters.
#[must_use]
pub fn order_view(app: &App, record: OrderRecord) -> OrderView {
    let OrderRecord { order, benefits } = record;
    let now = app.clock.now();
    OrderView {
        is_payable: order.is_payable(now),
        id: order.id,
        status: order.status,
        seq: order.seq,
        product_id: order.product_id,
        product_kind: order.goods.kind(),
        title: order.title,
        title_translations: Translations::default(),
        validity: None,
        how_to_use: None,
        vip_days: None,
        vip_until_if_paid: None,
        quantity: order.quantity,
        amount_total: order.amount_total,
        amount_refunded: Fen::ZERO,
        amount_refunding: Fen::ZERO,
        refunds: Vec::new(),
        merchant_name: app.merchant_name.clone(),
        created_at: order.created_at,
        expires_at: order.expires_at,
        confirmed_at: order.confirmed_at,
        server_now: now,
        last_query: None,
        watch_token: None,
        bridge: None,
        benefits,
        attention: order.attention,
    }
}

/// The order with freshly signed bridge parameters, if it can be paid.
///
/// # Errors
/// When the stored `prepay_id` cannot be signed, which would be a defect.
pub fn payable_view(app: &App, record: OrderRecord) -> Result<OrderView, BridgeError> {
    let bridge = signed_bridge(app, &record.order)?;
    Ok(OrderView {
        bridge,
        ..order_view(app, record)
    })
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
