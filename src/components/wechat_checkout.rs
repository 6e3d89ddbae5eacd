//! The checkout as one component: give it a product or an order, hear how it ends.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use wechat_checkout_protocol::{OrderId, ProductId, ShopView};
use yew::prelude::*;

use super::{
    announcement::announcement, news, notice::notice, outside::outside, screen::Screen,
    trouble_panel::words,
};
use crate::{
    api::ApiClient,
    browser,
    checkout::{Checkout, CheckoutEvent, Event, Holding, Link, Stage, Start, TroubleKind},
    environment::Environment,
    hooks::{CheckoutHandle, driver::Driver},
    sign_in,
    text::{Language, Texts, two_sentences},
};

/// Properties of [`WechatCheckout`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct WechatCheckoutProps {
    /// What to order; ignored when `order` is given.
    #[prop_or_default]
    pub product: Option<ProductId>,
    /// Units of it.
    #[prop_or(1)]
    pub quantity: u32,
    /// An order to go on with.
    #[prop_or_default]
    pub order: Option<OrderId>,
    /// The server; the page's own origin unless told otherwise.
    #[prop_or_default]
    pub api: ApiClient,
    /// The sentences; by default those of WeChat's or the browser's language.
    #[prop_or_default]
    pub texts: Option<&'static Texts>,
    /// Where the page runs; told from the user agent unless given.
    #[prop_or_default]
    pub environment: Option<Environment>,
    /// Hears what happens.
    #[prop_or_default]
    pub on_event: Callback<CheckoutEvent>,
    /// Gets the running checkout, to read it or to act on it from outside.
    #[prop_or_default]
    pub on_mount: Callback<CheckoutHandle>,
    /// Shows a "done" button.
    #[prop_or_default]
    pub on_done: Option<Callback<()>>,
    /// Shows a button that leads to the buyer's orders.
    #[prop_or_default]
    pub on_orders: Option<Callback<()>>,
}

/// From "the buyer wants this" to "the server says how it ended".
#[derive(Debug)]
pub struct WechatCheckout {
    driver: Rc<Driver>,
    environment: Environment,
    heading: NodeRef,
    stage_shown: &'static str,
}

impl Component for WechatCheckout {
    type Message = ();
    type Properties = WechatCheckoutProps;

    fn create(ctx: &Context<WechatCheckout>) -> WechatCheckout {
        let environment = environment_of(ctx.props());
        let driver = drive(ctx, environment);
        let stage_shown = stage_name(&driver.state());
        WechatCheckout {
            driver,
            environment,
            heading: NodeRef::default(),
            stage_shown,
        }
    }

    fn changed(&mut self, ctx: &Context<WechatCheckout>, before: &WechatCheckoutProps) -> bool {
        let props = ctx.props();
        self.driver.set_listener(props.on_event.clone());
        let environment = environment_of(props);
        let is_elsewhere = props.api != before.api || environment != self.environment;
        if is_elsewhere {
            self.driver.close();
            self.driver = drive(ctx, environment);
            self.environment = environment;
        }
        if is_elsewhere || props.start() != before.start() {
            self.start(ctx);
        }
        true
    }

    fn view(&self, ctx: &Context<WechatCheckout>) -> Html {
        let props = ctx.props();
        let texts = props.texts();
        if !self.environment.can_sign_in() {
            return html! {
                <section class="wechat-checkout" data-test="order-status" data-status="none"
                    data-stage="outside">
                    <div class="wc-screen wc-outside">
                        { outside(props.api.base(), texts, self.environment) }
                    </div>
                </section>
            };
        }
        let handle = CheckoutHandle::from(&self.driver);
        let state = &*handle.state();
        let order = state.holding().map(|holding| &holding.order);
        let shop = props.api.shop();
        let screen = Screen {
            handle: &handle,
            texts,
            environment: self.environment,
            api_base: props.api.base(),
            shop: shop.as_deref(),
            heading: &self.heading,
            on_done: props.on_done.as_ref(),
            on_orders: props.on_orders.as_ref(),
        };
        html! {
            <section class="wechat-checkout" data-test="order-status"
                data-status={order.map_or("none", |order| order.status.as_str())}
                data-stage={stage_name(state)}
                data-order={order.map(|order| order.id.as_str().to_owned())}>
                <div class="wc-offscreen" role="status" aria-live="polite">
                    { news(&announcement(state, texts)) }
                </div>
                if let Some(holding) = state.holding() {
                    { side_trouble(holding, shop.as_deref(), texts) }
                }
                // A key: what one screen says must not be written over what another has said.
                <div class="wc-stage" key={screen_name(state)}>{ screen.view() }</div>
            </section>
        }
    }

    /// The result is what a screen reader and a keyboard should meet first.
    fn rendered(&mut self, ctx: &Context<WechatCheckout>, is_first: bool) {
        if is_first {
            self.start(ctx);
        }
        let stage = stage_name(&self.driver.state());
        if self.stage_shown != stage {
            self.stage_shown = stage;
            if let Some(element) = self.heading.cast::<web_sys::HtmlElement>() {
                browser::focus(&element);
            }
        }
    }

    fn destroy(&mut self, _ctx: &Context<WechatCheckout>) {
        self.driver.close();
    }
}

impl WechatCheckout {
    fn start(&self, ctx: &Context<WechatCheckout>) {
        // Without a sign-in no order can be placed or seen: the buyer is handed over instead.
        if !self.environment.can_sign_in() {
            return;
        }
        let Some(start) = ctx.props().start() else {
            return browser::log_warning("a checkout without a product and without an order");
        };
        let driver = Rc::downgrade(&self.driver);
        let api = ctx.props().api.clone();
        // Who is known to be signed in waits for nothing.
        if api.is_signed_in() {
            return self.driver.dispatch(Event::Started(start));
        }
        spawn_local(async move {
            if sign_in::ensure(&api, || driver.strong_count() > 0).await
                && let Some(driver) = driver.upgrade()
            {
                driver.dispatch(Event::Started(start));
            }
        });
    }
}

fn environment_of(props: &WechatCheckoutProps) -> Environment {
    props.environment.unwrap_or_else(browser::environment)
}

fn drive(ctx: &Context<WechatCheckout>, environment: Environment) -> Rc<Driver> {
    let link = ctx.link().clone();
    let on_change = Box::new(move || link.send_message(()));
    let api = ctx.props().api.clone();
    let driver = Driver::new(api, environment.can_sign_in(), on_change);
    driver.set_listener(ctx.props().on_event.clone());
    ctx.props().on_mount.emit(CheckoutHandle::from(&driver));
    driver
}

impl WechatCheckoutProps {
    fn start(&self) -> Option<Start> {
        match (&self.order, &self.product) {
            (Some(order_id), _) => Some(Start::Order(order_id.clone())),
            (None, Some(product_id)) => Some(Start::Product {
                product_id: product_id.clone(),
                quantity: self.quantity,
            }),
            (None, None) => None,
        }
    }

    fn texts(&self) -> &'static Texts {
        self.texts.unwrap_or_else(|| {
            let browser = browser::language();
            Language::choose(None, &browser::user_agent(), browser.as_deref()).texts()
        })
    }
}

/// A line about a network that is down while the order is on show.
fn side_trouble(holding: &Holding, shop: Option<&ShopView>, texts: &Texts) -> Html {
    let kind = holding.asking.trouble.as_ref().map(|trouble| trouble.kind);
    let kind = kind.or((holding.link == Link::Down).then_some(TroubleKind::Offline));
    match kind {
        Some(kind) => {
            let (title, text) = words(kind, texts);
            let text = two_sentences(text, texts.money(holding.money()));
            notice(title, &text, shop, texts)
        }
        None => Html::default(),
    }
}

/// Stages that share one screen share its name: the buyer's place on it is kept.
fn screen_name(state: &Checkout) -> &'static str {
    match state.holding().map(|holding| holding.stage) {
        Some(Stage::Payable { .. } | Stage::SheetOpen { .. } | Stage::Failed { .. }) => "order",
        _ => stage_name(state),
    }
}

/// Names the stage for styles, tests and embedding pages.
pub(crate) fn stage_name(state: &Checkout) -> &'static str {
    match state {
        Checkout::Idle | Checkout::Loading { .. } => "loading",
        Checkout::Issuing { .. } => "issuing",
        Checkout::Halted { .. } => "halted",
        Checkout::Holding(holding) => match holding.stage {
            Stage::Payable { .. } => "payable",
            Stage::SheetOpen { .. } => "sheet_open",
            Stage::Confirming { .. } => "confirming",
            Stage::NotYetConfirmed { .. } => "not_yet_confirmed",
            Stage::Failed { .. } => "failed",
            Stage::UnderReview => "under_review",
            Stage::Expiring => "expiring",
            Stage::Settled => holding.order.status.as_str(),
        },
    }
}
