//! Configuration, checked once at start: whoever holds a [`Config`] need not check again.
//!
//! Two stages: [`file::ConfigFile`] is what the TOML file and the environment say,
//! [`Config`] is what it means.

mod check;
mod file;
mod shop;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::error::Kind;
use secrecy::SecretString;
use url::Url;
use wechat_checkout_gateway::{ClientCertificate, Merchant};
use wechat_checkout_protocol::ShopView;

use crate::catalog::{Catalog, CatalogError};
use crate::flow::send_webhook::WebhookTarget;
use crate::limit::Rates;
use crate::store::postgres::PostgresAddress;

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
}

/// Which database, from `store = "…"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreAddress {
    /// `sqlite://path/to/file.db`, relative to the configuration file.
    Sqlite(PathBuf),
    /// `postgres://user:password@host/database`.
    Postgres(Box<PostgresAddress>),
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key is missing, unknown or of the wrong kind.
    #[error("{} (and CHECKOUT_… variables): {}", path.display(), explain(source))]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Key and reason.
        source: Box<figment::Error>,
    },
    /// No such file.
    #[error("there is no configuration file {}: pass its path with --config", .0.display())]
    NoFile(PathBuf),
    /// A value that cannot work.
    #[error("`{key}`: {mistake}")]
    Key {
        /// Which key, dotted.
        key: &'static str,
        /// What is wrong, and what to write instead. Never the value: it may be a secret.
        mistake: String,
    },
    /// The catalogue.
    #[error("`catalog` cannot be used")]
    Catalog(#[from] CatalogError),
}

/// The key comes first, as everywhere else; the value never comes at all: it may be a secret.
fn explain(error: &figment::Error) -> String {
    let mistake = match &error.kind {
        Kind::MissingField(key) => return format!("`{}` is missing", dotted(error, key)),
        Kind::UnknownField(key, known) => {
            return format!(
                "`{}` is no key here; there are {}",
                dotted(error, key),
                known.join(", ")
            );
        }
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            format!("takes {expected}")
        }
        // A message of the TOML reader goes on with the line itself.
        Kind::Message(text) => text.lines().next().unwrap_or_default().to_owned(),
        _ => "cannot be used".to_owned(),
    };
    let path = error.path.join(".");
    if path.is_empty() {
        mistake
    } else {
        format!("`{path}`: {mistake}")
    }
}

fn dotted(error: &figment::Error, key: &str) -> String {
    let mut path = error.path.clone();
    path.push(key.to_owned());
    path.join(".")
}

impl Config {
    /// Reads a TOML file; variables named `CHECKOUT_…` win over it (`CHECKOUT_MERCHANT__API_KEY`
    /// is `merchant.api_key`). Relative paths are relative to the file.
    ///
    /// # Errors
    /// Names the key and the fix.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        Config::load_for_store(path, None)
    }

    /// As [`Config::load`], with a `store` that wins over file and variables.
    ///
    /// # Errors
    /// Names the key and the fix.
    pub fn load_for_store(path: &Path, store: Option<&str>) -> Result<Config, ConfigError> {
        if !path.is_file() {
            return Err(ConfigError::NoFile(path.to_owned()));
        }
        let file = file::read(path, store).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        check::check(file, path.parent().unwrap_or_else(|| Path::new(".")))
    }
}
