//! Around every request: an id, a span, one log line, and the body of refusals.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use wechat_checkout_protocol::{ErrorCode, Problem};

use super::answer::{Refused, title};
use crate::ids;
use crate::log_sample::{LogSample, shortened};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The lines about refused requests, a sample of each code.
#[derive(Debug, Default)]
pub(super) struct RefusalLog(Mutex<HashMap<ErrorCode, LogSample>>);

pub(super) async fn trace_request(
    State(log): State<Arc<RefusalLog>>,
    request: Request,
    next: Next,
) -> Response {
    let request_id = ids::request_id();
    // The path without its query: an OAuth code is nobody's business.
    let span = tracing::info_span!(
        "request",
        request.id = request_id,
        http.method = shortened(request.method().as_str()),
        http.path = shortened(request.uri().path()),
    );
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let _in_span = span.enter();
    if let Some(refused) = refusal(&mut response) {
        log.write(&refused);
        response = with_problem(response, &refused, &request_id);
    }
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(
        http.status = response.status().as_u16(),
        duration_ms,
        "answered"
    );
    metrics::counter!("http_answers", "status" => response.status().as_str().to_owned())
        .increment(1);
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        let _ = response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// What a handler refused, or what a layer did without knowing our form.
fn refusal(response: &mut Response) -> Option<Refused> {
    if let Some(refused) = response.extensions_mut().remove::<Refused>() {
        return Some(refused);
    }
    if response.headers().contains_key(CONTENT_TYPE) {
        return None;
    }
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Some(ErrorCode::BodyTooLarge.into()),
        StatusCode::SERVICE_UNAVAILABLE => Some(ErrorCode::Unavailable.into()),
        _ => None,
    }
}

impl RefusalLog {
    fn write(&self, refused: &Refused) {
        let cause = refused.cause.as_deref().map(chain).unwrap_or_default();
        let code = refused.code;
        // A defect, or an order that could not be paid.
        if matches!(code, ErrorCode::Internal | ErrorCode::WechatRefused) {
            tracing::error!(?code, cause, "refused");
            return;
        }
        let Some(left_out) = self.sampled(code) else {
            return;
        };
        match code {
            ErrorCode::Unavailable | ErrorCode::WechatUnavailable => {
                tracing::warn!(?code, cause, left_out, "refused");
            }
            _ => {
                let detail = refused.detail.as_deref().map(shortened);
                tracing::info!(?code, cause, detail, left_out, "refused");
            }
        }
    }

    fn sampled(&self, code: ErrorCode) -> Option<u64> {
        let mut samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        samples.entry(code).or_default().line()
    }
}

/// An error and everything under it, in one line.
pub(super) fn chain(error: &(dyn Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn with_problem(response: Response, refused: &Refused, request_id: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    let problem = Problem {
        code: refused.code,
        status: parts.status.as_u16(),
        title: title(refused.code).to_owned(),
        detail: refused.detail.clone(),
        request_id: request_id.to_owned(),
    };
    // What is refused now may be answered the next moment.
    let _ = parts
        .headers
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let _ = parts.headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(seconds) = refused.retry_after_s {
        let _ = parts.headers.insert(RETRY_AFTER, seconds.into());
    }
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    (parts.status, parts.headers, body).into_response()
}
