//! What the machine hears: facts, in the past tense.

use wechat_checkout_protocol::{BridgeOutcome, OrderId, OrderView, ProductId};

use super::{FailReason, Link, Timer, Trouble};

/// What the buyer came for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// To order this.
    Product {
        /// From the catalogue.
        product_id: ProductId,
        /// Units.
        quantity: u32,
    },
    /// To go on with this order.
    Order(OrderId),
}

/// What the bridge said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetAnswer {
    /// Which sheet it was, by the number in [`Effect::OpenSheet`](super::Effect::OpenSheet).
    pub sheet: u32,
    /// Judged by WeChat's result policy.
    pub outcome: BridgeOutcome,
    /// What can be told about a failure.
    pub reason: Option<FailReason>,
    /// WeChat's own words for the buyer, where they are safe to show.
    pub words: Option<String>,
    /// As received, cut for the report.
    pub raw: String,
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The checkout was opened.
    Started(Start),
    /// The server told how the order stands: an answer or a pushed snapshot.
    OrderArrived(Box<OrderView>),
    /// Placing the order did not work.
    PlacingFailed(Trouble),
    /// Asking for the order did not work.
    LoadingFailed(Trouble),
    /// Fresh bridge parameters were not given.
    BridgeRefused(Trouble),
    /// A report did not reach the server.
    ReportFailed(Trouble),
    /// The buyer tapped the pay button.
    PayTapped,
    /// The bridge answered, or never appeared. A sheet may answer more than once.
    SheetAnswered(SheetAnswer),
    /// The push channel changed.
    LinkChanged(Link),
    /// A timer ran out; stale ones are harmless.
    TimerFired(Timer),
    /// The page went to the background.
    Hidden,
    /// The page came to the front, perhaps out of the back/forward cache.
    Shown,
    /// The device says that the network is back.
    WentOnline,
    /// The buyer asked to try or check again.
    RetryTapped,
}
