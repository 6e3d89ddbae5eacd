//! Follows one order for as long as it lives: socket first, polling whenever the socket is down.
//!
//! Polls never overlap: the next one is planned when the last one has ended. Both ways bring whole
//! views with a sequence number, so the machine drops whatever arrives out of order.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use gloo_timers::callback::Timeout;
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use wechat_checkout_protocol::{ClientFrame, OrderId, OrderView, UnixMillis};

use super::{
    AfterClose, CONNECT_MS_MAX, SILENCE_MS_MAX, after_close, poll_pause_ms,
    socket::{Socket, SocketNews},
};
use crate::{
    api::{ApiClient, CallError},
    browser,
    checkout::{Link, Trouble, TroubleKind},
    json,
};

/// What a watcher tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The order, whole.
    Order(Box<OrderView>),
    /// The way the news come.
    Link(Link),
    /// Nobody can be asked any more without the buyer.
    Refused(Trouble),
}

/// Watching ends when this is dropped.
#[derive(Debug)]
#[must_use = "watching ends when this is dropped"]
pub struct Watcher(Rc<Watch>);

struct Watch {
    api: ApiClient,
    order_id: OrderId,
    on_news: Box<dyn Fn(News)>,
    socket: RefCell<Option<Socket>>,
    /// Connections since the last snapshot.
    attempt: Cell<u32>,
    heard_at: Cell<UnixMillis>,
    link: Cell<Link>,
    is_polling: Cell<bool>,
    /// Whether the next answer is to open the socket, with the token that it brings.
    is_token_awaited: Cell<bool>,
    polls: Cell<u32>,
    reconnect_timer: RefCell<Option<Timeout>>,
    silence_timer: RefCell<Option<Timeout>>,
    poll_timer: RefCell<Option<Timeout>>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch")
            .field("order_id", &self.order_id)
            .finish_non_exhaustive()
    }
}

impl Watcher {
    /// Starts to follow an order.
    pub fn start(api: ApiClient, order_id: OrderId, on_news: Box<dyn Fn(News)>) -> Watcher {
        let watch = Rc::new(Watch {
            api,
            order_id,
            on_news,
            socket: RefCell::default(),
            attempt: Cell::new(0),
            heard_at: Cell::new(browser::now()),
            link: Cell::new(Link::Connecting),
            is_polling: Cell::new(false),
            is_token_awaited: Cell::new(false),
            polls: Cell::new(0),
            reconnect_timer: RefCell::default(),
            silence_timer: RefCell::default(),
            poll_timer: RefCell::default(),
        });
        watch.connect();
        Watcher(watch)
    }

    /// The order that is followed.
    #[must_use]
    pub fn order_id(&self) -> &OrderId {
        &self.0.order_id
    }

    /// The page is being left. Browsers keep no page in the back/forward cache that has a socket open
    /// (Chromium up to 148, and so today's WeChat), and the buyer would come back to a reload.
    pub fn sleep(&self) {
        let watch = &self.0;
        watch.socket.take();
        watch.reconnect_timer.take();
        watch.silence_timer.take();
        watch.poll_timer.take();
        watch.link.set(Link::Connecting);
    }

    /// The page came back: a socket that slept with it may be dead without knowing.
    pub fn wake(&self) {
        let silence = browser::now().since_ms(self.0.heard_at.get());
        let is_stale = u64::try_from(silence).is_ok_and(|ms| ms > SILENCE_MS_MAX);
        if self.0.link.get() != Link::Live || is_stale {
            self.0.attempt.set(0);
            self.0.connect();
        }
    }
}

impl Watch {
    /// Opens the socket; without a fresh token the order is asked for first, since the answer brings
    /// one.
    fn connect(self: &Rc<Self>) {
        self.reconnect_timer.take();
        self.silence_timer.take();
        self.socket.take();
        if let Some(token) = self.api.watch_token(&self.order_id) {
            self.is_token_awaited.set(false);
            return self.open_socket(token);
        }
        self.is_token_awaited.set(true);
        if self.link.get() == Link::Live {
            self.change_link(Link::Polling);
        }
        self.plan_poll(0);
    }

    fn open_socket(self: &Rc<Self>, token: String) {
        self.reconnect_timer.take();
        self.arm_silence_timer(CONNECT_MS_MAX);
        let first_frame = json::write(&ClientFrame::Watch { token }).unwrap_or_default();
        let address = self.api.watch_address(&self.order_id);
        let watch = Rc::downgrade(self);
        let socket = Socket::open(&address, first_frame, move |news| {
            if let Some(watch) = Weak::upgrade(&watch) {
                watch.hear(news);
            }
        });
        match socket {
            Some(socket) => drop(self.socket.replace(Some(socket))),
            None => self.lose(1006),
        }
    }

    fn hear(self: &Rc<Self>, news: SocketNews) {
        match news {
            SocketNews::Frame(text) => {
                self.heard_at.set(browser::now());
                self.arm_silence_timer(u32::try_from(SILENCE_MS_MAX).unwrap_or(u32::MAX));
                if let Some(order) = read_snapshot(&text) {
                    self.attempt.set(0);
                    self.polls.set(0);
                    self.poll_timer.take();
                    self.change_link(Link::Live);
                    (self.on_news)(News::Order(Box::new(order)));
                }
            }
            // The closure of the event listener is still running: the socket is let go later.
            SocketNews::Closed(code) => self.lose(code),
        }
    }

    /// The socket is gone, or never came: ask, and connect again after a pause.
    fn lose(self: &Rc<Self>, code: u16) {
        self.silence_timer.take();
        let pause_ms = match after_close(code, self.attempt.get()) {
            AfterClose::ReconnectIn(pause_ms) => Some(pause_ms),
            AfterClose::NewTokenIn(pause_ms) => {
                self.api.forget_watch_token();
                Some(pause_ms)
            }
            AfterClose::AskOnly => None,
        };
        self.attempt.set(self.attempt.get().saturating_add(1));
        if let Some(pause_ms) = pause_ms {
            let watch = Rc::downgrade(self);
            let timer = Timeout::new(browser::jittered_ms(pause_ms), move || {
                if let Some(watch) = watch.upgrade() {
                    watch.connect();
                }
            });
            self.reconnect_timer.replace(Some(timer));
        }
        if self.link.get() != Link::Down {
            self.change_link(Link::Polling);
        }
        self.plan_poll(0);
    }

    fn arm_silence_timer(self: &Rc<Self>, ms: u32) {
        let watch = Rc::downgrade(self);
        let timer = Timeout::new(ms, move || {
            if let Some(watch) = watch.upgrade() {
                watch.socket.take();
                watch.lose(1006);
            }
        });
        self.silence_timer.replace(Some(timer));
    }

    fn plan_poll(self: &Rc<Self>, pause_ms: i64) {
        if self.is_polling.get() || self.link.get() == Link::Live {
            return;
        }
        let watch = Rc::downgrade(self);
        let timer = Timeout::new(browser::jittered_ms(pause_ms), move || {
            if let Some(watch) = watch.upgrade() {
                watch.poll();
            }
        });
        self.poll_timer.replace(Some(timer));
    }

    fn poll(self: &Rc<Self>) {
        self.is_polling.set(true);
        let watch = Rc::downgrade(self);
        let call = self.api.order(&self.order_id);
        spawn_local(async move {
            let answer = call.await;
            let Some(watch) = watch.upgrade() else { return };
            watch.is_polling.set(false);
            watch.take_poll(answer);
        });
    }

    fn take_poll(self: &Rc<Self>, answer: Result<OrderView, CallError>) {
        let asked = self.polls.get();
        self.polls.set(asked.saturating_add(1));
        match answer {
            Ok(order) => {
                if self.link.get() == Link::Down {
                    // The server is back: no reason to wait out the long pause.
                    self.attempt.set(0);
                    self.change_link(Link::Polling);
                    self.is_token_awaited.set(true);
                }
                if self.is_token_awaited.take() {
                    match self.api.watch_token(&self.order_id) {
                        Some(token) => self.open_socket(token),
                        None => browser::log_warning("the order came without a watch token"),
                    }
                }
                (self.on_news)(News::Order(Box::new(order)));
            }
            Err(error) => match Trouble::from(error).kind {
                kind @ (TroubleKind::SignIn | TroubleKind::NotFound) => return self.refuse(kind),
                _ if self.link.get() != Link::Live => self.change_link(Link::Down),
                _ => {}
            },
        }
        self.plan_poll(poll_pause_ms(asked));
    }

    fn refuse(self: &Rc<Self>, kind: TroubleKind) {
        self.reconnect_timer.take();
        self.silence_timer.take();
        (self.on_news)(News::Refused(Trouble::of(kind)));
    }

    fn change_link(&self, link: Link) {
        if self.link.replace(link) != link {
            (self.on_news)(News::Link(link));
        }
    }
}

/// The order of a snapshot frame; `None` for pings and for frames of a later version.
///
/// Read by hand: serde's tagged enums would put a second, buffering parser into the wasm.
fn read_snapshot(text: &str) -> Option<OrderView> {
    let frame = JSON::parse(text).ok()?;
    let field = |name: &str| Reflect::get(&frame, &JsValue::from_str(name)).ok();
    if field("type")?.as_string()? != "snapshot" {
        return None;
    }
    json::read_value(field("order")?)
}
