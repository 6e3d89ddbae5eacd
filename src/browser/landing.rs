//! The address of the last full load of a document, beside the present one.

use js_sys::Reflect;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::pay_directory::{PayAddresses, is_ios};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = getEntriesByType, catch)]
    fn timings(kind: &str) -> Result<JsValue, JsValue>;
}

/// What WeChat compares with the merchant's payment directories.
#[must_use]
pub fn pay_addresses() -> PayAddresses {
    let present = super::window().location().href().unwrap_or_default();
    PayAddresses {
        // A browser that keeps no timings is taken at its present address: nothing is then said or
        // done that needs the other one.
        landing: landing().unwrap_or_else(|| present.clone()),
        present,
        is_ios: is_ios(&super::user_agent()),
    }
}

/// Loads the present address again as a whole document. Going to it would not: an address with a
/// fragment only moves within the document.
pub fn load_in_full() {
    if super::window().location().reload().is_err() {
        super::log_error("the browser refused to load the page again");
    }
}

/// The browser names its navigation after the document's address, which `pushState` does not change.
fn landing() -> Option<String> {
    let navigation = Reflect::get_u32(&timings("navigation").ok()?, 0).ok()?;
    Reflect::get(&navigation, &JsValue::from_str("name"))
        .ok()?
        .as_string()
}
