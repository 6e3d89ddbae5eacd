//! What an embedding page asks for.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wechat_checkout_protocol::{OrderId, ProductId};

use super::words;
use crate::{
    browser,
    text::{Language, Texts},
};

/// The options as a script gives them.
#[derive(Clone, Debug)]
pub struct GivenOptions {
    /// What to order.
    pub product: Option<String>,
    /// Units of it; the server knows how many may be ordered at once.
    pub quantity: u32,
    /// An order to go on with; it wins over `product`.
    pub order: Option<String>,
    /// The server; the page's own origin unless given.
    pub api_base: Option<String>,
    /// A language tag; WeChat's or the browser's language unless given.
    pub language: Option<String>,
    /// Sentences and holes, in the order of [`Texts::entries`].
    pub texts: Option<Array>,
    /// Shows a "done" button.
    pub has_done: bool,
    /// Shows a button that leads to the buyer's orders.
    pub has_orders: bool,
}

/// The same, checked.
pub(super) struct Options {
    pub(super) product: Option<ProductId>,
    pub(super) quantity: u32,
    pub(super) order: Option<OrderId>,
    pub(super) api_base: String,
    pub(super) language: Language,
    pub(super) texts: &'static Texts,
    pub(super) has_done: bool,
    pub(super) has_orders: bool,
}

impl Options {
    pub(super) fn check(given: GivenOptions) -> Result<Options, JsValue> {
        let language = Language::choose(
            given.language.as_deref(),
            &browser::user_agent(),
            browser::language().as_deref(),
        );
        Ok(Options {
            product: checked(given.product, ProductId::parse, "product")?,
            quantity: given.quantity,
            order: checked(given.order, OrderId::parse, "order")?,
            api_base: given.api_base.unwrap_or_default(),
            language,
            texts: words::texts(language, given.texts)?,
            has_done: given.has_done,
            has_orders: given.has_orders,
        })
    }
}

fn checked<T, E>(
    text: Option<String>,
    parse: fn(String) -> Result<T, E>,
    name: &str,
) -> Result<Option<T>, JsValue> {
    let parsed = text.map(parse).transpose();
    parsed.map_err(|_| JsValue::from_str(&["no ", name, " is written like this one"].concat()))
}
