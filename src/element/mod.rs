//! The checkout for pages that are not made with Yew: mounted into an element, told by JavaScript
//! values, heard by a JavaScript function.
//!
//! A program of this package exports it from a wasm of its own; `npm/` wraps it as the custom element
//! `<wechat-checkout>` and as a function.

mod options;
mod telling;
mod words;

use std::{cell::RefCell, rc::Rc};

use js_sys::Function;
use wasm_bindgen::JsValue;
use web_sys::Element;
use yew::{AppHandle, Callback, Renderer};

pub use self::options::GivenOptions;
use self::options::Options;
use crate::{
    api::ApiClient,
    browser,
    components::{WechatCheckout, WechatCheckoutProps},
    hooks::CheckoutHandle,
    text::{Language, Texts},
};

/// A checkout inside an element of somebody else's page.
#[derive(Debug)]
pub struct Embedded {
    /// Absent before it is shown.
    app: Option<AppHandle<WechatCheckout>>,
    ties: Ties,
    texts: &'static Texts,
}

/// What binds the running checkout to the page around it.
#[derive(Clone, Debug)]
struct Ties {
    root: Element,
    listener: Function,
    api: ApiClient,
    /// Absent before the first drawing.
    checkout: Rc<RefCell<Option<CheckoutHandle>>>,
}

impl Embedded {
    /// A place for a checkout. `listener` will be called with the name and the detail of each event.
    #[must_use]
    pub fn new(root: Element, listener: Function) -> Embedded {
        let ties = Ties {
            root,
            listener,
            api: ApiClient::default(),
            checkout: Rc::default(),
        };
        Embedded {
            app: None,
            ties,
            texts: Language::ZhCn.texts(),
        }
    }

    /// Draws the checkout, or goes on with other options; another product, order or server starts
    /// over.
    ///
    /// # Errors
    /// A sentence that says which option is wrong; then everything stays as it is.
    pub fn show(&mut self, given: GivenOptions) -> Result<(), JsValue> {
        let options = Options::check(given)?;
        if options.api_base != self.ties.api.base() {
            self.ties.api = ApiClient::with_base(options.api_base.clone());
        }
        self.texts = options.texts;
        let props = self.ties.props(options);
        match &mut self.app {
            Some(app) => app.update(props),
            None => {
                let root = self.ties.root.clone();
                let app = Renderer::<WechatCheckout>::with_root_and_props(root, props).render();
                self.app = Some(app);
            }
        }
        Ok(())
    }

    /// Opens the pay sheet; to be called directly from the buyer's tap.
    pub fn pay(&self) {
        if let Some(checkout) = self.ties.checkout() {
            checkout.pay();
        }
    }

    /// Tries, checks or orders again, whichever the present state offers.
    pub fn retry(&self) {
        if let Some(checkout) = self.ties.checkout() {
            checkout.retry();
        }
    }

    /// Where the checkout stands, as a JavaScript object.
    #[must_use]
    pub fn state(&self) -> JsValue {
        telling::snapshot(self.ties.checkout().as_ref(), self.texts)
    }

    /// Ends it. The order itself lives on, on the server.
    pub fn unmount(self) {
        self.ties.checkout.take();
        if let Some(app) = self.app {
            app.destroy();
        }
    }
}

impl Ties {
    fn checkout(&self) -> Option<CheckoutHandle> {
        self.checkout.borrow().clone()
    }

    fn props(&self, options: Options) -> WechatCheckoutProps {
        let texts = options.texts;
        // Pronunciation and fonts hang on it, nothing else.
        let _unimportant = self.root.set_attribute("lang", options.language.tag());
        let told = |name: &'static str| {
            let ties = self.clone();
            Callback::from(move |()| ties.tell(name, texts))
        };
        let on_event = {
            let ties = self.clone();
            Callback::from(move |event| ties.tell(telling::name_of(&event), texts))
        };
        let on_mount = {
            let checkout = Rc::clone(&self.checkout);
            Callback::from(move |handle| drop(checkout.replace(Some(handle))))
        };
        WechatCheckoutProps {
            product: options.product,
            quantity: options.quantity,
            order: options.order,
            api: self.api.clone(),
            texts: Some(texts),
            environment: None,
            on_event,
            on_mount,
            on_done: options.has_done.then(|| told("done")),
            on_orders: options.has_orders.then(|| told("orders")),
        }
    }

    fn tell(&self, name: &str, texts: &'static Texts) {
        let detail = telling::snapshot(self.checkout().as_ref(), texts);
        let name = JsValue::from_str(name);
        if self
            .listener
            .call2(&JsValue::UNDEFINED, &name, &detail)
            .is_err()
        {
            browser::log_error("a listener of the checkout threw an error");
        }
    }
}
