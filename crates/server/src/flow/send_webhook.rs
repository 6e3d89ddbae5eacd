//! Tells the merchant's own system what happened to orders, at least once, signed.
//!
//! The signing scheme is Standard Webhooks: `webhook-id`, `webhook-timestamp` and
//! `webhook-signature: v1,base64(HMAC-SHA256(id.timestamp.payload))`.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use serde::Serialize;
use sha2::Sha256;
use url::Url;
use wechat_checkout_protocol::{Attention, OrderStatus, OrderView, UnixMillis};

use super::view::order_view;
use crate::app::App;
use crate::order::{Order, inquiry};
use crate::store::{
    JournalEntry, JournalEvent, NewWebhook, StoreError, WebhookRecord, WebhookStatus, replay,
};

/// Pauses after each failed attempt; after the last one the message is dead.
const PAUSES_MS: [i64; 9] = [
    5_000, 60_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000, 86_400_000,
];

/// A receiver that is slower is asked again.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Journal entries read at a time.
const PAGE_MAX: u32 = 256;

/// A receiver of webhooks.
#[derive(Clone)]
pub struct WebhookTarget {
    url: Url,
    secret: SecretSlice<u8>,
    http: reqwest::Client,
}

impl fmt::Debug for WebhookTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookTarget")
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

impl WebhookTarget {
    /// A receiver at a URL; the secret is what stands behind `whsec_`, decoded.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: Url, secret: SecretSlice<u8>) -> Result<WebhookTarget, reqwest::Error> {
        // Fails when the process has one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(ANSWER_WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(WebhookTarget { url, secret, http })
    }

    fn signature(&self, id: &str, timestamp: &str, payload: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose_secret())
            .expect("HMAC takes keys of any length");
        for part in [id, ".", timestamp, ".", payload] {
            mac.update(part.as_bytes());
        }
        ["v1,", &STANDARD.encode(mac.finalize().into_bytes())].concat()
    }
}

/// What a message says.
#[derive(Debug, Serialize)]
struct Payload<'a> {
    r#type: &'a str,
    timestamp: UnixMillis,
    data: Data,
}

#[derive(Debug, Serialize)]
struct Data {
    openid: String,
    order: OrderView,
}

/// Reads on in the journal and keeps a message for everything that the merchant is told.
/// Collecting the same entries twice keeps one message: its id is made of the journal position.
///
/// # Errors
/// Only the database's.
pub async fn collect_webhooks(app: &App) -> Result<(), StoreError> {
    loop {
        let position = app.store.webhook_position().await?;
        let entries = app.store.entries_after(position, PAGE_MAX).await?;
        let Some(last) = entries.last() else {
            return Ok(());
        };
        let reached = last.position;
        let mut webhooks = Vec::new();
        for entry in &entries {
            webhooks.extend(message(app, entry).await?);
        }
        app.store
            .collect_webhooks(webhooks, reached, app.clock.now())
            .await?;
    }
}

/// Attempts and inquiries are our own business, until they end in people having to look; results
/// are the merchant's.
const fn is_news(event: &JournalEvent, order: &Order) -> bool {
    match event {
        JournalEvent::Paid { .. }
        | JournalEvent::ClosedAtWechat { .. }
        | JournalEvent::FoundRefunded { .. }
        | JournalEvent::RefundAsked { .. }
        | JournalEvent::RefundStuck
        | JournalEvent::RefundSettled { .. } => true,
        JournalEvent::FoundUnpaid { .. }
        | JournalEvent::FoundAbsent { .. }
        | JournalEvent::InquiryUnanswered { .. } => order.inquiries == inquiry::INQUIRIES_MAX,
        JournalEvent::Placed
        | JournalEvent::PrepayIssued { .. }
        | JournalEvent::Reported { .. }
        | JournalEvent::Reviewed { .. } => false,
    }
}

/// Whether it is this event that makes people look, and not one before it.
fn asks_for_review(event: &JournalEvent, order: &Order) -> bool {
    let is_under_review = order.attention == Some(Attention::UnderReview);
    match event {
        JournalEvent::Paid { transaction_id, .. } => {
            is_under_review
                && order.transaction_id.as_ref() != Some(transaction_id)
                && order.misfit.as_ref().map(|misfit| &misfit.transaction_id)
                    == Some(transaction_id)
        }
        JournalEvent::FoundRefunded { .. }
        | JournalEvent::RefundStuck
        | JournalEvent::FoundUnpaid { .. }
        | JournalEvent::FoundAbsent { .. }
        | JournalEvent::InquiryUnanswered { .. } => is_under_review,
        JournalEvent::RefundSettled { succeeded, .. } => is_under_review && !succeeded,
        JournalEvent::Placed
        | JournalEvent::PrepayIssued { .. }
        | JournalEvent::Reported { .. }
        | JournalEvent::ClosedAtWechat { .. }
        | JournalEvent::RefundAsked { .. }
        | JournalEvent::Reviewed { .. } => false,
    }
}

/// The message says where the order stood then, so that none is left out when they are collected
/// late: with `seq` a receiver puts them in order.
async fn message(app: &App, entry: &JournalEntry) -> Result<Option<NewWebhook>, StoreError> {
    let Some(mut record) = app.store.order(&entry.order_id).await? else {
        return Ok(None);
    };
    if record.order.seq != entry.seq {
        let mut journal = app.store.journal_of(&entry.order_id).await?;
        journal.retain(|one| one.seq <= entry.seq);
        // An entry of a version that decided otherwise is told with where the order stands now.
        if let Some(stood) = replay(&record.order, &journal).and_then(|mut stood| stood.pop()) {
            record.order = stood;
        }
    }
    if record.order.delivered_at.is_none() {
        record.benefits.clear();
    }
    if !is_news(&entry.event, &record.order) {
        return Ok(None);
    }
    let r#type = match record.order.status {
        _ if asks_for_review(&entry.event, &record.order) => "order.under_review",
        OrderStatus::Confirmed => "order.confirmed",
        OrderStatus::Closed => "order.closed",
        OrderStatus::Refunding => "order.refunding",
        OrderStatus::Refunded => "order.refunded",
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => return Ok(None),
    };
    let data = Data {
        openid: record.order.openid.as_str().to_owned(),
        order: order_view(app, record),
    };
    let payload = Payload {
        r#type,
        timestamp: entry.at,
        data,
    };
    Ok(Some(NewWebhook {
        id: ["msg_", &entry.position.to_string()].concat(),
        order_id: entry.order_id.clone(),
        payload: serde_json::to_string(&payload).unwrap_or_default(),
    }))
}

/// Sends one message and notes how that ended.
///
/// # Errors
/// Only the database's.
pub async fn send_webhook(
    app: &App,
    target: &WebhookTarget,
    webhook: &WebhookRecord,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let timestamp = now.0.div_euclid(1_000).to_string();
    let signature = target.signature(&webhook.id, &timestamp, &webhook.payload);
    let sent = target
        .http
        .post(target.url.clone())
        .header("content-type", "application/json")
        .header("webhook-id", &webhook.id)
        .header("webhook-timestamp", &timestamp)
        .header("webhook-signature", signature)
        .body(webhook.payload.clone())
        .send()
        .await;
    let (status, answer) = match sent {
        Ok(answer) if answer.status().is_success() => {
            (WebhookStatus::Delivered, answer.status().to_string())
        }
        Ok(answer) => (WebhookStatus::Due, answer.status().to_string()),
        Err(error) => (WebhookStatus::Due, error.without_url().to_string()),
    };
    let due_at = match status {
        WebhookStatus::Due => {
            pause_ms(webhook.attempts).map(|pause| app.clock.now().plus_ms(pause))
        }
        WebhookStatus::Delivered | WebhookStatus::Dead => None,
    };
    let status = match (status, due_at) {
        (WebhookStatus::Due, None) => {
            tracing::error!(webhook.id, order.id = %webhook.order_id, "a webhook is given up");
            WebhookStatus::Dead
        }
        (status, _) => status,
    };
    metrics::counter!("webhooks", "status" => status.as_str()).increment(1);
    app.store
        .webhook_answered(&webhook.id, status, due_at, &answer)
        .await
}

/// The pause after an attempt; `None` after the last one.
fn pause_ms(attempts: u32) -> Option<i64> {
    let index = usize::try_from(attempts).unwrap_or(usize::MAX);
    PAUSES_MS.get(index).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_signed_as_the_scheme_publishes() {
        let secret = STANDARD
            .decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .expect("base64");
        let url = Url::parse("http://127.0.0.1:1/").expect("a URL");
        let target = WebhookTarget::new(url, SecretSlice::from(secret)).expect("a client");
        let signature = target.signature(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            "{\"test\": 2432232314}",
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
