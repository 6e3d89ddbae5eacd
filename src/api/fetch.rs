//! One request, bounded in time.
//!
//! Straight on the browser's `fetch`: a wrapper crate brings its own types for methods, headers and
//! errors, and this page needs two methods and one header.

use gloo_timers::callback::Timeout;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn browser_fetch(address: &str, init: &RequestInit) -> Promise;
}

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) text: String,
}

/// Sends a `GET`, or a `POST` when there is a body; `None` when nothing came back in time.
pub(super) async fn fetch(address: String, body: Option<String>, ms_max: u32) -> Option<Reply> {
    let controller = AbortController::new().ok()?;
    let init = RequestInit::new();
    init.set_signal(Some(&controller.signal()));
    if let Some(body) = body {
        let headers = Headers::new().ok()?;
        headers.set("content-type", "application/json").ok()?;
        init.set_method("POST");
        init.set_headers(&headers);
        init.set_body(&JsValue::from_str(&body));
    }
    // The patience covers the body too: a connection may die between the head and the end.
    let patience = Timeout::new(ms_max, move || controller.abort());
    let response = JsFuture::from(browser_fetch(&address, &init)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    drop(patience);
    Some(Reply {
        status: response.status(),
        text: text.as_string()?,
    })
}
