//! The courier: carries notifications to merchants on WeChat's schedule and judges the answers.

pub(crate) mod message;
pub(crate) mod outbox;
pub(crate) mod plan;
pub(crate) mod schedule;
pub(crate) mod verdict;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;
use wechat_checkout_protocol::UnixMillis;

use self::outbox::{Attempt, Outcome};
use self::verdict::Verdict;
use crate::agenda::Event;
use crate::clock::millis;
use crate::ledger::numbers;
use crate::platform::Platform;

/// A merchant has five real seconds to answer, whatever the simulated clock does.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How much of an answer is read; an acknowledgement has about a hundred bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// How much of an answer is kept to be shown.
const ANSWER_SHOWN_CHARS: usize = 400;
/// More deliveries at once would only exhaust the laptop's sockets.
const DELIVERIES_MAX: usize = 256;

/// Performs everything on the agenda at its time, until the task is dropped.
pub(crate) async fn run(platform: Arc<Platform>) {
    let permits = Arc::new(Semaphore::new(DELIVERIES_MAX));
    let mut deliveries = JoinSet::new();
    let mut changes = platform.subscribe();
    loop {
        changes.mark_unchanged();
        while let Some(event) = platform.take_due_event() {
            let Event::Deliver(id) = event else {
                platform.perform(event);
                continue;
            };
            let (platform, permits) = (platform.clone(), permits.clone());
            deliveries.spawn(async move {
                let _permit = permits.acquire_owned().await;
                deliver(&platform, id).await;
            });
        }
        let next_at = platform.next_event_at();
        tokio::select! {
            () = platform.clock.sleep_until(next_at.unwrap_or(UnixMillis(0))), if next_at.is_some() => {}
            _ = changes.changed() => {}
            Some(_) = deliveries.join_next(), if !deliveries.is_empty() => {}
        }
    }
}

/// Sends one notification once and writes down what came of it.
pub(crate) async fn deliver(platform: &Platform, id: u64) -> Option<Attempt> {
    let Some((url, body)) = platform.notification_to_send(id) else {
        platform.delivery_vanished();
        return None;
    };
    let sent_at = platform.clock.now();
    let started = Instant::now();
    let answer = tokio::time::timeout(ANSWER_WITHIN, post(&platform.http, url, body)).await;
    let took_ms = millis(started.elapsed());
    let outcome = match answer {
        Err(_) => unanswered(sent_at, took_ms, "no answer within five seconds"),
        Ok(Err(PostError::Unreachable)) => {
            unanswered(sent_at, took_ms, "the notify_url could not be reached")
        }
        Ok(Err(PostError::TooLong)) => unanswered(sent_at, took_ms, "the answer is too long"),
        Ok(Ok(answer)) => Outcome {
            sent_at,
            took_ms,
            status: Some(answer.status),
            verdict: verdict::judge(answer.status, &answer.body),
            answer: String::from_utf8_lossy(&answer.body)
                .chars()
                .take(ANSWER_SHOWN_CHARS)
                .collect(),
        },
    };
    platform.delivery_ended(id, outcome)
}

fn unanswered(sent_at: UnixMillis, took_ms: i64, reason: &'static str) -> Outcome {
    let verdict = Verdict::NotAcknowledged(reason);
    Outcome {
        sent_at,
        took_ms,
        status: None,
        answer: String::new(),
        verdict,
    }
}

struct Answer {
    status: u16,
    body: Vec<u8>,
}

enum PostError {
    Unreachable,
    TooLong,
}

async fn post(http: &reqwest::Client, url: Url, body: String) -> Result<Answer, PostError> {
    let request = http
        .post(url)
        .header(CONTENT_TYPE, "text/xml")
        .header(USER_AGENT, "Mozilla/4.0")
        .header("Request-ID", numbers::nonce(36))
        .body(body);
    let response = request.send().await.map_err(|_| PostError::Unreachable)?;
    let status = response.status().as_u16();
    let mut chunks = axum::body::Body::new(reqwest::Body::from(response)).into_data_stream();
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk.map_err(|_| PostError::Unreachable)?);
        if body.len() > ANSWER_BYTES_MAX {
            return Err(PostError::TooLong);
        }
    }
    Ok(Answer { status, body })
}
