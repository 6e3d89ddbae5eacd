//! The `Date` of WeChat's answers: that of the simulated clock, so that a clock that differs from
//! it is seen as with WeChat.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::DATE;
use axum::response::Response;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use crate::platform::Platform;

/// Dates an answer.
pub(crate) async fn stamp(State(platform): State<Arc<Platform>>, mut answer: Response) -> Response {
    let now = Timestamp::from_millisecond(platform.clock.now().0).unwrap_or(Timestamp::UNIX_EPOCH);
    let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&now);
    let value = text.ok().and_then(|text| HeaderValue::try_from(text).ok());
    if let Some(value) = value {
        let _ = answer.headers_mut().insert(DATE, value);
    }
    answer
}
