//! The app: which page is on show, in which language, for whom.
//!
//! A component of the struct kind, like [`WechatCheckout`]: hooks are pleasant in small parts, but
//! their machinery is a tenth of this page's download.

use gloo_events::EventListener;
use wasm_bindgen_futures::spawn_local;
use yew::{html::Scope, prelude::*};

use crate::{
    api::ApiClient,
    browser::{self, Query, Shelf},
    checkout::CheckoutEvent,
    components::WechatCheckout,
    environment::Environment,
    pages::{my_orders, not_signed_in, outside_wechat, shop},
    route::Route,
    sign_in,
    storefront::{Storefront, Visit},
    text::{Language, Texts},
};

const LANGUAGE: &str = "language";

/// Properties of [`App`].
#[derive(Clone, Debug, Default, PartialEq, Properties)]
pub struct AppProps {
    /// The server.
    #[prop_or_default]
    pub api: ApiClient,
}

/// The whole page.
#[derive(Debug)]
pub struct App {
    environment: Environment,
    language: Language,
    route: Route,
    storefront: Storefront,
    _on_popstate: EventListener,
}

/// What happens to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The buyer goes to another page.
    Go(Route),
    /// He went back or forward in the history.
    Moved,
    /// He chose a language.
    Speak(Language),
    /// An answer came.
    Redraw,
}

impl Component for App {
    type Message = Message;
    type Properties = AppProps;

    fn create(ctx: &Context<App>) -> App {
        let link = ctx.link().clone();
        let api = ctx.props().api.clone();
        let storefront = Storefront::new(api.clone(), move || link.send_message(Message::Redraw));
        let link = ctx.link().clone();
        let app = App {
            environment: browser::environment(),
            language: choose_language(),
            route: Route::current(),
            storefront,
            _on_popstate: browser::on_popstate(move || link.send_message(Message::Moved)),
        };
        if app.environment.can_sign_in() {
            spawn_local(ensure_session(api));
        }
        app.visit();
        app
    }

    fn update(&mut self, _ctx: &Context<App>, message: Message) -> bool {
        match message {
            Message::Go(route) => {
                browser::push_query(&route.query());
                browser::scroll_to_top();
                self.route = route;
                self.visit();
            }
            Message::Moved => {
                self.route = Route::current();
                self.visit();
            }
            Message::Speak(language) => {
                browser::save(Shelf::Device, LANGUAGE, language.tag());
                self.language = language;
            }
            Message::Redraw => {}
        }
        true
    }

    fn view(&self, ctx: &Context<App>) -> Html {
        let texts = self.language.texts();
        browser::set_document(self.language.tag(), self.title(texts));
        html! {
            <>
                { self.page(ctx, texts) }
                <nav class="wc-languages" aria-label="Language">
                    { for Language::ALL.map(|other| self.language_button(ctx.link(), other)) }
                </nav>
            </>
        }
    }
}

impl App {
    fn page(&self, ctx: &Context<App>, texts: &'static Texts) -> Html {
        if !self.environment.can_sign_in() {
            return outside_wechat(&ctx.props().api, texts, self.environment);
        }
        if sign_in::failure().is_some() {
            return not_signed_in(&ctx.props().api, texts);
        }
        let link = ctx.link();
        let go = |route: Route| on_tap(link, Message::Go(route));
        let (product, order) = match &self.route {
            Route::Shop => {
                let on_choose = link.callback(|id| Message::Go(Route::Buy(id)));
                return shop(&self.storefront, texts, &on_choose, go(Route::MyOrders));
            }
            Route::MyOrders => {
                let on_open = link.callback(|id| Message::Go(Route::Order(id)));
                return my_orders(&self.storefront, texts, &on_open, go(Route::Shop));
            }
            Route::Buy(product_id) => (Some(product_id.clone()), None),
            Route::Order(order_id) => (None, Some(order_id.clone())),
        };
        let on_back = go(Route::Shop);
        html! {
            <main class="wc-page wc-page--order">
                <header class="wc-header wc-header--order">
                    <button type="button" class="wc-link" data-test="back-to-shop"
                        onclick={move |_| on_back.emit(())}>
                        { texts.back_to_shop }
                    </button>
                </header>
                <WechatCheckout {product} {order} api={ctx.props().api.clone()} {texts}
                    environment={self.environment}
                    on_event={Callback::from(keep_order_in_address)}
                    on_done={go(Route::Shop)} on_orders={go(Route::MyOrders)} />
            </main>
        }
    }

    fn language_button(&self, link: &Scope<App>, other: Language) -> Html {
        let on_tap = on_tap(link, Message::Speak(other));
        html! {
            <button type="button" lang={other.tag()} onclick={move |_| on_tap.emit(())}
                aria-pressed={if other == self.language { "true" } else { "false" }}>
                { other.texts().language_name }
            </button>
        }
    }

    fn title(&self, texts: &Texts) -> &'static str {
        match self.route {
            Route::Shop => texts.shop_title,
            Route::Buy(_) | Route::Order(_) => texts.order_title,
            Route::MyOrders => texts.my_orders,
        }
    }

    fn visit(&self) {
        if self.environment.can_sign_in() {
            self.storefront.visit(match self.route {
                Route::Shop => Some(Visit::Shop),
                Route::MyOrders => Some(Visit::Orders),
                Route::Buy(_) | Route::Order(_) => None,
            });
        }
    }
}

fn on_tap(link: &Scope<App>, message: Message) -> Callback<()> {
    let link = link.clone();
    Callback::from(move |()| link.send_message(message.clone()))
}

/// From now on a reload, a shared code or the sign-in come back to this order. The route stays as it
/// is: changing it would start the running checkout again.
fn keep_order_in_address(event: CheckoutEvent) {
    if let CheckoutEvent::Issued(order_id) = event {
        browser::replace_query(&Route::Order(order_id).query());
    }
}

fn choose_language() -> Language {
    let asked = Query::current().get("lang");
    let chosen = asked.or_else(|| browser::load(Shelf::Device, LANGUAGE));
    Language::choose(
        chosen.as_deref(),
        &browser::user_agent(),
        browser::language().as_deref(),
    )
}

/// Whoever is not signed in goes through WeChat once, before he has chosen anything.
async fn ensure_session(api: ApiClient) {
    match api.session().await {
        Ok(session) if session.is_signed_in => {}
        Ok(_) => drop(sign_in::start(api.base(), false)),
        // The calls that need a session will tell the buyer.
        Err(error) => browser::log_warning(&error.developer_text()),
    }
}
