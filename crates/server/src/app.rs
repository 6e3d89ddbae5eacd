//! What every request and worker shares: the parts of a running checkout.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Semaphore;
use url::Url;
use wechat_checkout_gateway::oauth::OAuthClient;
use wechat_checkout_gateway::{Client, Merchant};
use wechat_checkout_protocol::ShopView;

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::ended_sessions::EndedSessions;
use crate::limit::Limiter;
use crate::push::Hub;
use crate::qr_codes::QrCodes;
use crate::readiness::Readiness;
use crate::session::{SessionKey, SignIns};
use crate::stock::Stock;
use crate::store::Store;
use crate::worker::Bells;

/// Shared by handlers, flows and workers; cheap to clone.
pub type SharedApp = Arc<App>;

/// The parts of a running checkout.
#[derive(Debug)]
pub struct App {
    /// What is sold.
    pub catalog: Catalog,
    /// Shown to the buyer.
    pub shop: ShopView,
    /// Signs and verifies.
    pub merchant: Merchant,
    /// WeChat Pay.
    pub gateway: Client,
    /// WeChat's sign-in.
    pub oauth: OAuthClient,
    /// Orders.
    pub store: Arc<dyn Store>,
    /// Whether a commit works.
    pub readiness: Readiness,
    /// What is left of the goods, as the shop tells it.
    pub stock: Stock,
    /// Watching pages.
    pub hub: Hub,
    /// Ring when a worker has something to do before its time.
    pub bells: Bells,
    /// Time.
    pub clock: Clock,
    /// Signs sessions.
    pub session_key: SessionKey,
    /// Sessions that are over before their time.
    pub ended_sessions: EndedSessions,
    /// Sign-ins of the last minutes, for redirects that arrive twice.
    pub sign_ins: SignIns,
    /// Where buyers' browsers see the page; the first is the canonical one.
    pub public_origins: Vec<String>,
    /// Where WeChat sends payment notifications.
    pub notify_url: Url,
    /// Where WeChat sends refund notifications.
    pub refund_notify_url: Url,
    /// Draws the codes of this shop's addresses.
    pub qr_codes: QrCodes,
    /// Buyers' calls under way: fewer than connections, so that WeChat's always get one.
    pub buyers_calls: Semaphore,
    /// Remembers who asked how often.
    pub limiter: Limiter,
    /// Remembers who guessed the admin token.
    pub admin_guesses: Limiter,
    /// Opens the admin API; without one there is none.
    pub admin_token: Option<SecretString>,
    /// Believe `X-Forwarded-For`.
    pub is_behind_proxy: bool,
    /// How long an order can be paid.
    pub orders_expire_after_ms: i64,
    /// Unpaid orders a buyer may have at a time.
    pub open_orders_max: u32,
}

impl App {
    /// Whether a browser at this origin shows our page.
    #[must_use]
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.public_origins.iter().any(|own| own == origin)
    }
}
