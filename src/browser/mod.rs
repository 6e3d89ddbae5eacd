//! The browser: the only room that touches `window`.

mod clipboard;
mod clock;
mod console;
mod landing;
mod life;
mod location;
mod patience;
mod random;
mod storage;

pub use clipboard::copy_text;
pub use clock::now;
pub use console::{log_error, log_warning};
pub use landing::{load_in_full, pay_addresses};
pub use life::{LifeListeners, PageLife, listen_to_life, on_popstate};
pub use location::{
    Query, origin, path_and_query, push_query, replace_location, replace_query, socket_origin,
    socket_scheme,
};
pub use patience::within;
pub use random::{jittered_ms, random_hex};
pub use storage::{Shelf, load, remove, save};

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, FocusOptions, HtmlElement, Window};

use crate::environment::Environment;

fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document.
#[must_use]
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// The first element of the document that a selector finds.
#[must_use]
pub fn find(selector: &str) -> Option<web_sys::Element> {
    document().query_selector(selector).ok()?
}

/// A global variable of the page, unless it is absent or null.
#[must_use]
pub fn global(name: &str) -> Option<JsValue> {
    let value = Reflect::get(&window(), &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// Calls a method that a web-view may lack, or that may throw; `None` then.
fn call(target: &JsValue, method: &str, arguments: &Array) -> Option<JsValue> {
    let method = Reflect::get(target, &JsValue::from_str(method)).ok()?;
    let method: Function = method.dyn_into().ok()?;
    method.apply(target, arguments).ok()
}

/// The user agent.
#[must_use]
pub fn user_agent() -> String {
    window().navigator().user_agent().unwrap_or_default()
}

/// The browser's first language, for example `zh-TW`.
#[must_use]
pub fn language() -> Option<String> {
    window().navigator().language()
}

/// Sets the language and the title of the document.
pub fn set_document(language: &str, title: &str) {
    let document = document();
    document.set_title(title);
    if let Some(root) = document.document_element() {
        // Nothing depends on it but pronunciation and fonts.
        let _unimportant = root.set_attribute("lang", language);
    }
}

/// Scrolls to the top, as a browser does for a new page.
pub fn scroll_to_top() {
    let top = Array::of2(&JsValue::from(0), &JsValue::from(0));
    let _where_it_is = call(&window(), "scrollTo", &top);
}

/// Where the page runs.
#[must_use]
pub fn environment() -> Environment {
    let told = global("__wxjs_environment").and_then(|value| value.as_string());
    Environment::detect(&user_agent(), told.as_deref())
}

/// Moves the focus without moving the page.
pub fn focus(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // An element that left the document meanwhile needs no focus.
    let _gone = element.focus_with_options(&options);
}
