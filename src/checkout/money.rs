//! What is known of the buyer's money: no sentence may say more.

use wechat_checkout_protocol::OrderStatus;

use super::{Checkout, Holding, Stage, Start};

/// What is known of the money while something is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Money {
    /// No order was given to this page.
    NotOrdered,
    /// An order that nobody is known to have tried to pay.
    Untouched,
    /// It may have moved: a sheet was open, or only the server knows the order.
    MayHaveMoved,
    /// The server's last word is on the screen.
    Told,
}

impl Money {
    /// All of them.
    pub const ALL: [Money; 4] = [
        Money::NotOrdered,
        Money::Untouched,
        Money::MayHaveMoved,
        Money::Told,
    ];

    /// What is known when no order could be had.
    pub(super) fn without_order(start: &Start) -> Money {
        match start {
            Start::Product { .. } => Money::NotOrdered,
            Start::Order(_) => Money::MayHaveMoved,
        }
    }
}

impl Checkout {
    /// What is known of the money.
    #[must_use]
    pub fn money(&self) -> Money {
        match self {
            Checkout::Idle | Checkout::Issuing { .. } => Money::NotOrdered,
            Checkout::Loading { .. } => Money::MayHaveMoved,
            Checkout::Halted { start, .. } => Money::without_order(start),
            Checkout::Holding(holding) => holding.money(),
        }
    }
}

impl Holding {
    /// What is known of the money.
    #[must_use]
    pub fn money(&self) -> Money {
        match self.stage {
            Stage::Settled => Money::Told,
            Stage::Payable { .. } | Stage::Failed { .. }
                if !self.may_have_paid && self.order.status == OrderStatus::Unprocessed =>
            {
                Money::Untouched
            }
            Stage::Payable { .. }
            | Stage::Failed { .. }
            | Stage::SheetOpen { .. }
            | Stage::Confirming { .. }
            | Stage::NotYetConfirmed { .. }
            | Stage::UnderReview
            | Stage::Expiring => Money::MayHaveMoved,
        }
    }
}
