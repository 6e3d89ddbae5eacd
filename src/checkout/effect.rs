//! What the machine wants done: imperatives, performed by the hook.

use std::rc::Rc;

use wechat_checkout_protocol::{BridgeOutcome, BridgeParams, OrderId, OrderView, ProductId};

use super::{FailReason, Money, Trouble};

/// Timers, one of each kind at most: starting one replaces the running one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Try the failed call again.
    Retry,
    /// The bridge was silent for too long.
    NoAnswer,
    /// The page is back in front and the bridge is still silent.
    Returned,
    /// Confirming took too long.
    ConfirmingEnds,
    /// The same order may be paid again.
    PayAgain,
    /// The order's time is up.
    Expiry,
}

/// A wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Place the order under the key stored on this device, storing one first if there is none.
    PlaceOrder {
        /// From the catalogue.
        product_id: ProductId,
        /// Units.
        quantity: u32,
    },
    /// The stored key has done its work: the next order of this product is a new one.
    ForgetKey {
        /// From the catalogue.
        product_id: ProductId,
        /// Units.
        quantity: u32,
    },
    /// Ask how the order stands.
    LoadOrder(OrderId),
    /// Ask for fresh bridge parameters.
    RefreshBridge(OrderId),
    /// Open WeChat's pay sheet, at once, inside the buyer's tap.
    OpenSheet {
        /// Counts this page's sheets of the order, from 1.
        sheet: u32,
        /// Signed by the server.
        params: Box<BridgeParams>,
    },
    /// Tell the server what the bridge said.
    SendReport {
        /// The order.
        order_id: OrderId,
        /// Judged.
        outcome: BridgeOutcome,
        /// As received.
        raw: String,
    },
    /// Follow the order by push for as long as it is on show; starting again replaces.
    Watch(OrderId),
    /// Run a timer.
    StartTimer(Timer, i64),
    /// Send the buyer through WeChat's sign-in.
    SignIn {
        /// He asked for it: then he goes, however short ago he was there.
        is_asked_for: bool,
    },
    /// Tell the embedding app.
    Emit(CheckoutEvent),
}

/// What an embedding app hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckoutEvent {
    /// The order can be paid: a tap opens the sheet.
    Ready(OrderId),
    /// The server issued an order.
    Issued(OrderId),
    /// The pay sheet was asked for.
    SheetOpened(OrderId),
    /// The bridge answered and the server is being told.
    Reported(OrderId, BridgeOutcome),
    /// The server confirmed the payment; the only event that means "paid".
    Confirmed(Rc<OrderView>),
    /// The buyer closed the sheet; the order is still payable.
    Cancelled(OrderId),
    /// The order cannot be placed or loaded without the buyer's help; what is known of his money.
    Halted(Trouble, Money),
    /// The sheet did not open.
    Failed(OrderId, FailReason),
    /// The order can no longer be paid.
    Expired(OrderId),
}
