//! The simulator as a library: starts on any port, is controlled by method calls, stops cleanly.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::map_response_with_state;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::account::MerchantAccount;
use crate::agent::Agent;
use crate::buyer::{BuyerName, Buyers};
use crate::client::{self, Client, Drawer};
use crate::clock::{Clock, Pace, millis};
use crate::control::view::{self, NotificationView, TradeView};
use crate::courier::outbox::Attempt;
use crate::guard::Guard;
use crate::ledger::PayRefusal;
use crate::platform::Platform;
use crate::request_log::RequestEntry;
use crate::scenario::Scenario;
use crate::tls::{TlsConfig, TlsError};
use crate::{control, courier, date, gateway_api, listener, oauth, web_pay};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How a simulator starts.
#[derive(Clone, Debug)]
pub struct SimulatorConfig {
    /// Where the gateway, OAuth and the control API listen; port 0 takes a free one.
    pub gateway: SocketAddr,
    /// Where the simulated WeChat app listens; port 0 takes a free one.
    pub client: SocketAddr,
    /// The page that the app opens; may be set later.
    pub page: Option<Url>,
    /// At least one.
    pub merchants: Vec<MerchantAccount>,
    /// How fast simulated time passes.
    pub pace: Pace,
    /// What happens unless somebody chose otherwise.
    pub scenario: Scenario,
    /// Under which user agent pages are opened unless somebody chose otherwise.
    pub agent: Agent,
    /// Whether pages show the tester's drawer; tests and screenshots want none.
    pub drawer: Drawer,
    /// Names under which the simulator answers, besides this machine's own: a page elsewhere that
    /// gives itself another name is not let in.
    pub hosts: Vec<String>,
    /// HTTPS for the gateway; plain HTTP without.
    pub tls: Option<TlsConfig>,
}

/// Free ports on this machine, the demo merchant, real time, everything goes well.
impl Default for SimulatorConfig {
    fn default() -> SimulatorConfig {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        SimulatorConfig {
            gateway: anywhere,
            client: anywhere,
            page: None,
            merchants: vec![MerchantAccount::demo()],
            pace: Pace::Running(1),
            scenario: Scenario::Pay,
            agent: Agent::Android,
            drawer: Drawer::Absent,
            hosts: vec![],
            tls: None,
        }
    }
}

/// Why the simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there, or the address is not this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// The wanted address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// HTTPS cannot be spoken with what was given.
    #[error("cannot speak HTTPS")]
    Tls(#[from] TlsError),
    /// The HTTP client could not be set up.
    #[error("cannot set up the HTTP client")]
    HttpClient(#[source] reqwest::Error),
}

/// Why a payment by method call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    /// No order was placed under this number.
    #[error("no such trade")]
    NoSuchTrade,
    /// It was paid before.
    #[error("the trade is paid already")]
    Paid,
    /// It was closed before.
    #[error("the trade is closed")]
    Closed,
}

/// A running simulator. Dropping it stops it at once.
#[derive(Debug)]
pub struct Simulator {
    platform: Arc<Platform>,
    client: Arc<Client>,
    gateway_url: Url,
    client_url: Url,
    tasks: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Binds both listeners and begins to serve.
    ///
    /// # Errors
    /// When an address cannot be bound.
    pub async fn start(config: SimulatorConfig) -> Result<Simulator, StartError> {
        let tls = config.tls.as_ref().map(TlsConfig::acceptor).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (gateway_listener, gateway_at) = listen(config.gateway).await?;
        let (client_listener, client_at) = listen(config.client).await?;
        let (gateway_url, client_url) = (url_of(scheme, gateway_at), url_of("http", client_at));
        let guard = Arc::new(Guard::new(gateway_at, client_at, &config.hosts));
        let appids = config
            .merchants
            .iter()
            .map(|account| account.appid().to_owned())
            .collect();
        let platform = Arc::new(Platform::new(
            Clock::start(config.pace),
            config.merchants,
            Buyers::new(appids, config.scenario, config.agent),
            http_client()?,
            gateway_url.clone(),
        ));
        let client = Arc::new(Client::new(
            platform.clone(),
            http_client()?,
            config.page,
            gateway_url.clone(),
            config.drawer,
            Arc::clone(&guard),
        ));
        let gateway = gateway_api::router(platform.clone())
            .merge(oauth_router(platform.clone()))
            .merge(web_pay::router(platform.clone()))
            .merge(control::router(client.clone()));
        let gateway = guard.by_name(guard.by_origin(gateway));
        let tasks = vec![
            tokio::spawn(courier::run(platform.clone())),
            tokio::spawn(listener::serve(gateway_listener, gateway, tls)),
            tokio::spawn(listener::serve(
                client_listener,
                client::router(client.clone()),
                None,
            )),
        ];
        Ok(Simulator {
            platform,
            client,
            gateway_url,
            client_url,
            tasks,
        })
    }

    /// Where merchants' servers find the gateway, OAuth and the control API.
    #[must_use]
    pub fn gateway_url(&self) -> &Url {
        &self.gateway_url
    }

    /// Where a browser finds the page inside simulated WeChat.
    #[must_use]
    pub fn client_url(&self) -> &Url {
        &self.client_url
    }

    /// Chooses the page that the app opens.
    pub fn set_page(&self, page: Url) {
        self.client.set_page(page);
    }

    /// Chooses what happens to everybody from now on.
    pub fn set_scenario(&self, scenario: Scenario) {
        self.platform
            .change(|book| book.buyers.set_scenario_of_all(scenario));
    }

    /// Chooses what happens to one account (`wechat_buyer`) from now on; a name that no account
    /// can have changes nothing.
    pub fn set_buyer_scenario(&self, buyer: &str, scenario: Scenario) {
        if let Some(buyer) = BuyerName::parse(buyer) {
            self.platform.change(|book| {
                book.buyers
                    .choose(&buyer, |choice| choice.scenario = Some(scenario));
            });
        }
    }

    /// Simulated time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.platform.clock
    }

    /// Moves the clock; everything that falls due on the way happens at its own instant, and has
    /// happened when this returns.
    pub async fn step(&self, by: Duration) {
        self.platform.step(millis(by)).await;
    }

    /// Waits until no delivery is due or under way.
    pub async fn settle(&self) {
        self.platform.settle().await;
    }

    /// Sends the next planned notification now, due or not; `None` when none is planned.
    pub async fn deliver_next(&self) -> Option<Attempt> {
        let id = self.platform.take_next_delivery()?;
        courier::deliver(&self.platform, id).await
    }

    /// Sends one notification (again), whatever its state; `None` when there is no such one.
    pub async fn deliver(&self, id: u64) -> Option<Attempt> {
        if !self.platform.take_delivery(id) {
            return None;
        }
        courier::deliver(&self.platform, id).await
    }

    /// Pays as the sheet would, as the account that ordered and in its scenario.
    ///
    /// # Errors
    /// When the trade cannot be paid.
    pub fn pay(&self, out_trade_no: &str) -> Result<(), PayError> {
        let key = control::key_of(&self.platform, out_trade_no).ok_or(PayError::NoSuchTrade)?;
        control::pay(&self.platform, &key).map_err(|refusal| match refusal {
            PayRefusal::NoSuchTrade => PayError::NoSuchTrade,
            PayRefusal::Paid => PayError::Paid,
            PayRefusal::Closed => PayError::Closed,
        })
    }

    /// All trades.
    #[must_use]
    pub fn trades(&self) -> Vec<TradeView> {
        view::trades(&self.platform)
    }

    /// One trade by the merchant's number.
    #[must_use]
    pub fn trade(&self, out_trade_no: &str) -> Option<TradeView> {
        let key = control::key_of(&self.platform, out_trade_no)?;
        view::trade(&self.platform, &key)
    }

    /// All notifications, oldest first.
    #[must_use]
    pub fn notifications(&self) -> Vec<NotificationView> {
        view::notifications(&self.platform, None)
    }

    /// The last calls to the gateway, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestEntry> {
        self.platform
            .read(|book| book.requests.iter().cloned().collect())
    }

    /// Waits until something changed in the books and the condition holds. Bound it with
    /// `tokio::time::timeout`.
    pub async fn wait_until(&self, condition: impl Fn(&Simulator) -> bool) {
        let mut changes = self.platform.subscribe();
        loop {
            changes.mark_unchanged();
            if condition(self) {
                return;
            }
            // The sender lives as long as the platform, so waiting cannot fail.
            let _ = changes.changed().await;
        }
    }

    /// Ends every WebSocket that runs through the simulated app.
    pub fn cut_sockets(&self) {
        self.client.cut_sockets();
    }

    /// Stops serving and waits until the ports are free again.
    pub async fn stop(mut self) {
        for task in &self.tasks {
            task.abort();
        }
        for task in std::mem::take(&mut self.tasks) {
            // An aborted task ends with a cancellation, which is what was wanted.
            let _ = task.await;
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    if !bound.ip().is_loopback() {
        tracing::warn!(
            address = %bound,
            "open to the network: whoever reaches this address can pay, refund and replay here, \
             and sees the page under test as any simulated account"
        );
    }
    Ok((listener, bound))
}

fn url_of(scheme: &str, address: SocketAddr) -> Url {
    format!("{scheme}://{address}/")
        .parse()
        .expect("a socket address makes a URL")
}

fn oauth_router(platform: Arc<Platform>) -> Router {
    Router::new()
        .route("/connect/oauth2/authorize", get(oauth::authorize))
        .route("/sns/oauth2/access_token", get(oauth::exchange_code))
        .layer(map_response_with_state(Arc::clone(&platform), date::stamp))
        .with_state(platform)
}

/// Follows no redirects and decodes nothing: what travels is what was sent.
fn http_client() -> Result<reqwest::Client, StartError> {
    // Somebody else in this process may have installed a provider before; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .http1_only()
        .connect_timeout(CONNECT_WITHIN)
        .build()
        .map_err(StartError::HttpClient)
}
