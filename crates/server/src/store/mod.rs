//! Where orders live. One trait, so that the flows never know which database it is.
//!
//! A store executes what [`crate::order::decide`] decides: the order's row, its journal entry and
//! all effects land in one database transaction, or nothing does. An answer means: durable.
//! The journal is also the outbox: consumers follow its positions.

mod journal;
pub mod postgres;
mod proof;
mod refund;
mod session_ends;
pub mod sqlite;
mod webhook;

use std::collections::HashMap;
use std::fmt;

use async_trait::async_trait;
use tokio::sync::watch;
use wechat_checkout_protocol::{
    Benefit, BenefitsView, IdempotencyKey, OpenId, OrderId, ProductId, UnixMillis,
};

use crate::catalog::Catalog;
use crate::order::{Order, OrderEvent, Refusal};

pub use journal::{JournalEntry, JournalEvent, StoredAnswer, replay};
pub use refund::{PlannedStep, RefundRecord, RefundStatus};
pub use session_ends::SessionEnds;
pub use webhook::{NewWebhook, WebhookRecord, WebhookStatus};

/// An order together with what it delivered and what went back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRecord {
    /// The row.
    pub order: Order,
    /// Empty until confirmed.
    pub benefits: Vec<Benefit>,
    /// The newest [`OrderRecord::REFUNDS_MAX`], oldest first.
    pub refunds: Vec<RefundRecord>,
}

impl OrderRecord {
    /// WeChat takes 50 refunds of a payment; beyond are those of second payments of one order, which
    /// WeChat does not take in the first place.
    pub const REFUNDS_MAX: u32 = 64;
}

/// A wish to place an order, with everything decided but its identity.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// The order as it will be if it is new.
    pub order: Order,
    /// The buyer's key for this wish.
    pub idempotency_key: IdempotencyKey,
    /// At most this many unpaid orders per buyer.
    pub open_orders_max: u32,
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placed {
    /// A new order; its goods are reserved.
    New(OrderRecord),
    /// The same wish again, or the same goods in an order that is still open.
    Existing(OrderRecord),
    /// The key was used for something else.
    Conflict,
    /// Not enough left.
    SoldOut,
    /// The buyer has too many unpaid orders.
    TooManyOpen,
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advanced {
    /// The order changed, durably.
    Applied(OrderRecord),
    /// It was so before, durably.
    AlreadyApplied(OrderRecord),
    /// It must not happen to this order; nothing changed.
    Refused(Refusal),
    /// Genuine evidence that does not fit the order was written down, durably and for the first time.
    Flagged(Refusal),
    /// There is no such order.
    Unknown,
}

/// The database cannot do its work now. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// It failed or is gone; the cause was logged where it happened.
    Unavailable,
    /// Its queue is full.
    Overloaded,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StoreError::Unavailable => "the store is unavailable",
            StoreError::Overloaded => "the store's queue is full",
        })
    }
}

impl std::error::Error for StoreError {}

/// Every column that says when something is due, with its table.
const DUE_DATES: [(&str, &str); 3] = [
    ("orders", "inquiry_due_at"),
    ("refunds", "due_at"),
    ("webhooks", "due_at"),
];

/// A durable home for orders.
#[async_trait]
pub trait Store: SessionEnds + Send + Sync + fmt::Debug {
    /// Places an order, or finds the one that this wish already has.
    async fn place(&self, new: NewOrder) -> Result<Placed, StoreError>;

    /// Lets an event happen to an order: decide, write, commit.
    async fn advance(
        &self,
        id: &OrderId,
        event: OrderEvent,
        now: UnixMillis,
    ) -> Result<Advanced, StoreError>;

    /// Reads one order.
    async fn order(&self, id: &OrderId) -> Result<Option<OrderRecord>, StoreError>;

    /// Reads a buyer's orders, newest first.
    async fn orders_of(&self, openid: &OpenId, limit: u32) -> Result<Vec<OrderRecord>, StoreError>;

    /// Reads what a buyer owns.
    async fn benefits_of(&self, openid: &OpenId) -> Result<BenefitsView, StoreError>;

    /// The end of a buyer's membership; `None` when there never was one. May lie in the past.
    async fn vip_until(&self, openid: &OpenId) -> Result<Option<UnixMillis>, StoreError>;

    /// Units that can still be ordered, for each product with codes.
    async fn stock_left(&self) -> Result<HashMap<ProductId, u32>, StoreError>;

    /// Takes orders that are due to be asked about, earliest first, and puts their next date off
    /// to `claimed_until`: a crash in between costs a delay, never an inquiry.
    async fn claim_inquiries(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError>;

    /// Puts an order's next inquiry off, if one is due at all.
    async fn put_off_inquiry(&self, id: &OrderId, due_at: UnixMillis) -> Result<(), StoreError>;

    /// When the next inquiry is due.
    async fn next_inquiry_at(&self) -> Result<Option<UnixMillis>, StoreError>;

    /// Reads an order's journal, oldest first.
    async fn journal_of(&self, id: &OrderId) -> Result<Vec<JournalEntry>, StoreError>;

    /// Reads the journal after a position, in the order things happened.
    async fn entries_after(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, StoreError>;

    /// Reads which orders changed after a position of the journal, in the order they did.
    async fn changes_after(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<Vec<(i64, OrderId)>, StoreError>;

    /// The newest position of the journal; 0 when it is empty.
    async fn last_position(&self) -> Result<i64, StoreError>;

    /// Changes after every commit: a hint to look at the journal again, never the news itself.
    fn commits(&self) -> watch::Receiver<u64>;

    /// Reads one refund.
    async fn refund(&self, out_refund_no: &str) -> Result<Option<RefundRecord>, StoreError>;

    /// Reads an order's refunds, oldest first.
    async fn refunds_of(&self, id: &OrderId) -> Result<Vec<RefundRecord>, StoreError>;

    /// Takes refunds that are due, earliest first, as [`Store::claim_inquiries`] takes orders.
    async fn claim_refunds(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<RefundRecord>, StoreError>;

    /// Notes that a refund goes on later, if it has not ended. Its end is an event of the order
    /// instead.
    async fn plan_refund(&self, out_refund_no: &str, step: PlannedStep) -> Result<(), StoreError>;

    /// When the next refund is due.
    async fn next_refund_at(&self) -> Result<Option<UnixMillis>, StoreError>;

    /// How far the journal has been read for webhooks.
    async fn webhook_position(&self) -> Result<i64, StoreError>;

    /// Keeps messages to send and notes how far the journal has been read, in one transaction.
    async fn collect_webhooks(
        &self,
        webhooks: Vec<NewWebhook>,
        position: i64,
        now: UnixMillis,
    ) -> Result<(), StoreError>;

    /// Takes messages that are due, earliest first, as [`Store::claim_inquiries`] takes orders.
    async fn claim_webhooks(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<WebhookRecord>, StoreError>;

    /// Notes how an attempt ended; `due_at` says when to try again, if at all.
    async fn webhook_answered(
        &self,
        id: &str,
        status: WebhookStatus,
        due_at: Option<UnixMillis>,
        answer: &str,
    ) -> Result<(), StoreError>;

    /// Sends a message again from the start; `false` when there is no such one.
    async fn redeliver_webhook(&self, id: &str, now: UnixMillis) -> Result<bool, StoreError>;

    /// Reads messages of one status, newest first.
    async fn webhooks(
        &self,
        status: WebhookStatus,
        limit: u32,
    ) -> Result<Vec<WebhookRecord>, StoreError>;

    /// When the next message is due.
    async fn next_webhook_at(&self) -> Result<Option<UnixMillis>, StoreError>;

    /// Makes due now what waits for a later time: the clock was set back, and those dates are of
    /// a time that may not come for long.
    async fn hasten(&self, now: UnixMillis) -> Result<(), StoreError>;

    /// Adds the catalogue's voucher codes that are not known yet.
    async fn stock_up(&self, catalog: &Catalog) -> Result<(), StoreError>;

    /// Removes keys that were first sent before an instant and whose orders have ended; says how many.
    async fn forget_keys(&self, before: UnixMillis, limit: u32) -> Result<u64, StoreError>;

    /// Removes delivered messages that were collected before an instant; says how many.
    async fn forget_webhooks(&self, before: UnixMillis, limit: u32) -> Result<u64, StoreError>;

    /// Proves that a commit works: writes, and waits until that is as durable as a payment would be.
    /// Real work that was committed within the last second proves it, too.
    async fn prove_commit(&self) -> Result<(), StoreError>;
}
