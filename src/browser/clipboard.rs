//! Copying text.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// Copies a text; tells whether it worked. To be called from the buyer's tap.
pub async fn copy_text(text: &str) -> bool {
    if super::window().is_secure_context() {
        let written = super::window().navigator().clipboard().write_text(text);
        if JsFuture::from(written).await.is_ok() {
            return true;
        }
    }
    copy_by_selection(text).unwrap_or(false)
}

/// The old way, for web-views without the clipboard interface.
fn copy_by_selection(text: &str) -> Option<bool> {
    let document: HtmlDocument = super::document().dyn_into().ok()?;
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_read_only(true);
    area.set_class_name("wc-offscreen");
    document.body()?.append_child(&area).ok()?;
    area.select();
    let copied = document.exec_command("copy");
    area.remove();
    copied.ok()
}
