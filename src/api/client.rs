//! One method per call; every call is bounded in time.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
};

use serde::{Serialize, de::DeserializeOwned};
use wechat_checkout_protocol::{
    BenefitsView, BridgeOutcome, CatalogView, IdempotencyKey, OrderId, OrderListView, OrderView,
    PlaceOrder, ProductId, ReportOutcome, SessionView, ShopView, UnixMillis, routes,
};

use crate::{
    browser::{self, Shelf, now},
    json,
};

use super::{
    CallError,
    fetch::{Reply, fetch},
};

/// A call that takes longer is given up; asking again is safe.
pub const CALL_MS_MAX: u32 = 10_000;

/// Placing an order includes a call to WeChat.
pub const PLACE_MS_MAX: u32 = 20_000;

/// A watch token is used for half its life: a phone's clock or a slow start must not make it too old.
const WATCH_TOKEN_FRESH_MS: i64 = 5 * 60 * 1_000;

/// Kept on the device while the last session that was asked for was a buyer's: `static/start.js` then
/// asks early for what only a buyer is told.
const SIGNED_IN: &str = "signed-in";

/// An answer on its way. Boxed, so that the code of a call is in the wasm once, and not once for each
/// place that awaits it.
pub type Call<T> = Pin<Box<dyn Future<Output = Result<T, CallError>>>>;

/// The server of this page. Cloning is cheap and shares the newest order's watch token.
#[derive(Clone, Debug, Default)]
pub struct ApiClient {
    shared: Rc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    base: String,
    socket_base: Option<String>,
    watch_token: RefCell<Option<WatchToken>>,
    is_signed_in: Cell<bool>,
    shop: RefCell<Option<Rc<ShopView>>>,
}

#[derive(Debug)]
struct WatchToken {
    order_id: OrderId,
    token: String,
    received_at: UnixMillis,
}

impl PartialEq for ApiClient {
    fn eq(&self, other: &ApiClient) -> bool {
        Rc::ptr_eq(&self.shared, &other.shared)
    }
}

impl ApiClient {
    /// A server at another origin than the page's, for example `https://pay.example.com`.
    #[must_use]
    pub fn with_base(base: impl Into<String>) -> ApiClient {
        let shared = Shared {
            base: base.into(),
            ..Shared::default()
        };
        ApiClient {
            shared: Rc::new(shared),
        }
    }

    /// The same server with another way to its sockets, for example behind a development proxy.
    #[must_use]
    pub fn with_socket_base(self, socket_base: impl Into<String>) -> ApiClient {
        let shared = Shared {
            base: self.shared.base.clone(),
            socket_base: Some(socket_base.into()),
            ..Shared::default()
        };
        ApiClient {
            shared: Rc::new(shared),
        }
    }

    /// Where the server is; empty for the page's own origin.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.shared.base
    }

    /// Where the order's watch socket is.
    #[must_use]
    pub fn watch_address(&self, order_id: &OrderId) -> String {
        let base = match (&self.shared.socket_base, self.shared.base.as_str()) {
            (Some(socket_base), _) => socket_base.clone(),
            (None, "") => browser::socket_origin(),
            (None, base) => browser::socket_scheme(base),
        };
        [base, routes::watch(order_id)].concat()
    }

    /// What is sold.
    ///
    /// # Errors
    /// When no readable answer came.
    pub async fn catalog(&self) -> Result<CatalogView, CallError> {
        self.get(routes::CATALOG).await
    }

    /// Who is buying, and whose shop it is; both are remembered.
    ///
    /// # Errors
    /// When no readable answer came.
    pub fn session(&self) -> Call<SessionView> {
        let api = self.clone();
        Box::pin(async move {
            let session: SessionView = api.get(routes::SESSION).await?;
            api.remember(session.is_signed_in);
            if let Some(shop) = &session.shop {
                api.shared.shop.replace(Some(Rc::new(shop.clone())));
            }
            Ok(session)
        })
    }

    /// Whether the server has said so. It may have ended the session since.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.shared.is_signed_in.get()
    }

    /// Whose shop it is, as far as the server has said.
    #[must_use]
    pub fn shop(&self) -> Option<Rc<ShopView>> {
        self.shared.shop.borrow().clone()
    }

    /// Signs the buyer out on this device.
    ///
    /// # Errors
    /// When the server refused or no answer came; then he may still be signed in.
    pub async fn sign_out(&self) -> Result<(), CallError> {
        let body = Some("{}".into());
        self.ask(routes::SIGN_OUT, body, CALL_MS_MAX).await?;
        self.remember(false);
        Ok(())
    }

    fn remember(&self, is_signed_in: bool) {
        self.shared.is_signed_in.set(is_signed_in);
        if is_signed_in {
            browser::save(Shelf::Device, SIGNED_IN, "1");
        } else {
            browser::remove(Shelf::Device, SIGNED_IN);
        }
    }

    /// What opens the order's watch socket; `None` when it is too old: the next answer about the
    /// order brings a new one.
    #[must_use]
    pub fn watch_token(&self, order_id: &OrderId) -> Option<String> {
        let known = self.shared.watch_token.borrow();
        let known = known.as_ref().filter(|known| {
            let age = now().since_ms(known.received_at);
            known.order_id == *order_id && (0..WATCH_TOKEN_FRESH_MS).contains(&age)
        });
        known.map(|known| known.token.clone())
    }

    /// The token was refused.
    pub fn forget_watch_token(&self) {
        self.shared.watch_token.replace(None);
    }

    /// Remembers the token that came with an order.
    fn keep_watch_token(&self, order: OrderView) -> OrderView {
        if let Some(token) = &order.watch_token {
            self.shared.watch_token.replace(Some(WatchToken {
                order_id: order.id.clone(),
                token: token.clone(),
                received_at: now(),
            }));
        }
        order
    }

    /// What the buyer owns.
    ///
    /// # Errors
    /// When the server refused or no readable answer came.
    pub async fn benefits(&self) -> Result<BenefitsView, CallError> {
        self.get(routes::BENEFITS).await
    }

    /// The buyer's orders, newest first.
    ///
    /// # Errors
    /// When the server refused or no readable answer came.
    pub async fn orders(&self) -> Result<OrderListView, CallError> {
        self.get(routes::ORDERS).await
    }

    /// One order.
    ///
    /// # Errors
    /// When the server refused or no readable answer came.
    pub fn order(&self, order_id: &OrderId) -> Call<OrderView> {
        self.ask_for_order(&routes::order(order_id), None, CALL_MS_MAX)
    }

    /// Places an order, or finds the one placed before under the same key.
    ///
    /// # Errors
    /// When the server refused or no readable answer came; the same call may be repeated.
    pub fn place_order(
        &self,
        product_id: ProductId,
        quantity: u32,
        idempotency_key: IdempotencyKey,
    ) -> Call<OrderView> {
        let body = PlaceOrder {
            product_id,
            quantity,
            idempotency_key,
        };
        self.ask_for_order(routes::ORDERS, Some(written(&body)), PLACE_MS_MAX)
    }

    /// Fresh bridge parameters, inside the order.
    ///
    /// # Errors
    /// When the server refused or no readable answer came.
    pub fn refresh_bridge(&self, order_id: &OrderId) -> Call<OrderView> {
        let path = routes::bridge(order_id);
        self.ask_for_order(&path, Some("{}".into()), PLACE_MS_MAX)
    }

    /// Tells what the bridge said.
    ///
    /// # Errors
    /// When the server refused or no readable answer came.
    pub fn report(
        &self,
        order_id: &OrderId,
        outcome: BridgeOutcome,
        raw: String,
    ) -> Call<OrderView> {
        let body = ReportOutcome { outcome, raw };
        self.ask_for_order(&routes::report(order_id), Some(written(&body)), CALL_MS_MAX)
    }

    fn ask_for_order(&self, path: &str, body: Option<String>, ms_max: u32) -> Call<OrderView> {
        let (api, call) = (self.clone(), self.ask(path, body, ms_max));
        Box::pin(async move { Ok(api.keep_watch_token(read(&call.await?)?)) })
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        read(&self.ask(path, None, CALL_MS_MAX).await?)
    }

    /// An answer of the server's, still unread.
    fn ask(&self, path: &str, body: Option<String>, ms_max: u32) -> Call<Reply> {
        let address = [self.base(), path].concat();
        Box::pin(async move {
            let reply = fetch(address, body, ms_max).await;
            let reply = reply.ok_or(CallError::Unreached)?;
            if (200..300).contains(&reply.status) {
                Ok(reply)
            } else {
                Err(refusal(&reply))
            }
        })
    }
}

fn written<T: Serialize>(body: &T) -> String {
    json::write(body).unwrap_or_default()
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, CallError> {
    let answer = json::read(&reply.text);
    #[cfg(debug_assertions)]
    if answer.is_none() {
        browser::log_error(&json::explain::<T>(&reply.text));
    }
    answer.ok_or_else(|| unreadable(reply))
}

fn refusal(reply: &Reply) -> CallError {
    match json::read(&reply.text) {
        Some(problem) => CallError::Refused {
            problem: Box::new(problem),
            retry_after_ms: reply.retry_after_ms,
        },
        None => unreadable(reply),
    }
}

fn unreadable(reply: &Reply) -> CallError {
    CallError::Unreadable {
        status: reply.status,
        retry_after_ms: reply.retry_after_ms,
    }
}
