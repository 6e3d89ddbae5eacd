//! One request, bounded in time.

use gloo_net::http::{Method, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use web_sys::{AbortController, AbortSignal};

use super::early;

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) text: String,
}

/// Sends a `GET`, or a `POST` when there is a body; `None` when nothing came back in time.
pub(super) async fn fetch(address: String, body: Option<String>, ms_max: u32) -> Option<Reply> {
    let controller = AbortController::new().ok()?;
    let signal = controller.signal();
    // The patience covers the body too: a connection may die between the head and the end.
    let patience = Timeout::new(ms_max, move || controller.abort());
    let early = match body {
        None => early::take(&address).await,
        Some(_) => None,
    };
    let response = match early {
        Some(response) => response,
        None => send(&address, body, &signal).await?,
    };
    let text = response.text().await.ok()?;
    drop(patience);
    Some(Reply {
        status: response.status(),
        text,
    })
}

async fn send(address: &str, body: Option<String>, signal: &AbortSignal) -> Option<Response> {
    let request = RequestBuilder::new(address).abort_signal(Some(signal));
    let request = match body {
        Some(body) => request
            .method(Method::POST)
            .header("content-type", "application/json")
            .body(body),
        None => request.build(),
    };
    request.ok()?.send().await.ok()
}
