//! Copying text.

use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// Copies a text; tells whether it worked. To be called from the buyer's tap.
pub async fn copy_text(text: &str) -> bool {
    copy_by_interface(text).await || copy_by_selection(text).unwrap_or(false)
}

/// Web-views may lack the interface, lack this part of it, or refuse.
async fn copy_by_interface(text: &str) -> bool {
    let navigator = super::window().navigator();
    let clipboard = Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    let clipboard = clipboard.unwrap_or(JsValue::UNDEFINED);
    let arguments = Array::of1(&JsValue::from_str(text));
    match super::call(&clipboard, "writeText", &arguments) {
        Some(answer) => JsFuture::from(Promise::resolve(&answer)).await.is_ok(),
        None => false,
    }
}

/// The old way.
fn copy_by_selection(text: &str) -> Option<bool> {
    let document: HtmlDocument = super::document().dyn_into().ok()?;
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_read_only(true);
    area.set_class_name("wc-offscreen");
    document.body()?.append_child(&area).ok()?;
    area.select();
    // Older Apple phones select nothing else in a field that cannot be written into.
    let length = u32::try_from(text.len()).ok()?;
    let _selected = area.set_selection_range(0, length);
    let copied = document.exec_command("copy");
    area.remove();
    copied.ok()
}
