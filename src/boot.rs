//! The boot guard of `static/boot.js`: a panel that needs no wasm.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = wechatCheckoutBoot, js_name = started, catch)]
    fn tell_started() -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = wechatCheckoutBoot, js_name = failed, catch)]
    fn tell_failed(message: &str) -> Result<(), JsValue>;
}

/// The app is on show: the guard stands down.
pub(crate) fn started() {
    // A host page may load the wasm without the guard.
    let _no_guard = tell_started();
}

/// The app is dead: the guard shows the order number and a way to reload.
pub(crate) fn panicked(message: &str) {
    wechat_checkout::browser::log_error(message);
    let _no_guard = tell_failed(message);
}
