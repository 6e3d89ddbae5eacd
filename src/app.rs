//! The app: which page is on show, in which language, for whom.
//!
//! A component of the struct kind, like [`WechatCheckout`]: hooks are pleasant in small parts, but
//! their machinery is a tenth of this page's download.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use wechat_checkout_protocol::ProductId;
use yew::{html::Scope, prelude::*};

use crate::{
    api::ApiClient,
    browser::{self, Query, Shelf},
    checkout::CheckoutEvent,
    components::WechatCheckout,
    environment::Environment,
    pages::{Counter, my_orders, not_signed_in, outside_wechat, shop},
    route::Route,
    sign_in,
    storefront::{Storefront, Visit},
    text::{Language, Texts},
};

const LANGUAGE: &str = "language";

/// For as long as the view lives: a reload must not sign in again by itself.
const SIGNED_OUT: &str = "signed-out";

/// The name of the pages on which the checkout is.
const ORDER: &str = "order";

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
    /// How many of a voucher the buyer wants; of all others one.
    counted: Option<(ProductId, u32)>,
    is_signed_out: bool,
    /// The route whose heading has the focus.
    shown: &'static str,
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
    /// He wants so many of a voucher.
    Count(ProductId, u32),
    /// He is signed in, as far as one can be.
    Admitted,
    /// He wants to be signed out.
    SignOut,
    /// He is.
    SignedOut,
    /// He wants to be signed in again.
    SignIn,
    /// An answer came.
    Redraw,
}

impl Component for App {
    type Message = Message;
    type Properties = AppProps;

    fn create(ctx: &Context<App>) -> App {
        let link = ctx.link().clone();
        let api = ctx.props().api.clone();
        let storefront = Storefront::new(api, move || link.send_message(Message::Redraw));
        let link = ctx.link().clone();
        let mut app = App {
            environment: browser::environment(),
            language: choose_language(),
            route: Route::current(),
            storefront,
            counted: None,
            is_signed_out: browser::load(Shelf::Session, SIGNED_OUT).is_some(),
            shown: "",
            _on_popstate: browser::on_popstate(move || link.send_message(Message::Moved)),
        };
        app.shown = app.name();
        app.visit(ctx);
        app
    }

    fn update(&mut self, ctx: &Context<App>, message: Message) -> bool {
        match message {
            Message::Go(route) => {
                browser::push_query(&route.query());
                browser::scroll_to_top();
                if matches!(route, Route::Buy { .. }) {
                    self.counted = None;
                }
                self.route = route;
                self.visit(ctx);
            }
            Message::Moved => {
                self.route = Route::current();
                self.visit(ctx);
            }
            Message::Speak(language) => {
                browser::save(Shelf::Device, LANGUAGE, language.tag());
                self.language = language;
            }
            Message::Count(product_id, quantity) => self.counted = Some((product_id, quantity)),
            Message::Admitted => self.storefront.admit(),
            Message::SignOut => sign_out(ctx),
            Message::SignedOut => {
                browser::save(Shelf::Session, SIGNED_OUT, "1");
                self.is_signed_out = true;
                self.storefront.dismiss();
                ctx.link().send_message(Message::Go(Route::Shop));
            }
            Message::SignIn => {
                browser::remove(Shelf::Session, SIGNED_OUT);
                sign_in::start(ctx.props().api.base(), true);
            }
            Message::Redraw => {}
        }
        true
    }

    fn view(&self, ctx: &Context<App>) -> Html {
        let texts = self.language.texts();
        browser::set_document(self.language.tag(), self.title(texts));
        let key = [self.name(), self.language.tag()].concat();
        html! {
            <>
                // A key: what one page says must not be written over what another has said.
                <div class="wc-stage" {key}>{ self.page(ctx, texts) }</div>
                if self.name() != ORDER {
                    <nav class="wc-languages" aria-label="Language">
                        { for Language::ALL.map(|other| self.language_button(ctx.link(), other)) }
                    </nav>
                }
            </>
        }
    }

    /// What the buyer tapped is gone with the page that it stood on: the focus goes to the heading. On
    /// the order's page the checkout does that.
    fn rendered(&mut self, _ctx: &Context<App>, _is_first: bool) {
        let name = self.name();
        if self.shown != name {
            self.shown = name;
            let heading = browser::find(".wc-header__title[tabindex]");
            if let Some(heading) = heading.and_then(|heading| heading.dyn_into().ok()) {
                browser::focus(&heading);
            }
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
        let (product, quantity, order) = match &self.route {
            Route::Shop => {
                let counter = Counter {
                    counted: self.counted.as_ref(),
                    on_count: link.callback(|(id, quantity)| Message::Count(id, quantity)),
                    on_choose: self.on_choose(link),
                };
                let on_orders = match self.is_signed_out {
                    true => on_tap(link, Message::SignIn),
                    false => go(Route::MyOrders),
                };
                let on_sign_in = self.is_signed_out.then(|| on_tap(link, Message::SignIn));
                return shop(&self.storefront, texts, &counter, on_orders, on_sign_in);
            }
            Route::MyOrders => {
                let on_open = link.callback(|id| Message::Go(Route::Order(id)));
                let on_sign_out = on_tap(link, Message::SignOut);
                let on_shop = go(Route::Shop);
                return my_orders(&self.storefront, texts, &on_open, on_shop, on_sign_out);
            }
            Route::Buy {
                product_id,
                quantity,
            } => (Some(product_id.clone()), *quantity, None),
            Route::Order(order_id) => (None, 1, Some(order_id.clone())),
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
                <WechatCheckout {product} {quantity} {order} api={ctx.props().api.clone()} {texts}
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
            Route::Buy { .. } | Route::Order(_) => texts.order_title,
            Route::MyOrders => texts.my_orders,
        }
    }

    fn name(&self) -> &'static str {
        match self.route {
            Route::Shop => "shop",
            Route::Buy { .. } | Route::Order(_) => ORDER,
            Route::MyOrders => "orders",
        }
    }

    /// Who was signed out buys nothing: his tap signs him in again.
    fn on_choose(&self, link: &Scope<App>) -> Callback<ProductId> {
        let (is_signed_out, counted) = (self.is_signed_out, self.counted.clone());
        link.callback(move |product_id: ProductId| {
            if is_signed_out {
                return Message::SignIn;
            }
            let counted = counted.as_ref().filter(|(of, _)| *of == product_id);
            let quantity = counted.map_or(1, |(_, quantity)| *quantity);
            Message::Go(Route::Buy {
                product_id,
                quantity,
            })
        })
    }

    fn visit(&self, ctx: &Context<App>) {
        if !self.environment.can_sign_in() {
            return;
        }
        let visit = match self.route {
            Route::Shop => Visit::Shop,
            Route::MyOrders => Visit::Orders,
            // The checkout asks by itself.
            Route::Buy { .. } | Route::Order(_) => return self.storefront.visit(None),
        };
        self.storefront.visit(Some(visit));
        if self.is_signed_out && visit == Visit::Shop {
            return;
        }
        let (link, api) = (ctx.link().clone(), ctx.props().api.clone());
        if api.is_signed_in() {
            return self.storefront.admit();
        }
        spawn_local(async move {
            if sign_in::ensure(&api, || true).await {
                link.send_message(Message::Admitted);
            }
        });
    }
}

fn sign_out(ctx: &Context<App>) {
    let (link, api) = (ctx.link().clone(), ctx.props().api.clone());
    spawn_local(async move {
        match api.sign_out().await {
            Ok(()) => link.send_message(Message::SignedOut),
            Err(error) => browser::log_warning(&error.developer_text()),
        }
    });
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
