//! Configuration, checked once at start: whoever holds a [`Config`] need not check again.
//!
//! Two stages: `sources` is what the TOML file, the environment and the command line say,
//! [`Config`] is what it means. Every mistake is found in one go.

mod addresses;
mod certificate;
mod check;
pub mod keys;
mod published;
mod secrets;
mod shop;
mod sources;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::Url;
use wechat_checkout_gateway::{ClientCertificate, Merchant};
use wechat_checkout_protocol::ShopView;

use crate::catalog::Catalog;
use crate::flow::send_webhook::WebhookTarget;
use crate::limit::Rates;
use crate::settings::Mistakes;
use crate::store::postgres::PostgresAddress;

pub use published::PUBLISHED;

/// Everything the server needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where buyers' browsers see the page; the first is the canonical one.
    pub public_origins: Vec<String>,
    /// The built page; without it only the API is served.
    pub page_dir: Option<PathBuf>,
    /// The database.
    pub store: StoreAddress,
    /// What is sold.
    pub catalog: Catalog,
    /// Signs sessions. At least 32 characters.
    pub session_key: SecretString,
    /// Opens sessions that it sealed before the key was changed.
    pub session_key_former: Option<SecretString>,
    /// Believe `X-Forwarded-For`: only behind a proxy that sets it.
    pub is_behind_proxy: bool,
    /// Shown to the buyer.
    pub shop: ShopView,
    /// Number and key at WeChat.
    pub merchant: Merchant,
    /// WeChat Pay's API.
    pub gateway_url: Url,
    /// Its second site, for connection errors.
    pub gateway_second_url: Option<Url>,
    /// Where WeChat reaches this server; `None`: at its own listen address (simulator only).
    pub notify_origin: Option<String>,
    /// The appid's secret.
    pub app_secret: SecretString,
    /// WeChat's page that asks who the buyer is.
    pub oauth_authorize_url: Url,
    /// Where its code is exchanged.
    pub oauth_token_url: Url,
    /// The merchant's API certificate, which refunds need outside the simulator.
    pub certificate: Option<ClientCertificate>,
    /// Opens the admin API; without one there is none.
    pub admin_token: Option<SecretString>,
    /// The merchant's own system.
    pub webhook: Option<WebhookTarget>,
    /// How long an order can be paid.
    pub orders_expire_after_ms: i64,
    /// Unpaid orders a buyer may have at a time.
    pub open_orders_max: u32,
    /// Requests a minute.
    pub rates: Rates,
    /// What is odd and does not stop the start, a sentence each.
    pub warnings: Vec<String>,
}

/// Which database, from `store = "…"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreAddress {
    /// `sqlite://path/to/file.db`, relative to the configuration file.
    Sqlite(PathBuf),
    /// `postgres://user:password@host/database`.
    Postgres(Box<PostgresAddress>),
}

impl Config {
    /// Where this server itself asks WeChat, or whoever plays it.
    #[must_use]
    pub fn wechat_urls(&self) -> Vec<&Url> {
        let mut urls = vec![&self.gateway_url, &self.oauth_token_url];
        urls.extend(&self.gateway_second_url);
        urls
    }

    /// Reads a TOML file; variables named `CHECKOUT_…` win over it (`CHECKOUT_MERCHANT__API_KEY`
    /// is `merchant.api_key`). Relative paths are relative to the file.
    ///
    /// # Errors
    /// All mistakes of configuration and catalogue, each with its place and its fix.
    pub fn load(path: &Path) -> Result<Config, Mistakes> {
        Config::load_for_store(path, None)
    }

    /// As [`Config::load`], with a `store` that wins over file and variables.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_for_store(path: &Path, store: Option<&str>) -> Result<Config, Mistakes> {
        Config::load_from(path, std::env::vars_os(), store)
    }

    /// As [`Config::load_for_store`], with an environment other than the process's.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_from(
        path: &Path,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        store: Option<&str>,
    ) -> Result<Config, Mistakes> {
        let sources = sources::Sources::read(path, variables, store);
        check::check(sources, path.parent().unwrap_or_else(|| Path::new(".")))
    }
}
