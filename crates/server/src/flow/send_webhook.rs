//! Sends the merchant's own system what it is told, at least once, signed.
//!
//! The signing scheme is Standard Webhooks: `webhook-id`, `webhook-timestamp` and
//! `webhook-signature: v1,base64(HMAC-SHA256(id.timestamp.payload))`.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use url::Url;

use crate::app::App;
use crate::store::{StoreError, WebhookRecord, WebhookStatus};

/// Pauses after each failed attempt; after the last one the message is dead.
const PAUSES_MS: [i64; 9] = [
    5_000, 60_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000, 86_400_000,
];

/// A receiver that is slower is asked again.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

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
