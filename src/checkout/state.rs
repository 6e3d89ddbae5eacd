//! What the machine knows.

use std::rc::Rc;

use wechat_checkout_protocol::{
    BridgeOutcome, BridgeParams, LastQuery, OrderId, OrderStatus, OrderView, ProductId,
    QueriedState, UnixMillis,
};

use super::{FailReason, Start, Trouble};

/// One checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Checkout {
    /// Nothing asked for yet.
    #[default]
    Idle,
    /// An order is being placed.
    Issuing {
        /// From the catalogue.
        product_id: ProductId,
        /// Units.
        quantity: u32,
        /// How the asking goes.
        asking: Asking,
    },
    /// A known order is being fetched.
    Loading {
        /// The order.
        order_id: OrderId,
        /// How the asking goes.
        asking: Asking,
    },
    /// An order is in hand.
    Holding(Box<Holding>),
    /// It does not go on without the buyer.
    Halted {
        /// What he came for.
        start: Start,
        /// What is in the way.
        trouble: Trouble,
    },
}

/// An order in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The newest view; its `bridge` is moved to [`Holding::bridge`].
    pub order: Rc<OrderView>,
    /// The device's clock when the view arrived: with `order.server_now` it gives the server's time.
    pub received_at: UnixMillis,
    /// What the next tap opens the sheet with.
    pub bridge: Option<HeldBridge>,
    /// Where the buyer stands.
    pub stage: Stage,
    /// The bridge's last answer in this page's life.
    pub last_outcome: Option<BridgeOutcome>,
    /// WeChat's own words for it, where they are safe to show.
    pub words: Option<String>,
    /// How many sheets this page has opened; answers carry the number of theirs.
    pub sheets: u32,
    /// Whether a sheet of this page may have taken money.
    pub may_have_paid: bool,
    /// The server's clock when WeChat's word began to be awaited: older findings prove nothing.
    pub asking_since: UnixMillis,
    /// How the order's news arrive.
    pub link: Link,
    /// How the side calls go: fresh parameters, reports, refreshed views.
    pub asking: Asking,
    /// Whether fresh bridge parameters are on their way.
    pub is_bridge_asked: bool,
}

/// A call to the server that is tried until it works or the patience ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asking {
    /// Retries so far.
    pub attempt: u32,
    /// Why it takes long; kept on show until an answer comes.
    pub trouble: Option<Trouble>,
    /// Whether a retry is waiting for its time, so that no two calls overlap.
    pub is_waiting: bool,
}

/// Bridge parameters and their age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBridge {
    /// Signed by the server.
    pub params: BridgeParams,
    /// The device's clock when they arrived.
    pub received_at: UnixMillis,
}

/// Where the buyer stands with the order in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The order waits for a tap.
    Payable {
        /// What happened just before.
        notice: Option<Notice>,
    },
    /// The sheet is open or opening.
    SheetOpen {
        /// Whether the page is in the background.
        is_hidden: bool,
    },
    /// WeChat's word is awaited.
    Confirming {
        /// Since when.
        since: UnixMillis,
        /// What the bridge said of a failure.
        reason: Option<FailReason>,
    },
    /// Still no word: the buyer is asked not to pay twice.
    NotYetConfirmed {
        /// What the bridge said of a failure.
        reason: Option<FailReason>,
        /// Whether the server is being asked at this moment.
        is_checking: bool,
        /// Whether the same order may be paid again.
        may_pay_again: bool,
    },
    /// WeChat refused before it showed the sheet.
    Failed {
        /// Why.
        reason: FailReason,
    },
    /// WeChat reported a payment that does not fit the order; people look into it.
    UnderReview,
    /// The time is up; the server still has to close the order.
    Expiring,
    /// The server's last word, in `order.status`.
    Settled,
}

/// What is said above a payable order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The buyer closed the sheet.
    Cancelled,
    /// The parameters were too old and have been renewed.
    TapAgain,
}

/// How news of the order arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Not yet known.
    Connecting,
    /// By socket.
    Live,
    /// By asking again and again, until the socket is back.
    Polling,
    /// Not at all: nobody answers.
    Down,
}

impl Checkout {
    /// The order in hand.
    #[must_use]
    pub fn holding(&self) -> Option<&Holding> {
        match self {
            Checkout::Holding(holding) => Some(holding),
            Checkout::Idle
            | Checkout::Issuing { .. }
            | Checkout::Loading { .. }
            | Checkout::Halted { .. } => None,
        }
    }
}

impl Holding {
    /// Milliseconds until the order expires, by the server's clock; 0 when it has.
    #[must_use]
    pub fn time_left_ms(&self, now: UnixMillis) -> i64 {
        self.order.expires_at.since_ms(self.server_now(now)).max(0)
    }

    /// The server's clock.
    pub(super) fn server_now(&self, now: UnixMillis) -> UnixMillis {
        let since_view = now.since_ms(self.received_at).max(0);
        self.order.server_now.plus_ms(since_view)
    }

    /// What WeChat said to a question asked since its word is awaited.
    #[must_use]
    pub fn finding(&self) -> Option<&LastQuery> {
        let query = self.order.last_query.as_ref()?;
        (query.at > self.asking_since).then_some(query)
    }

    /// Whether WeChat, asked since, has found no payment. Not final: the buyer may still be at it.
    #[must_use]
    pub fn is_payment_missing(&self) -> bool {
        let state = self.finding().map(|query| query.state);
        matches!(state, Some(QueriedState::NotPaid | QueriedState::PayError))
    }

    /// Whether the screen shows a time that runs.
    #[must_use]
    pub fn is_counting(&self) -> bool {
        match self.stage {
            Stage::Payable { .. }
            | Stage::SheetOpen { .. }
            | Stage::Failed { .. }
            | Stage::Confirming { .. } => true,
            Stage::NotYetConfirmed { .. }
            | Stage::UnderReview
            | Stage::Expiring
            | Stage::Settled => false,
        }
    }

    /// Whether a tap would open the sheet.
    #[must_use]
    pub fn is_ready(&self, now: UnixMillis) -> bool {
        matches!(self.stage, Stage::Payable { .. } | Stage::Failed { .. })
            && self.order.is_payable
            && self.fresh_bridge(now).is_some()
    }

    /// Bridge parameters that WeChat will still accept.
    pub(super) fn fresh_bridge(&self, now: UnixMillis) -> Option<&BridgeParams> {
        let held = self.bridge.as_ref()?;
        let age = now.since_ms(held.received_at);
        (age < super::BRIDGE_FRESH_MS).then_some(&held.params)
    }

    /// Whether the server has said its last word.
    pub(super) fn is_settled(&self) -> bool {
        match self.order.status {
            OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => false,
            OrderStatus::Confirmed
            | OrderStatus::Closed
            | OrderStatus::Refunding
            | OrderStatus::Refunded => true,
        }
    }
}
