//! A message to the merchant's own system as it is kept.

use serde::{Deserialize, Serialize};
use wechat_checkout_protocol::{OrderId, UnixMillis};

/// A message to send, byte for byte as signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWebhook {
    /// Made of the journal position, so that collecting twice sends the same message.
    pub id: String,
    /// About which order.
    pub order_id: OrderId,
    /// JSON.
    pub payload: String,
}

/// A message and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRecord {
    /// `webhook-id`.
    pub id: String,
    /// About which order.
    pub order_id: OrderId,
    /// JSON.
    pub payload: String,
    /// How far it is.
    pub status: WebhookStatus,
    /// Attempts before.
    pub attempts: u32,
    /// When to try again.
    pub due_at: Option<UnixMillis>,
    /// What the last attempt ended in.
    pub last_answer: Option<String>,
    /// When it was collected.
    pub created_at: UnixMillis,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookStatus {
    /// To be sent (again).
    Due,
    /// The receiver took it.
    Delivered,
    /// Given up; an operator can send it again.
    Dead,
}

impl WebhookStatus {
    const ALL: [WebhookStatus; 3] = [
        WebhookStatus::Due,
        WebhookStatus::Delivered,
        WebhookStatus::Dead,
    ];

    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            WebhookStatus::Due => "due",
            WebhookStatus::Delivered => "delivered",
            WebhookStatus::Dead => "dead",
        }
    }

    /// Reads a stored name.
    #[must_use]
    pub fn parse(text: &str) -> Option<WebhookStatus> {
        WebhookStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}
