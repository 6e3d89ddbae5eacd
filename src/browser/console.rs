//! Messages for developers, never for buyers.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

// Not web-sys's: consoles are often replaced, and one that throws must not stop what follows.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, catch)]
    fn warn(message: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = console, catch)]
    fn error(message: &str) -> Result<(), JsValue>;
}

/// Writes a warning to the console.
pub fn log_warning(message: &str) {
    let _unheard = warn(message);
}

/// Writes an error to the console.
pub fn log_error(message: &str) {
    let _unheard = error(message);
}
