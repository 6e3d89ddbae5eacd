//! What an order is: terms frozen when it was issued, and where it stands now.

use std::net::IpAddr;

use wechat_checkout_protocol::{
    Attention, Fen, LastQuery, OpenId, OrderId, OrderStatus, ProductId, ProductKind, UnixMillis,
};

use super::inquiry;

/// What the buyer gets for his money, frozen when the order is placed: a later change of the
/// catalogue never changes an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goods {
    /// Days of membership for the whole order.
    Vip {
        /// All units together.
        days: u32,
    },
    /// Voucher codes, reserved in the stock when the order is placed.
    Vouchers {
        /// How many.
        count: u32,
    },
}

impl Goods {
    /// The kind as the page knows it.
    #[must_use]
    pub const fn kind(self) -> ProductKind {
        match self {
            Goods::Vip { .. } => ProductKind::Vip,
            Goods::Vouchers { .. } => ProductKind::Voucher,
        }
    }
}

/// WeChat's session for paying an order (预支付交易会话).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedPrepay {
    /// `prepay_id`.
    pub id: String,
    /// When WeChat issued it; it lives two hours.
    pub issued_at: UnixMillis,
}

/// A payment that WeChat vouches for and that does not fit its order: people send it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// WeChat's number of it.
    pub transaction_id: String,
    /// Until an operator says that nothing is left to do about it.
    pub is_open: bool,
}

/// What was agreed when an order was placed. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Also `out_trade_no`.
    pub id: OrderId,
    /// Who ordered and has to pay.
    pub openid: OpenId,
    /// What was ordered.
    pub product_id: ProductId,
    /// The title the buyer saw; also WeChat's `body`.
    pub title: String,
    /// Units.
    pub quantity: u32,
    /// To pay, exactly.
    pub amount_total: Fen,
    /// To deliver.
    pub goods: Goods,
    /// The buyer's address when ordering: `spbill_create_ip`, which must not change on renewal.
    pub client_ip: IpAddr,
    /// When it was placed.
    pub created_at: UnixMillis,
    /// From then on it is closed if it is unpaid.
    pub expires_at: UnixMillis,
}

/// One order: its [`Terms`], and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Also `out_trade_no`.
    pub id: OrderId,
    /// Who ordered and has to pay.
    pub openid: OpenId,
    /// What was ordered.
    pub product_id: ProductId,
    /// The title the buyer saw; also WeChat's `body`.
    pub title: String,
    /// Units.
    pub quantity: u32,
    /// To pay, exactly.
    pub amount_total: Fen,
    /// To deliver.
    pub goods: Goods,
    /// The buyer's address when ordering: `spbill_create_ip`, which must not change on renewal.
    pub client_ip: IpAddr,
    /// When it was placed.
    pub created_at: UnixMillis,
    /// From then on it is closed if it is unpaid.
    pub expires_at: UnixMillis,

    /// Where it stands.
    pub status: OrderStatus,
    /// Number of its journal entries.
    pub seq: u64,
    /// The newest session to pay it.
    pub prepay: Option<IssuedPrepay>,
    /// WeChat's number of the payment that confirmed it.
    pub transaction_id: Option<String>,
    /// When it was confirmed.
    pub confirmed_at: Option<UnixMillis>,
    /// When its goods were given; a late payment may find none left.
    pub delivered_at: Option<UnixMillis>,
    /// On its way back.
    pub amount_refunding: Fen,
    /// Back.
    pub amount_refunded: Fen,
    /// Refunds asked for so far.
    pub refunds: u32,
    /// Something buyer and operator must be told.
    pub attention: Option<Attention>,
    /// The newest payment that is genuine and does not fit.
    pub misfit: Option<Misfit>,
    /// What WeChat answered last while it was unpaid, since the page's last report.
    pub last_query: Option<LastQuery>,
    /// Inquiries made since the plan last started.
    pub inquiries: u32,
    /// When the inquiry plan last started: at issue, or at the page's report.
    pub inquiry_from: UnixMillis,
    /// When WeChat is to be asked next; `None` once nothing is left to ask.
    pub inquiry_due_at: Option<UnixMillis>,
}

impl Order {
    /// An order to which nothing has happened yet.
    #[must_use]
    pub fn placed(terms: Terms) -> Order {
        Order {
            id: terms.id,
            openid: terms.openid,
            product_id: terms.product_id,
            title: terms.title,
            quantity: terms.quantity,
            amount_total: terms.amount_total,
            goods: terms.goods,
            client_ip: terms.client_ip,
            created_at: terms.created_at,
            expires_at: terms.expires_at,
            status: OrderStatus::Unprocessed,
            seq: 1,
            prepay: None,
            transaction_id: None,
            confirmed_at: None,
            delivered_at: None,
            amount_refunding: Fen::ZERO,
            amount_refunded: Fen::ZERO,
            refunds: 0,
            attention: None,
            misfit: None,
            last_query: None,
            inquiries: 0,
            inquiry_from: terms.created_at,
            inquiry_due_at: Some(inquiry::first_due_at(terms.created_at)),
        }
    }

    /// The same order as it was placed.
    #[must_use]
    pub fn as_placed(&self) -> Order {
        Order::placed(Terms {
            id: self.id.clone(),
            openid: self.openid.clone(),
            product_id: self.product_id.clone(),
            title: self.title.clone(),
            quantity: self.quantity,
            amount_total: self.amount_total,
            goods: self.goods,
            client_ip: self.client_ip,
            created_at: self.created_at,
            expires_at: self.expires_at,
        })
    }

    /// A `prepay_id` lives 2 h; renewing ten minutes early leaves the buyer time in the sheet.
    pub const PREPAY_RENEWED_AFTER_MS: i64 = 110 * 60 * 1000;

    /// Whether the pay sheet may be opened for it. WeChat takes one payment under a number, and
    /// one that does not fit is one.
    #[must_use]
    pub fn is_payable(&self, now: UnixMillis) -> bool {
        self.is_open() && self.attention.is_none() && self.misfit.is_none() && now < self.expires_at
    }

    /// Whether people still have to do something about a payment that does not fit.
    #[must_use]
    pub fn has_open_misfit(&self) -> bool {
        self.misfit.as_ref().is_some_and(|misfit| misfit.is_open)
    }

    /// Whether it can still be paid or closed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self.status {
            OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => true,
            OrderStatus::Confirmed
            | OrderStatus::Closed
            | OrderStatus::Refunding
            | OrderStatus::Refunded => false,
        }
    }

    /// What can still be sent back of its payment.
    #[must_use]
    pub fn amount_refundable(&self) -> Fen {
        self.amount_total
            .checked_sub(self.amount_refunding)
            .and_then(|rest| rest.checked_sub(self.amount_refunded))
            .unwrap_or(Fen::ZERO)
    }

    /// The session to pay it, if there is one that will outlive the buyer's hesitation.
    #[must_use]
    pub fn fresh_prepay(&self, now: UnixMillis) -> Option<&IssuedPrepay> {
        self.prepay
            .as_ref()
            .filter(|prepay| now.since_ms(prepay.issued_at) < Self::PREPAY_RENEWED_AFTER_MS)
    }
}
