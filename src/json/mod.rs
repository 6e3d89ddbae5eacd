//! JSON by the browser's own parser, from and into the protocol's types.
//!
//! Writing is serde-wasm-bindgen's. Reading is our own: every error that serde-wasm-bindgen can give
//! carries a sentence, and the code that writes those sentences (numbers, escapes, the names of all
//! types) makes the page 13.5 kB heavier, a seventh of it. Here an unreadable answer is just that; a
//! debug build has serde explain it.

#[cfg(debug_assertions)]
mod explain;

mod read;

#[cfg(debug_assertions)]
pub use explain::explain;
pub use read::{read, read_value};

use js_sys::JSON;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// Writes a value as text; `None` when JavaScript has no such value.
#[must_use]
pub fn write<T: Serialize>(value: &T) -> Option<String> {
    JSON::stringify(&to_js(value)?).ok().map(String::from)
}

/// Makes a JavaScript value, with objects for maps and `null` for what is absent.
#[must_use]
pub fn to_js<T: Serialize>(value: &T) -> Option<JsValue> {
    value.serialize(&Serializer::json_compatible()).ok()
}
