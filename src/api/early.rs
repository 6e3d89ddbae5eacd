//! Answers that `static/start.js` asked for while the wasm was on its way. The first calls of the
//! page then cost no round trip of their own.

use gloo_net::http::Response;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser;

/// The answer from `address`, if it was asked for and came. Each can be taken once: asking again means
/// that a newer answer is wanted.
pub(super) async fn take(address: &str) -> Option<Response> {
    let answers: Object = browser::global("wechatCheckoutEarly")?.dyn_into().ok()?;
    let address = JsValue::from_str(address);
    let answer: Promise = Reflect::get(&answers, &address).ok()?.dyn_into().ok()?;
    let _is_gone = Reflect::delete_property(&answers, &address);
    let answer: web_sys::Response = JsFuture::from(answer).await.ok()?.dyn_into().ok()?;
    Some(answer.into())
}
