//! The app: which page is on show, in which language, for whom.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use wechat_checkout_protocol::{OrderId, ProductId};
use yew::prelude::*;

use crate::{
    api::ApiClient,
    browser::{self, Query},
    checkout::CheckoutEvent,
    components::WechatCheckout,
    environment::Environment,
    pages::{MyOrders, OutsideWechat, Shop},
    route::Route,
    sign_in,
    text::{Language, Texts},
};

/// Properties of [`App`].
#[derive(Clone, Debug, Default, PartialEq, Properties)]
pub struct AppProps {
    /// The server.
    #[prop_or_default]
    pub api: ApiClient,
}

/// The whole page.
#[component]
pub fn App(props: &AppProps) -> Html {
    let environment = *use_memo((), |()| browser::environment());
    let language = use_state_eq(choose_language);
    let texts = language.texts();
    let route = use_state_eq(Route::current);
    let go = {
        let route = route.clone();
        Callback::from(move |to: Route| {
            browser::push_query(&to.query());
            browser::scroll_to_top();
            route.set(to);
        })
    };
    use_history(&route);
    use_session(&props.api, environment);
    use_effect_with((title(&route, texts), *language), |(title, language)| {
        browser::set_document(language.tag(), title);
    });
    if !environment.can_sign_in() {
        return html! { <OutsideWechat api={props.api.clone()} {texts} {environment} /> };
    }
    html! {
        <>
            { page(&route, props.api.clone(), texts, environment, &go) }
            { language_switch(&language) }
        </>
    }
}

fn page(
    route: &Route,
    api: ApiClient,
    texts: &'static Texts,
    environment: Environment,
    go: &Callback<Route>,
) -> Html {
    let on_shop = go.reform(|()| Route::Shop);
    let on_orders = go.reform(|()| Route::MyOrders);
    let (product, order) = match route {
        Route::Shop => {
            let on_choose = go.reform(Route::Buy);
            return html! { <Shop {api} {texts} {on_choose} {on_orders} /> };
        }
        Route::MyOrders => {
            let on_open = go.reform(Route::Order);
            return html! { <MyOrders {api} {texts} {on_open} {on_shop} /> };
        }
        Route::Buy(product_id) => (Some(product_id.clone()), None::<OrderId>),
        Route::Order(order_id) => (None::<ProductId>, Some(order_id.clone())),
    };
    let on_back = on_shop.reform(|_: MouseEvent| ());
    html! {
        <main class="wc-page wc-page--order">
            <header class="wc-header wc-header--order">
                <button type="button" class="wc-link" data-test="back-to-shop" onclick={on_back}>
                    { texts.back_to_shop }
                </button>
            </header>
            <WechatCheckout {product} {order} {api} {texts} {environment}
                on_event={Callback::from(keep_order_in_address)}
                on_done={on_shop} {on_orders} />
        </main>
    }
}

/// From now on a reload, a shared code or the sign-in come back to this order. The route stays as it
/// is: changing it would start the running checkout again.
fn keep_order_in_address(event: CheckoutEvent) {
    if let CheckoutEvent::Issued(order_id) = event {
        browser::replace_query(&Route::Order(order_id).query());
    }
}

fn title(route: &Route, texts: &Texts) -> &'static str {
    match route {
        Route::Shop => texts.shop_title,
        Route::Buy(_) | Route::Order(_) => texts.order_title,
        Route::MyOrders => texts.my_orders,
    }
}

fn choose_language() -> Language {
    let asked = Query::current().get("lang");
    let kept = browser::load(browser::Shelf::Device, "language");
    let chosen = asked.or(kept);
    Language::choose(
        chosen.as_deref(),
        &browser::user_agent(),
        browser::language().as_deref(),
    )
}

fn language_switch(language: &UseStateHandle<Language>) -> Html {
    html! {
        <nav class="wc-languages" aria-label="Language">
            { for Language::ALL.map(|other| {
                let switch = language.clone();
                let onclick = move |_| {
                    browser::save(browser::Shelf::Device, "language", other.tag());
                    switch.set(other);
                };
                html! {
                    <button type="button" lang={other.tag()} {onclick}
                        aria-pressed={(other == **language).to_string()}>
                        { other.texts().language_name }
                    </button>
                }
            }) }
        </nav>
    }
}

/// Back and forward inside the page.
#[hook]
fn use_history(route: &UseStateHandle<Route>) {
    let route = route.clone();
    use_effect_with((), move |()| {
        let listener = browser::on_popstate(move || route.set(Route::current()));
        move || drop(listener)
    });
}

/// Whoever is not signed in goes through WeChat once, before he has chosen anything.
#[hook]
fn use_session(api: &ApiClient, environment: Environment) {
    let api = Rc::new(api.clone());
    use_effect_with((), move |()| {
        if environment.can_sign_in() {
            spawn_local(async move {
                match api.session().await {
                    Ok(session) if session.is_signed_in => sign_in::succeeded(),
                    Ok(_) => drop(sign_in::start(api.base())),
                    // The calls that need a session will tell the buyer.
                    Err(error) => browser::log_warning(&error.developer_text()),
                }
            });
        }
    });
}
