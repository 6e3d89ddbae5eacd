//! Development only: says what is wrong with an answer that the page cannot read.

use js_sys::JSON;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Deserializer;

/// A longer answer says nothing more to whoever reads the console.
const SHOWN_BYTES_MAX: usize = 2_000;

/// The field by its path, what serde says of it, and the text.
#[must_use]
pub fn explain<T: DeserializeOwned>(text: &str) -> String {
    let cause = match JSON::parse(text) {
        Ok(value) => explain_value::<T>(value),
        Err(_) => "not JSON".to_owned(),
    };
    let shown = text.get(..text.floor_char_boundary(SHOWN_BYTES_MAX));
    [&cause, ": ", shown.unwrap_or_default()].concat()
}

fn explain_value<T: DeserializeOwned>(value: wasm_bindgen::JsValue) -> String {
    match serde_path_to_error::deserialize::<_, T>(Deserializer::from(value)) {
        Ok(_) => "serde reads it, and the page's own reader does not".to_owned(),
        Err(error) => {
            let path = error.path().to_string();
            ["field `", &path, "`: ", &error.into_inner().to_string()].concat()
        }
    }
}
