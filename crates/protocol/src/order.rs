//! An order as the buyer sees it.

use serde::{Deserialize, Serialize};

use crate::{
    Benefit, BridgeParams, Fen, IdempotencyKey, LocalText, OrderId, ProductId, ProductKind,
    RefundView, Translations, UnixMillis,
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

/// What WeChat said when it was last asked about the order's payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueriedState {
    /// `NOTPAY`: no payment found. Not final: the buyer may still be at it.
    NotPaid,
    /// `USERPAYING` or `ACCEPT`: a payment is under way.
    Paying,
    /// `PAYERROR`: a payment failed; another may follow.
    PayError,
    /// `CLOSED` or `REVOKED`: it cannot be paid any more, and was not.
    Closed,
    /// `SUCCESS` or `REFUND`: money moved.
    Paid,
    /// No clear answer, or one that this build does not know.
    #[serde(other)]
    Unclear,
}

impl QueriedState {
    /// All of them.
    pub const ALL: [QueriedState; 6] = [
        QueriedState::NotPaid,
        QueriedState::Paying,
        QueriedState::PayError,
        QueriedState::Closed,
        QueriedState::Paid,
        QueriedState::Unclear,
    ];

    /// The wire name, which the store keeps, too.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            QueriedState::NotPaid => "not_paid",
            QueriedState::Paying => "paying",
            QueriedState::PayError => "pay_error",
            QueriedState::Closed => "closed",
            QueriedState::Paid => "paid",
            QueriedState::Unclear => "unclear",
        }
    }

    /// Reads a wire name.
    #[must_use]
    pub fn parse(text: &str) -> Option<QueriedState> {
        QueriedState::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// An answer of WeChat's to a query about the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastQuery {
    /// What it means.
    pub state: QueriedState,
    /// WeChat's own sentence (`trade_state_desc`), made for buyers; at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was given.
    pub at: UnixMillis,
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
    /// The same in the page's other languages, while the catalogue still has this title.
    #[serde(default, skip_serializing_if = "Translations::is_empty")]
    pub title_translations: Translations,
    /// How long and where it is valid, from the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<LocalText>,
    /// How to use what was bought, from the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how_to_use: Option<LocalText>,
    /// Days of membership that all units together give; `None` for vouchers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vip_days: Option<u32>,
    /// End of the membership if the order is paid now; only while it is payable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vip_until_if_paid: Option<UnixMillis>,
    /// Units.
    pub quantity: u32,
    /// To pay, or paid.
    pub amount_total: Fen,
    /// Of it, already back with the buyer.
    #[serde(default)]
    pub amount_refunded: Fen,
    /// Of it, on the way back.
    #[serde(default)]
    pub amount_refunding: Fen,
    /// Every sum that goes or went back, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<RefundView>,
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
    /// What WeChat said when it was last asked, while the order is unpaid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_query: Option<LastQuery>,
    /// Opens the watch socket of this order, for minutes: take it from the newest answer to placing,
    /// reading or `POST /api/orders/{id}/bridge`. Absent in lists and in frames of the socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch_token: Option<String>,
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
