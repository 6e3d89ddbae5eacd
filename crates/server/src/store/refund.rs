//! A refund as it is kept.

use serde::{Deserialize, Serialize};
use wechat_checkout_protocol::{OrderId, UnixMillis};

use crate::order::{KnownRefund, OwedRefund, RefundEnding};

/// Money on its way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRecord {
    /// Of which order.
    pub order_id: OrderId,
    /// What is sent back.
    pub owed: OwedRefund,
    /// How far it is.
    pub status: RefundStatus,
    /// How often WeChat was asked before to do it, or how it stands.
    pub attempts: u32,
    /// When to go on; `None` when it ended.
    pub due_at: Option<UnixMillis>,
    /// When it was decided.
    pub asked_at: UnixMillis,
    /// When WeChat's answer ended it; unknown of refunds that an earlier version ended.
    pub ended_at: Option<UnixMillis>,
    /// WeChat's number of it, once known.
    pub refund_id: Option<String>,
    /// What keeps it from being carried out: WeChat's error code, or [`RefundRecord::ABNORMAL`].
    pub hindrance: Option<String>,
}

impl RefundRecord {
    /// The hindrance of a refund that the buyer's bank does not take; WeChat's own word for it.
    pub const ABNORMAL: &str = "CHANGE";
}

impl RefundRecord {
    /// What the machine is told when an event about an order names this refund's number.
    #[must_use]
    pub fn as_known_to(&self, order_id: &OrderId) -> KnownRefund {
        if self.order_id != *order_id {
            return KnownRefund::OfAnotherOrder;
        }
        let amount = self.owed.amount;
        match self.status {
            RefundStatus::Due | RefundStatus::Accepted => KnownRefund::Open(amount),
            RefundStatus::Succeeded => KnownRefund::Settled(amount, RefundEnding::Succeeded),
            RefundStatus::Failed => KnownRefund::Settled(amount, RefundEnding::Failed),
        }
    }
}

/// How a refund goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedStep {
    /// How far it is until then.
    pub status: RefundStatus,
    /// When.
    pub due_at: UnixMillis,
    /// What hinders it, by [`RefundRecord::hindrance`].
    pub hindrance: Option<String>,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// To be asked for at WeChat.
    Due,
    /// WeChat works on it.
    Accepted,
    /// The buyer has his money.
    Succeeded,
    /// WeChat could not send it.
    Failed,
}

impl RefundStatus {
    const ALL: [RefundStatus; 4] = [
        RefundStatus::Due,
        RefundStatus::Accepted,
        RefundStatus::Succeeded,
        RefundStatus::Failed,
    ];

    /// The status of a refund that ended so.
    #[must_use]
    pub const fn of(ending: RefundEnding) -> RefundStatus {
        match ending {
            RefundEnding::Succeeded => RefundStatus::Succeeded,
            RefundEnding::Failed => RefundStatus::Failed,
        }
    }

    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RefundStatus::Due => "due",
            RefundStatus::Accepted => "accepted",
            RefundStatus::Succeeded => "succeeded",
            RefundStatus::Failed => "failed",
        }
    }

    /// Reads a stored name.
    #[must_use]
    pub fn parse(text: &str) -> Option<RefundStatus> {
        RefundStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}
