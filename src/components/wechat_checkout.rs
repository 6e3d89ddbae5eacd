//! The checkout as one component: give it a product or an order, hear how it ends.

use wechat_checkout_protocol::{OrderId, ProductId};
use yew::prelude::*;

use super::{announcement::announcement, notice::notice, screen::Screen};
use crate::{
    api::ApiClient,
    browser,
    checkout::{Checkout, CheckoutEvent, Holding, Link, Stage, Start, TroubleKind},
    environment::Environment,
    hooks::use_checkout,
    text::{Language, Texts},
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
    /// Shows a "done" button.
    #[prop_or_default]
    pub on_done: Option<Callback<()>>,
    /// Shows a button that leads to the buyer's orders.
    #[prop_or_default]
    pub on_orders: Option<Callback<()>>,
}

/// From "the buyer wants this" to "the server says how it ended".
#[component]
pub fn WechatCheckout(props: &WechatCheckoutProps) -> Html {
    let environment = props.environment.unwrap_or_else(browser::environment);
    let texts = props.texts.unwrap_or_else(|| {
        Language::choose(None, &browser::user_agent(), browser::language().as_deref()).texts()
    });
    let start = match (&props.order, &props.product) {
        (Some(order_id), _) => Some(Start::Order(order_id.clone())),
        (None, Some(product_id)) => Some(Start::Product {
            product_id: product_id.clone(),
            quantity: props.quantity,
        }),
        (None, None) => None,
    };
    let handle = use_checkout(
        start,
        props.api.clone(),
        environment.can_sign_in(),
        props.on_event.clone(),
    );
    let state = handle.state();
    let stage = stage_name(state);
    let heading = use_focus_on_change(stage);
    let status = state.holding().map(|holding| holding.order.status.as_str());
    let screen = Screen {
        handle: &handle,
        texts,
        environment,
        api_base: props.api.base().to_owned().into(),
        heading: &heading,
        on_done: props.on_done.clone(),
        on_orders: props.on_orders.clone(),
    };
    html! {
        <section class="wechat-checkout" data-test="order-status"
            data-status={status.unwrap_or("none")} data-stage={stage}
            data-order={state.holding().map(|holding| holding.order.id.as_str().to_owned())}>
            <div class="wc-offscreen" role="status" aria-live="polite">
                { announcement(state, texts) }
            </div>
            { state.holding().map_or_else(Html::default, |holding| side_trouble(holding, texts)) }
            { screen.view() }
        </section>
    }
}

/// A line about a network that is down while the order is on show.
fn side_trouble(holding: &Holding, texts: &Texts) -> Html {
    let kind = holding.asking.trouble.as_ref().map(|trouble| trouble.kind);
    let kind = kind.or((holding.link == Link::Down).then_some(TroubleKind::Offline));
    match kind {
        Some(kind) => {
            let (title, text) = (texts.trouble)(kind);
            notice(title, text)
        }
        None => Html::default(),
    }
}

/// The result is what a screen reader and a keyboard should meet first. The first screen is not a
/// result: there the focus stays where the buyer put it.
#[hook]
fn use_focus_on_change(stage: &'static str) -> NodeRef {
    let heading = use_node_ref();
    let seen = use_mut_ref(|| stage);
    use_effect_with(stage, {
        let heading = heading.clone();
        move |&stage| {
            let is_new = seen.replace(stage) != stage;
            if is_new && let Some(element) = heading.cast::<web_sys::HtmlElement>() {
                browser::focus(&element);
            }
        }
    });
    heading
}

/// Names the screen for styles and tests.
fn stage_name(state: &Checkout) -> &'static str {
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
            Stage::Expiring => "expiring",
            Stage::Settled => holding.order.status.as_str(),
        },
    }
}
