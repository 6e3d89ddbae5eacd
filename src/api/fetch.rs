//! One request, bounded in time.

use gloo_net::http::{Method, RequestBuilder, Response};
use js_sys::{Date, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Request};

use super::early;
use crate::browser;

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) text: String,
    /// From `Retry-After`, in milliseconds.
    pub(super) retry_after_ms: Option<i64>,
}

// Not gloo's: scripts of others wrap this function, and theirs may throw or give back what they like.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch, catch)]
    fn ask_network(request: &Request) -> Result<JsValue, JsValue>;
}

/// Sends a `GET`, or a `POST` when there is a body; `None` when nothing came back in time.
pub(super) async fn fetch(address: String, body: Option<String>, ms_max: u32) -> Option<Reply> {
    // Without one, a call that takes too long goes on unheard.
    let controller = AbortController::new().ok();
    let signal = controller.as_ref().map(AbortController::signal);
    // The patience covers the body too: a connection may die between the head and the end.
    let reply = browser::within(ms_max, exchange(&address, body, signal.as_ref())).await;
    if reply.is_none()
        && let Some(controller) = controller
    {
        controller.abort();
    }
    reply.flatten()
}

async fn exchange(
    address: &str,
    body: Option<String>,
    signal: Option<&AbortSignal>,
) -> Option<Reply> {
    let early = match body {
        None => early::take(address).await,
        Some(_) => None,
    };
    let response = match early {
        Some(response) => response,
        None => send(address, body, signal).await?,
    };
    Some(Reply {
        status: response.status(),
        retry_after_ms: retry_after_ms(&response),
        text: response.text().await.ok()?,
    })
}

async fn send(
    address: &str,
    body: Option<String>,
    signal: Option<&AbortSignal>,
) -> Option<Response> {
    let request = RequestBuilder::new(address).abort_signal(signal);
    let request = match body {
        Some(body) => request
            .method(Method::POST)
            .header("content-type", "application/json")
            .body(body),
        None => request.build(),
    };
    let answer = ask_network(&request.ok()?.into()).ok()?;
    let answer = JsFuture::from(Promise::resolve(&answer)).await.ok()?;
    Some(answer.dyn_into::<web_sys::Response>().ok()?.into())
}

/// Seconds, or a date by the clock of whoever sent it.
fn retry_after_ms(response: &Response) -> Option<i64> {
    let headers = response.headers();
    let asked = headers.get("retry-after")?;
    if let Ok(seconds) = asked.trim().parse::<u32>() {
        return Some(i64::from(seconds) * 1_000);
    }
    // Browsers read almost anything as some date; HTTP's own ends so.
    if !asked.ends_with("GMT") {
        return None;
    }
    let sent_at = headers.get("date").and_then(|date| instant(&date));
    let sent_at = sent_at.unwrap_or_else(|| browser::now().0);
    Some(instant(&asked)?.saturating_sub(sent_at).max(0))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "JavaScript counts milliseconds in a double, whole and far below 2^53"
)]
fn instant(date: &str) -> Option<i64> {
    let ms = Date::parse(date);
    ms.is_finite().then_some(ms as i64)
}
