//! A running server: builds the parts, listens, and stops without losing what it answered.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use url::Url;
use wechat_checkout_gateway::{
    Client, ClientConfig, ClientError, OAuthClient, OAuthConfig, WallClock,
};
use wechat_checkout_protocol::routes::{NOTIFY_PAYMENT, NOTIFY_REFUND};

use crate::app::{App, SharedApp};
use crate::clock::Clock;
use crate::config::{Config, StoreAddress};
use crate::descriptors::Descriptors;
use crate::ended_sessions::{EndedSessions, follow_session_ends};
use crate::http::{self, Patience};
use crate::limit::Limiter;
use crate::places::Places;
use crate::push::{Hub, follow_journal};
use crate::qr_codes::QrCodes;
use crate::readiness::Readiness;
use crate::session::{SessionKey, SignIns};
use crate::start_line::{StartLine, StoreFound};
use crate::stock::Stock;
use crate::store::postgres::{self, PostgresStore};
use crate::store::sqlite::{Durability, OpenError, SqliteStore};
use crate::store::{Store, StoreError};
use crate::worker::{
    Bells, Inquiries, Refunds, Webhooks, forget_what_has_had_its_time, hasten_when_set_back,
    work_when_due,
};

/// The kernel's default of 128 drops connections when many pages come back at once, and each of
/// them then waits a second.
const BACKLOG: u32 = 4_096;

/// A running server.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    app: SharedApp,
    stop: oneshot::Sender<()>,
    listening: JoinHandle<()>,
    workers: Vec<JoinHandle<()>>,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or the address is not this machine's.
    #[error("cannot listen on {address}: is another server running there?")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The database.
    #[error("`store` cannot be opened")]
    Open(#[from] OpenError),
    /// The database server.
    #[error("`store` cannot be opened")]
    OpenPostgres(#[from] postgres::OpenError),
    /// The database opened and does not work.
    #[error("the store does not work")]
    Store(#[from] StoreError),
    /// WeChat Pay, or its sign-in, at the configured addresses.
    #[error("`gateway` or `oauth` cannot be used")]
    Gateway(#[from] ClientError),
    /// The address for notifications.
    #[error("`gateway.notify_origin` makes no address for notifications")]
    NotifyUrl(#[from] url::ParseError),
}

impl Server {
    /// Starts a server on the system's clock.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: Config) -> Result<Server, StartError> {
        Server::start_at(config, Clock::System).await
    }

    /// Starts a server on a given clock.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start_at(config: Config, clock: Clock) -> Result<Server, StartError> {
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        let mut line = StartLine::of(&config);
        let is_created = StoreFound::will_be_created(&config.store);
        let store = open_store(&config.store).await?;
        let found = StoreFound::in_store(is_created, store.as_ref()).await?;
        found.tell(&config.store, &mut line);
        store.stock_up(&config.catalog).await?;
        let (listener, address) = listen(config.listen)?;
        line.say("listen", address.to_string());
        let page_dir = config.page_dir.clone();
        let webhook = config.webhook.clone();
        let descriptors = Descriptors::raise();
        line.say("file descriptors", descriptors.to_string());
        let app = build_app(config, Arc::clone(&store), &descriptors, clock, address)?;
        let app = Arc::new(app);
        let now = app.clock.now();
        app.ended_sessions.read(&*store, now).await?;
        let router = http::router(SharedApp::clone(&app), page_dir.as_deref());
        let mut workers = vec![
            tokio::spawn(work_when_due(Inquiries(SharedApp::clone(&app)))),
            tokio::spawn(work_when_due(Refunds(SharedApp::clone(&app)))),
            tokio::spawn(follow_session_ends(SharedApp::clone(&app))),
            tokio::spawn(forget_what_has_had_its_time(SharedApp::clone(&app))),
            tokio::spawn(follow_journal(store, app.hub.clone())),
        ];
        if matches!(app.clock, Clock::Simulated(_)) {
            let app = SharedApp::clone(&app);
            workers.push(tokio::spawn(hasten_when_set_back(app)));
        }
        if let Some(target) = webhook {
            let app = SharedApp::clone(&app);
            workers.push(tokio::spawn(work_when_due(Webhooks { app, target })));
        }
        let (stop, stopped) = oneshot::channel();
        let places = Places::new(descriptors.connections_max);
        let listening = tokio::spawn(http::serve(
            listener,
            router,
            places,
            Patience::USUAL,
            stopped,
        ));
        tracing::info!(%address, "listening: {line}");
        Ok(Server {
            address,
            app,
            stop,
            listening,
            workers,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        ["http://", &self.address.to_string()].concat()
    }

    /// Its parts, for tests that look inside.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Stops: no new requests, those under way finish, watching pages are told to come back.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.app.hub.stop();
        let _ = self.listening.await;
        for worker in self.workers {
            worker.abort();
            let _ = worker.await;
        }
        tracing::info!("stopped");
    }
}

async fn open_store(address: &StoreAddress) -> Result<Arc<dyn Store>, StartError> {
    Ok(match address {
        StoreAddress::Sqlite(path) => Arc::new(SqliteStore::open(path, Durability::Full)?),
        StoreAddress::Postgres(address) => Arc::new(PostgresStore::open(address).await?),
    })
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let bind = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bind().map_err(|source| StartError::Listen { address, source })
}

/// The clock that WeChat's `Date` is compared with: the one that dates our orders.
fn wall_clock(clock: &Clock) -> WallClock {
    match clock.clone() {
        Clock::System => WallClock::system(),
        other => WallClock::new(move || other.now().0),
    }
}

fn build_app(
    config: Config,
    store: Arc<dyn Store>,
    descriptors: &Descriptors,
    clock: Clock,
    address: SocketAddr,
) -> Result<App, StartError> {
    let own_origin = || ["http://", &address.to_string()].concat();
    let notify_origin = config.notify_origin.clone().unwrap_or_else(own_origin);
    let mut oauth_config = OAuthConfig::new(
        config.merchant.appid(),
        config.app_secret,
        config.oauth_authorize_url,
        config.oauth_token_url,
    );
    let wall_clock = wall_clock(&clock);
    oauth_config.clock = wall_clock.clone();
    let oauth = OAuthClient::new(oauth_config)?;
    let mut gateway_config = ClientConfig::new(config.gateway_url);
    gateway_config.second_base_url = config.gateway_second_url;
    gateway_config.client_certificate = config.certificate;
    gateway_config.clock = wall_clock;
    let gateway = Client::new(gateway_config, config.merchant.clone())?;
    Ok(App {
        catalog: config.catalog,
        shop: config.shop,
        merchant: config.merchant,
        gateway,
        oauth,
        stock: Stock::of(Arc::clone(&store)),
        store,
        hub: Hub::new(descriptors.sockets_max),
        buyers_calls: Semaphore::new(descriptors.calls_max),
        readiness: Readiness::default(),
        bells: Bells::default(),
        clock,
        session_key: SessionKey::new(config.session_key, config.session_key_former),
        ended_sessions: EndedSessions::default(),
        sign_ins: SignIns::default(),
        public_origins: config.public_origins,
        notify_url: Url::parse(&notify_origin)?.join(NOTIFY_PAYMENT)?,
        refund_notify_url: Url::parse(&notify_origin)?.join(NOTIFY_REFUND)?,
        qr_codes: QrCodes::default(),
        limiter: Limiter::new(config.rates),
        admin_guesses: http::admin::guesses(),
        admin_token: config.admin_token,
        is_behind_proxy: config.is_behind_proxy,
        orders_expire_after_ms: config.orders_expire_after_ms,
        open_orders_max: config.open_orders_max,
    })
}
