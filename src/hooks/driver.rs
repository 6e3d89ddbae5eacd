//! Runs the checkout machine: feeds it events and performs its effects, in order and at once.
//!
//! Why not a Yew reducer: its dispatch runs in a later task, and WeChat opens the sheet only inside
//! the buyer's tap. Here the tap, the transition and the call into the bridge share one call stack.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use gloo_timers::callback::{Interval, Timeout};
use wasm_bindgen_futures::spawn_local;
use wechat_checkout_protocol::{BridgeParams, OrderId, OrderView, ProductId};
use yew::Callback;

use super::idempotency;
use crate::{
    api::{ApiClient, Call, CallError},
    bridge::{self, PendingSheet},
    browser::{self, LifeListeners, PageLife},
    checkout::{
        Checkout, CheckoutEvent, Effect, Event, FailReason, Holding, SheetAnswer, Timer, Trouble,
        TroubleKind, transition,
    },
    push::{News, Watcher},
    sign_in,
};

pub(crate) struct Driver {
    api: ApiClient,
    can_sign_in: bool,
    state: RefCell<Rc<Checkout>>,
    queue: RefCell<VecDeque<Event>>,
    is_running: Cell<bool>,
    is_closed: Cell<bool>,
    on_change: Box<dyn Fn()>,
    on_event: RefCell<Callback<CheckoutEvent>>,
    watcher: RefCell<Option<Watcher>>,
    sheet: RefCell<Option<PendingSheet>>,
    timers: RefCell<Vec<(Timer, Timeout)>>,
    life: RefCell<Option<LifeListeners>>,
    clock: RefCell<Option<Interval>>,
}

/// How often a running time is drawn again.
const TICK_MS: u32 = 1_000;

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Driver")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Driver {
    pub(crate) fn new(api: ApiClient, can_sign_in: bool, on_change: Box<dyn Fn()>) -> Rc<Driver> {
        let driver = Rc::new(Driver {
            api,
            can_sign_in,
            state: RefCell::default(),
            queue: RefCell::default(),
            is_running: Cell::new(false),
            is_closed: Cell::new(false),
            on_change,
            on_event: RefCell::default(),
            watcher: RefCell::default(),
            sheet: RefCell::default(),
            timers: RefCell::default(),
            life: RefCell::default(),
            clock: RefCell::default(),
        });
        let weak = Rc::downgrade(&driver);
        let listeners = browser::listen_to_life(move |life| {
            if let Some(driver) = weak.upgrade() {
                driver.live(life);
            }
        });
        driver.life.replace(Some(listeners));
        let weak = Rc::downgrade(&driver);
        let clock = Interval::new(TICK_MS, move || {
            if let Some(driver) = weak.upgrade()
                && driver.state().holding().is_some_and(Holding::is_counting)
            {
                (driver.on_change)();
            }
        });
        driver.clock.replace(Some(clock));
        driver
    }

    pub(crate) fn state(&self) -> Rc<Checkout> {
        Rc::clone(&self.state.borrow())
    }

    pub(crate) fn set_listener(&self, on_event: Callback<CheckoutEvent>) {
        self.on_event.replace(on_event);
    }

    /// Ends everything that this checkout runs. The order itself lives on, on the server.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        self.watcher.take();
        self.sheet.take();
        self.life.take();
        self.clock.take();
        self.timers.borrow_mut().clear();
        // A listener may hold this driver.
        self.on_event.take();
    }

    /// Feeds one event. Events that effects cause meanwhile wait for their turn.
    pub(crate) fn dispatch(self: &Rc<Self>, event: Event) {
        if self.is_closed.get() {
            return;
        }
        self.queue.borrow_mut().push_back(event);
        if self.is_running.replace(true) {
            return;
        }
        loop {
            // Its own statement: the queue must be free again while the event is worked on.
            let next = self.queue.borrow_mut().pop_front();
            let Some(event) = next else { break };
            let before = Rc::unwrap_or_clone(self.state.take());
            let next = transition(before, event, browser::now());
            self.state.replace(Rc::new(next.state));
            for effect in next.effects {
                self.perform(effect);
            }
        }
        self.is_running.set(false);
        (self.on_change)();
    }

    fn live(self: &Rc<Self>, life: PageLife) {
        if let Some(watcher) = &*self.watcher.borrow() {
            match life {
                PageLife::Hidden => {}
                PageLife::Left => watcher.sleep(),
                PageLife::Shown | PageLife::Online => watcher.wake(),
            }
        }
        self.dispatch(match life {
            PageLife::Hidden | PageLife::Left => Event::Hidden,
            PageLife::Shown => Event::Shown,
            PageLife::Online => Event::WentOnline,
        });
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::PlaceOrder {
                product_id,
                quantity,
            } => self.place_order(product_id, quantity),
            Effect::ForgetKey {
                product_id,
                quantity,
            } => {
                idempotency::forget_key(&product_id, quantity);
            }
            Effect::LoadOrder(order_id) => {
                self.ask(self.api.order(&order_id), Box::new(Event::LoadingFailed));
            }
            Effect::RefreshBridge(order_id) => self.refresh_bridge(&order_id),
            Effect::OpenSheet { sheet, params } => self.open_sheet(sheet, *params),
            Effect::SendReport {
                order_id,
                outcome,
                raw,
            } => {
                let call = self.api.report(&order_id, outcome, raw);
                self.ask(call, Box::new(Event::ReportFailed));
            }
            Effect::Watch(order_id) => self.watch(order_id),
            Effect::StartTimer(timer, ms) => self.start_timer(timer, ms),
            Effect::SignIn { is_asked_for } => {
                if self.can_sign_in {
                    sign_in::start(self.api.base(), is_asked_for);
                }
            }
            Effect::Emit(event) => self.on_event.borrow().emit(event),
        }
    }

    fn place_order(self: &Rc<Self>, product_id: ProductId, quantity: u32) {
        let Some(key) = idempotency::key_for(&product_id, quantity) else {
            let trouble = Trouble::of(TroubleKind::Defect);
            return self.dispatch(Event::PlacingFailed(trouble));
        };
        let call = self.api.place_order(product_id.clone(), quantity, key);
        let failed = move |mut trouble: Trouble| {
            // There is no order yet: what was not found is the product.
            if trouble.kind == TroubleKind::NotFound {
                trouble.kind = TroubleKind::NoProduct;
                let name = ["no product `", product_id.as_str(), "` in the catalogue"].concat();
                browser::log_error(&name);
            }
            Event::PlacingFailed(trouble)
        };
        self.ask(call, Box::new(failed));
    }

    fn refresh_bridge(self: &Rc<Self>, order_id: &OrderId) {
        let call = self.api.refresh_bridge(order_id);
        let call = Box::pin(async move {
            let order = call.await?;
            // Without them the machine would ask again and again.
            if order.is_payable && order.bridge.is_none() {
                browser::log_error("the server gave no bridge parameters for a payable order");
                return Err(CallError::Unreadable {
                    status: 200,
                    retry_after_ms: None,
                });
            }
            Ok(order)
        });
        self.ask(call, Box::new(Event::BridgeRefused));
    }

    /// Performs a call; its answer is an order, its failure becomes the event given.
    fn ask(self: &Rc<Self>, call: Call<OrderView>, failed: Box<dyn FnOnce(Trouble) -> Event>) {
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            let answer = call.await;
            let Some(driver) = weak.upgrade() else { return };
            driver.dispatch(match answer {
                Ok(order) => Event::OrderArrived(Box::new(order)),
                Err(error) => {
                    browser::log_warning(&error.developer_text());
                    failed(error.into())
                }
            });
        });
    }

    fn open_sheet(self: &Rc<Self>, sheet: u32, params: BridgeParams) {
        let weak = Rc::downgrade(self);
        let pending = bridge::open_sheet(
            params,
            Box::new(move |answer| {
                if let Some(reason) = answer.judgement.reason {
                    browser::log_error(reason.developer_text());
                    if reason == FailReason::UrlNotRegistered {
                        browser::log_error(&browser::pay_addresses().advice());
                    }
                    browser::log_error(&answer.raw);
                }
                let Some(driver) = weak.upgrade() else { return };
                driver.dispatch(Event::SheetAnswered(SheetAnswer {
                    sheet,
                    outcome: answer.judgement.outcome,
                    reason: answer.judgement.reason,
                    words: answer.words,
                    raw: answer.raw,
                }));
            }),
        );
        self.sheet.replace(Some(pending));
    }

    fn watch(self: &Rc<Self>, order_id: OrderId) {
        if self
            .watcher
            .borrow()
            .as_ref()
            .is_some_and(|watcher| *watcher.order_id() == order_id)
        {
            return;
        }
        let weak = Rc::downgrade(self);
        let on_news = Box::new(move |news| {
            let Some(driver) = weak.upgrade() else { return };
            driver.dispatch(match news {
                News::Order(order) => Event::OrderArrived(order),
                News::Link(link) => Event::LinkChanged(link),
                News::Refused(trouble) => Event::LoadingFailed(trouble),
            });
        });
        self.watcher
            .replace(Some(Watcher::start(self.api.clone(), order_id, on_news)));
    }

    fn start_timer(self: &Rc<Self>, timer: Timer, ms: i64) {
        // setTimeout counts in 31 bits and fires at once beyond them.
        const MS_MAX: u32 = 2_147_483_647;
        let ms = match timer {
            Timer::Retry => browser::jittered_ms(ms),
            Timer::NoAnswer
            | Timer::Returned
            | Timer::ConfirmingEnds
            | Timer::PayAgain
            | Timer::Expiry => u32::try_from(ms.max(0)).unwrap_or(MS_MAX),
        };
        let weak = Rc::downgrade(self);
        let timeout = Timeout::new(ms.min(MS_MAX), move || {
            if let Some(driver) = weak.upgrade() {
                driver.dispatch(Event::TimerFired(timer));
            }
        });
        let mut timers = self.timers.borrow_mut();
        timers.retain(|(running, _)| *running != timer);
        timers.push((timer, timeout));
    }
}
