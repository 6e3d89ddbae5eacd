//! What the shop and the list of orders show: fetched on each visit, kept in between.
//!
//! A buyer who comes back from an order sees the shop at once, and a moment later how it is now.

use std::{
    cell::{Cell, Ref, RefCell},
    rc::{Rc, Weak},
};

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use wechat_checkout_protocol::{BenefitsView, CatalogView, OrderListView, ShopView};

use crate::{
    api::{ApiClient, CallError},
    browser,
    checkout::{RETRIES_MAX, Recovery, Trouble, retry_delay_ms},
};

/// How far an answer is.
#[derive(Debug)]
pub enum Answer<T> {
    /// On its way.
    Awaited,
    /// Here.
    Here(T),
    /// Not to be had now.
    Missing(Trouble),
}

/// The page that is visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// The shop.
    Shop,
    /// The buyer's orders.
    Orders,
}

/// The answers, and the way to ask again.
#[derive(Clone)]
pub struct Storefront(Rc<Inner>);

struct Inner {
    api: ApiClient,
    on_change: Box<dyn Fn()>,
    catalog: RefCell<Answer<CatalogView>>,
    orders: RefCell<Answer<OrderListView>>,
    benefits: RefCell<Answer<BenefitsView>>,
    visit: Cell<Option<Visit>>,
    /// Whether what only buyers are told may be asked for.
    is_admitted: Cell<bool>,
    attempt: Cell<u32>,
    retry_timer: RefCell<Option<Timeout>>,
}

impl std::fmt::Debug for Storefront {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Storefront")
            .field("visit", &self.0.visit)
            .finish_non_exhaustive()
    }
}

impl Storefront {
    /// Nothing is asked for before the first visit; `on_change` is called after each answer.
    #[must_use]
    pub fn new(api: ApiClient, on_change: impl Fn() + 'static) -> Storefront {
        Storefront(Rc::new(Inner {
            api,
            on_change: Box::new(on_change),
            catalog: RefCell::new(Answer::Awaited),
            orders: RefCell::new(Answer::Awaited),
            benefits: RefCell::new(Answer::Awaited),
            visit: Cell::new(None),
            is_admitted: Cell::new(false),
            attempt: Cell::new(0),
            retry_timer: RefCell::default(),
        }))
    }

    /// Whose shop it is, as far as the server has said.
    #[must_use]
    pub fn shop(&self) -> Option<Rc<ShopView>> {
        self.0.api.shop()
    }

    /// What is sold.
    #[must_use]
    pub fn catalog(&self) -> Ref<'_, Answer<CatalogView>> {
        self.0.catalog.borrow()
    }

    /// The buyer's orders.
    #[must_use]
    pub fn orders(&self) -> Ref<'_, Answer<OrderListView>> {
        self.0.orders.borrow()
    }

    /// What the buyer owns.
    #[must_use]
    pub fn benefits(&self) -> Ref<'_, Answer<BenefitsView>> {
        self.0.benefits.borrow()
    }

    /// Asks again, by the buyer's hand.
    pub fn retry(&self) {
        self.0.attempt.set(0);
        self.0.ask();
    }

    /// The buyer is at another page now; `None` when it needs nothing from here.
    pub fn visit(&self, visit: Option<Visit>) {
        self.0.visit.set(visit);
        self.0.attempt.set(0);
        self.0.retry_timer.take();
        self.0.ask();
    }

    /// The buyer is signed in, as far as one can be: what only he is told may be asked for.
    pub fn admit(&self) {
        if !self.0.is_admitted.replace(true) {
            self.0.ask_for_buyer();
        }
    }

    /// The buyer is signed out: what he was told is gone.
    pub fn dismiss(&self) {
        self.0.is_admitted.set(false);
        self.0.orders.replace(Answer::Awaited);
        self.0.benefits.replace(Answer::Awaited);
    }
}

impl Inner {
    fn ask(self: &Rc<Self>) {
        if self.visit.get() == Some(Visit::Shop) {
            let weak = Rc::downgrade(self);
            let api = self.api.clone();
            spawn_local(async move { keep(&weak, api.catalog().await, |inner| &inner.catalog) });
        }
        if self.is_admitted.get() {
            self.ask_for_buyer();
        }
    }

    fn ask_for_buyer(self: &Rc<Self>) {
        let Some(visit) = self.visit.get() else {
            return;
        };
        if visit == Visit::Orders {
            let weak = Rc::downgrade(self);
            let api = self.api.clone();
            spawn_local(async move { keep(&weak, api.orders().await, |inner| &inner.orders) });
        }
        let weak = Rc::downgrade(self);
        let api = self.api.clone();
        spawn_local(async move { keep(&weak, api.benefits().await, |inner| &inner.benefits) });
    }

    /// What a failed call means for the buyer; what passes by itself is asked for again.
    fn miss(self: &Rc<Self>, error: CallError) -> Trouble {
        browser::log_warning(&error.developer_text());
        let trouble = Trouble::from(error);
        if trouble.kind.recovery() == Recovery::Automatic {
            self.ask_later(&trouble);
        }
        trouble
    }

    fn ask_later(self: &Rc<Self>, trouble: &Trouble) {
        let attempt = self.attempt.get();
        self.attempt.set(attempt.saturating_add(1));
        if attempt < RETRIES_MAX {
            let weak = Rc::downgrade(self);
            let timer = Timeout::new(
                browser::jittered_ms(retry_delay_ms(attempt, trouble)),
                move || {
                    if let Some(inner) = weak.upgrade() {
                        inner.ask();
                    }
                },
            );
            self.retry_timer.replace(Some(timer));
        }
    }
}

/// Keeps an answer; a failure never takes away what is there already.
fn keep<T>(
    inner: &Weak<Inner>,
    answer: Result<T, CallError>,
    place: fn(&Inner) -> &RefCell<Answer<T>>,
) {
    let Some(inner) = inner.upgrade() else { return };
    match answer {
        Ok(value) => drop(place(&inner).replace(Answer::Here(value))),
        Err(error) => {
            let trouble = inner.miss(error);
            let mut place = place(&inner).borrow_mut();
            if !matches!(*place, Answer::Here(_)) {
                *place = Answer::Missing(trouble);
            }
        }
    }
    (inner.on_change)();
}
