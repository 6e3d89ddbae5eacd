//! Messages for developers, never for buyers.

use wasm_bindgen::JsValue;

/// Writes a warning to the console.
pub fn log_warning(message: &str) {
    web_sys::console::warn_1(&JsValue::from_str(message));
}

/// Writes an error to the console.
pub fn log_error(message: &str) {
    web_sys::console::error_1(&JsValue::from_str(message));
}
