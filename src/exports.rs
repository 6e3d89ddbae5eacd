//! What the wasm offers to scripts of other pages. `npm/` makes the custom element and the function
//! out of it; the page of this project uses none of it.

use js_sys::{Array, Function};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Element;
use wechat_checkout::element::{Embedded, GivenOptions};

/// A checkout inside an element. A script that loses it without `unmount` leaves it running.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Checkout(Embedded);

#[wasm_bindgen]
impl Checkout {
    /// See [`Embedded::new`].
    #[wasm_bindgen(constructor)]
    pub fn new(root: Element, listener: Function) -> Checkout {
        Checkout(Embedded::new(root, listener))
    }

    /// See [`Embedded::show`].
    #[expect(
        clippy::too_many_arguments,
        reason = "arguments weigh a third of what looking up the members of an object does"
    )]
    pub fn show(
        &mut self,
        product: Option<String>,
        quantity: u32,
        order: Option<String>,
        api_base: Option<String>,
        language: Option<String>,
        texts: Option<Array>,
        has_done: bool,
        has_orders: bool,
    ) -> Result<(), JsValue> {
        self.0.show(GivenOptions {
            product,
            quantity,
            order,
            api_base,
            language,
            texts,
            has_done,
            has_orders,
        })
    }

    /// See [`Embedded::pay`].
    pub fn pay(&self) {
        self.0.pay();
    }

    /// See [`Embedded::retry`].
    pub fn retry(&self) {
        self.0.retry();
    }

    /// See [`Embedded::state`].
    pub fn state(&self) -> JsValue {
        self.0.state()
    }

    /// See [`Embedded::unmount`].
    pub fn unmount(self) {
        self.0.unmount();
    }
}
