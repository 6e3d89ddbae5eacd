//! Places an order: price from the catalogue, goods reserved, session to pay from WeChat.
//!
//! 1. One database transaction stores the order 未处理, reserves its goods and remembers the key.
//! 2. `unifiedorder` at WeChat, with terms that never change: a repeat is the same order there.
//! 3. One database transaction stores the `prepay_id`.
//!
//! If the process dies between 1 and 2 or 2 and 3, the buyer's retry finds the order by its key
//! and goes on at 2; nobody is charged, since nobody could open the sheet. An order that is never
//! retried expires, is found absent or unpaid at WeChat, and gives its goods back.

use std::net::IpAddr;

use wechat_checkout_gateway::bridge::BridgeError;
use wechat_checkout_gateway::{CallError, ErrCode, UnifiedOrder, beijing};
use wechat_checkout_protocol::{OpenId, OrderView, PlaceOrder};

use super::inquire::inquire;
use super::view::{payable_view, single_order_view};
use crate::app::App;
use crate::ids;
use crate::order::{IssuedPrepay, Order, OrderEvent, Refusal, Terms};
use crate::store::{Advanced, NewOrder, OrderRecord, Placed, StoreError};

/// WeChat closes the order by itself this long after us, should our own closing not happen. Not
/// earlier: we close first, and then know it.
const WECHAT_EXPIRES_LATER_MS: i64 = 5 * 60 * 1000;

/// Why there is no order.
#[derive(Debug, thiserror::Error)]
pub enum PlaceOrderError {
    /// The catalogue has no such product.
    #[error("no such product")]
    UnknownProduct,
    /// Nobody may order that many.
    #[error("quantity out of range")]
    Quantity,
    /// The key stands for another wish.
    #[error("the idempotency key was used for another order")]
    Conflict,
    /// Not enough left.
    #[error("sold out")]
    SoldOut,
    /// Pay or wait for one of the others first.
    #[error("too many open orders")]
    TooManyOpen,
    /// WeChat did not issue a session to pay.
    #[error("no session to pay")]
    Prepay(#[from] PrepayError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why there is no session to pay an order.
#[derive(Debug, thiserror::Error)]
pub enum PrepayError {
    /// WeChat refused or did not answer.
    #[error("unifiedorder failed")]
    Gateway(#[source] CallError),
    /// The `prepay_id` cannot be signed.
    #[error("cannot sign the bridge parameters")]
    Bridge(#[from] BridgeError),
    /// The order ended meanwhile.
    #[error("the order can no longer be paid: {}", .0.as_str())]
    Refused(Refusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Issues the order that the buyer wishes, or the one he already has for this wish.
///
/// # Errors
/// See [`PlaceOrderError`]; nothing is charged in any case.
pub async fn place_order(
    app: &App,
    openid: &OpenId,
    client_ip: IpAddr,
    wish: PlaceOrder,
) -> Result<OrderView, PlaceOrderError> {
    let new = NewOrder {
        order: terms(app, openid, client_ip, &wish)?,
        idempotency_key: wish.idempotency_key,
        open_orders_max: app.open_orders_max,
    };
    let record = match app.store.place(new).await? {
        Placed::New(record) => {
            tracing::info!(order.id = %record.order.id, "order placed");
            metrics::counter!("orders_placed").increment(1);
            record
        }
        Placed::Existing(record) => record,
        Placed::Conflict => return Err(PlaceOrderError::Conflict),
        Placed::SoldOut => return Err(PlaceOrderError::SoldOut),
        Placed::TooManyOpen => return Err(PlaceOrderError::TooManyOpen),
    };
    Ok(with_prepay(app, record).await?)
}

/// The view of an order with signed bridge parameters; asks WeChat for a session if the order is
/// payable and has none that is fresh.
///
/// # Errors
/// See [`PrepayError`].
pub async fn with_prepay(app: &App, record: OrderRecord) -> Result<OrderView, PrepayError> {
    let now = app.clock.now();
    if !record.order.is_payable(now) || record.order.fresh_prepay(now).is_some() {
        return Ok(payable_view(app, record).await?);
    }
    let prepay = match app.gateway.unifiedorder(&request(app, &record.order)).await {
        Ok(prepay) => prepay,
        // Paid already, and the news is late: ask, instead of telling the buyer that it failed.
        Err(CallError::Refused {
            code: ErrCode::OrderPaid,
            ..
        }) => {
            let _ = inquire(app, &record.order.id).await?;
            let paid = app.store.order(&record.order.id).await?;
            return Ok(single_order_view(app, paid.unwrap_or(record)).await);
        }
        Err(error) => {
            metrics::counter!("unifiedorder_failures").increment(1);
            return Err(PrepayError::Gateway(error));
        }
    };
    let issued = IssuedPrepay {
        id: prepay.prepay_id.clone(),
        issued_at: now,
    };
    let event = OrderEvent::PrepayIssued(issued);
    match app
        .store
        .advance(&record.order.id, event, app.clock.now())
        .await?
    {
        Advanced::Applied(record) | Advanced::AlreadyApplied(record) => {
            Ok(payable_view(app, record).await?)
        }
        Advanced::Refused(refusal) | Advanced::Flagged(refusal) => {
            Err(PrepayError::Refused(refusal))
        }
        Advanced::Unknown => Err(PrepayError::Store(StoreError::Unavailable)),
    }
}

fn terms(
    app: &App,
    openid: &OpenId,
    client_ip: IpAddr,
    wish: &PlaceOrder,
) -> Result<Order, PlaceOrderError> {
    let product = app
        .catalog
        .product(&wish.product_id)
        .ok_or(PlaceOrderError::UnknownProduct)?;
    if wish.quantity == 0 || wish.quantity > PlaceOrder::QUANTITY_MAX {
        return Err(PlaceOrderError::Quantity);
    }
    let goods = product
        .goods(wish.quantity)
        .ok_or(PlaceOrderError::Quantity)?;
    let amount_total = product
        .price
        .checked_mul(wish.quantity)
        .ok_or(PlaceOrderError::Quantity)?;
    let now = app.clock.now();
    Ok(Order::placed(Terms {
        id: ids::order_id(),
        openid: openid.clone(),
        product_id: product.id.clone(),
        title: product.title.clone(),
        quantity: wish.quantity,
        amount_total,
        goods,
        client_ip,
        created_at: now,
        expires_at: now.plus_ms(app.orders_expire_after_ms),
    }))
}

/// Made of the order alone, so that asking again asks for exactly the same.
fn request(app: &App, order: &Order) -> UnifiedOrder {
    let beijing =
        |at: wechat_checkout_protocol::UnixMillis| beijing::format(at.0.div_euclid(1_000));
    let mut request = UnifiedOrder::jsapi(
        order.title.as_str(),
        order.id.as_str(),
        order.amount_total,
        order.client_ip,
        app.notify_url.clone(),
        order.openid.clone(),
    );
    request.time_start = Some(beijing(order.created_at));
    request.time_expire = Some(beijing(order.expires_at.plus_ms(WECHAT_EXPIRES_LATER_MS)));
    request
}
