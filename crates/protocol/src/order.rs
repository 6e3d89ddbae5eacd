//! An order as the buyer sees it.

use serde::{Deserialize, Serialize};

use crate::{
    Benefit, BridgeParams, Fen, IdempotencyKey, OrderId, ProductId, ProductKind, UnixMillis,
};

/// Where an order stands. Wire names in English, the buyer's words in Chinese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// 未处理: issued, not paid as far as we know.
    Unprocessed,
    /// 待确认: the page said something, WeChat has not confirmed.
    AwaitingConfirmation,
    /// 已确认: WeChat confirmed and the benefits are delivered.
    Confirmed,
    /// 已关闭: closed at WeChat, cannot be paid any more.
    Closed,
    /// 退款中: money on its way back.
    Refunding,
    /// 已退款: money back, benefits reversed.
    Refunded,
}

impl OrderStatus {
    /// All of them, in the order of an order's life.
    pub const ALL: [OrderStatus; 6] = [
        OrderStatus::Unprocessed,
        OrderStatus::AwaitingConfirmation,
        OrderStatus::Confirmed,
        OrderStatus::Closed,
        OrderStatus::Refunding,
        OrderStatus::Refunded,
    ];

    /// The wire name, which is also what the page puts into `data-status` and the store keeps.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OrderStatus::Unprocessed => "unprocessed",
            OrderStatus::AwaitingConfirmation => "awaiting_confirmation",
            OrderStatus::Confirmed => "confirmed",
            OrderStatus::Closed => "closed",
            OrderStatus::Refunding => "refunding",
            OrderStatus::Refunded => "refunded",
        }
    }

    /// Reads a wire name.
    #[must_use]
    pub fn parse(text: &str) -> Option<OrderStatus> {
        OrderStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// Something out of the ordinary that the buyer has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// The money arrived after the order was closed and goes back the way it came.
    LatePaymentRefunded,
    /// WeChat reported a payment that does not fit the order; people look into it.
    UnderReview,
}

/// One order of the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderView {
    /// Also the `out_trade_no` at WeChat and the support code.
    pub id: OrderId,
    /// Where it stands.
    pub status: OrderStatus,
    /// Counts the changes of this order; a smaller number is older news.
    pub seq: u64,
    /// What was ordered.
    pub product_id: ProductId,
    /// VIP time or voucher.
    pub product_kind: ProductKind,
    /// Title at the time of the order.
    pub title: String,
    /// Units.
    pub quantity: u32,
    /// To pay, or paid.
    pub amount_total: Fen,
    /// Who sells.
    pub merchant_name: String,
    /// When it was issued.
    pub created_at: UnixMillis,
    /// After this instant it will be closed if it is still unpaid.
    pub expires_at: UnixMillis,
    /// When WeChat confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<UnixMillis>,
    /// The server's clock when this view was made: countdowns run by it, not by the phone's.
    pub server_now: UnixMillis,
    /// Whether the pay sheet may be opened for it now.
    pub is_payable: bool,
    /// Signed parameters for the pay sheet; present in answers to placing an order and to
    /// `POST /api/orders/{id}/bridge`, while the order is payable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bridge: Option<BridgeParams>,
    /// What was delivered; empty until confirmed.
    #[serde(default)]
    pub benefits: Vec<Benefit>,
    /// Set when the buyer must be told something out of the ordinary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<Attention>,
}

/// Body of `POST /api/orders`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// From the catalogue.
    pub product_id: ProductId,
    /// 1 to [`PlaceOrder::QUANTITY_MAX`].
    pub quantity: u32,
    /// The same key with the same content returns the same order; with other content it is refused.
    pub idempotency_key: IdempotencyKey,
}

impl PlaceOrder {
    /// Nobody buys more of one thing on a phone by intention.
    pub const QUANTITY_MAX: u32 = 20;
}

/// Answer of `GET /api/orders`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderListView {
    /// Newest first, at most [`OrderListView::ORDERS_MAX`].
    pub orders: Vec<OrderView>,
}

impl OrderListView {
    /// Older orders are left to support.
    pub const ORDERS_MAX: u32 = 50;
}
