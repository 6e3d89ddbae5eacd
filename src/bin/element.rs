//! What a wasm of its own offers to scripts of other pages: `npm/` makes the custom element and the
//! function out of it. The page of this project uses none of it, and does not carry it either.

use std::cell::RefCell;

use js_sys::{Array, Function};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Element;
use wechat_checkout::{
    browser,
    element::{Embedded, GivenOptions},
};

/// Made for wasm: half the size of the one that Rust brings along, and faster.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    static MOURNER: RefCell<Option<Function>> = const { RefCell::new(None) };
}

fn main() {
    yew::set_custom_panic_hook(Box::new(|info| {
        let message = info.to_string();
        browser::log_error(&message);
        if let Some(mourner) = MOURNER.take() {
            // Whatever a listener throws: this wasm has nobody left to tell.
            drop(mourner.call1(&JsValue::UNDEFINED, &JsValue::from_str(&message)));
        }
    }));
}

/// `mourner` is called once, with a message for support, when this wasm dies.
#[wasm_bindgen(js_name = onDeath)]
pub fn on_death(mourner: Function) {
    MOURNER.replace(Some(mourner));
}

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
