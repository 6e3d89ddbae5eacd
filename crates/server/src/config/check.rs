//! From what is written to what it means, one sentence for each mistake.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use url::Url;
use wechat_checkout_gateway::{ApiKey, ClientCertificate, Merchant, SignType};

use super::file::{AdminSection, ConfigFile, WebhookSection};
use super::{Config, ConfigError, StoreAddress, shop};
use crate::catalog::Catalog;
use crate::flow::send_webhook::WebhookTarget;
use crate::limit::Rates;
use crate::store::postgres::PostgresAddress;

const SESSION_KEY_BYTES_MIN: usize = 32;
/// WeChat wants `time_expire` at least a minute ahead; clocks differ.
const EXPIRES_AFTER_S: std::ops::RangeInclusive<i64> = 120..=7_200;
const OPEN_MAX: std::ops::RangeInclusive<u32> = 1..=100;

pub(super) fn check(file: ConfigFile, folder: &Path) -> Result<Config, ConfigError> {
    let listen = file.listen.parse().map_err(|_| {
        mistake(
            "listen",
            "takes an address and a port, for example \"127.0.0.1:8080\"",
        )
    })?;
    let public_origins = origins(&file.public_origins)?;
    check_session_key(&file.session_key)?;
    let merchant = merchant(&file)?;
    let gateway_url = url("gateway.base_url", &file.gateway.base_url)?;
    let gateway_second_url = match &file.gateway.second_base_url {
        Some(text) => Some(url("gateway.second_base_url", text)?),
        None => None,
    };
    let notify_origin = notify_origin(file.gateway.notify_origin.as_deref(), &gateway_url)?;
    if !EXPIRES_AFTER_S.contains(&file.orders.expires_after_s) {
        return Err(mistake(
            "orders.expires_after_s",
            "takes 120 to 7200 seconds",
        ));
    }
    if !OPEN_MAX.contains(&file.orders.open_max) {
        return Err(mistake("orders.open_max", "takes 1 to 100"));
    }
    let certificate = certificate(&file, folder)?;
    let admin_token = admin_token(file.admin)?;
    let webhook = file.webhook.as_ref().map(webhook).transpose()?;
    Ok(Config {
        certificate,
        admin_token,
        webhook,
        listen,
        public_origins,
        page_dir: page_dir(file.page_dir, folder),
        store: store(file.store.expose_secret(), folder)?,
        catalog: Catalog::load(&folder.join(file.catalog))?,
        session_key: file.session_key,
        is_behind_proxy: file.behind_proxy,
        shop: shop::check(file.merchant.name, file.shop)?,
        merchant,
        gateway_url,
        gateway_second_url,
        notify_origin,
        app_secret: file.oauth.app_secret,
        oauth_authorize_url: url("oauth.authorize_url", &file.oauth.authorize_url)?,
        oauth_token_url: url("oauth.token_url", &file.oauth.token_url)?,
        orders_expire_after_ms: file.orders.expires_after_s.saturating_mul(1_000),
        open_orders_max: file.orders.open_max,
        rates: Rates {
            buyer_per_minute: file.limits.buyer_per_minute,
            address_per_minute: file.limits.address_per_minute,
        },
    })
}

/// An empty text means none, so that a variable can take away what the file sets.
fn page_dir(written: Option<PathBuf>, folder: &Path) -> Option<PathBuf> {
    written
        .filter(|dir| !dir.as_os_str().is_empty())
        .map(|dir| folder.join(dir))
}

pub(super) fn mistake(key: &'static str, sentence: impl Into<String>) -> ConfigError {
    ConfigError::Key {
        key,
        mistake: sentence.into(),
    }
}

fn url(key: &'static str, text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|_| {
        mistake(
            key,
            "takes an absolute URL, for example https://pay.example.com",
        )
    })?;
    let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        _ => Err(mistake(
            key,
            "must be https; plain http is only for the simulator on loopback",
        )),
    }
}

/// Scheme, host and port, nothing else: what a browser sends as `Origin`.
fn origin(key: &'static str, text: &str) -> Result<String, ConfigError> {
    let url = url(key, text)?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_bare || !url.username().is_empty() {
        return Err(mistake(
            key,
            "takes scheme, host and port only, without a path",
        ));
    }
    Ok(url.origin().ascii_serialization())
}

fn origins(texts: &[String]) -> Result<Vec<String>, ConfigError> {
    if texts.is_empty() {
        return Err(mistake(
            "public_origins",
            "is empty: say where buyers see the page, for example [\"https://shop.example.com\"]",
        ));
    }
    texts
        .iter()
        .map(|text| origin("public_origins", text))
        .collect()
}

/// WeChat must be able to reach us; only a simulator on this machine reaches loopback.
fn notify_origin(text: Option<&str>, gateway_url: &Url) -> Result<Option<String>, ConfigError> {
    match text {
        Some(text) => origin("gateway.notify_origin", text).map(Some),
        None if gateway_url.scheme() == "http" => Ok(None),
        None => Err(mistake(
            "gateway.notify_origin",
            "is missing: say at which https origin WeChat reaches this server",
        )),
    }
}

fn check_session_key(key: &SecretString) -> Result<(), ConfigError> {
    if key.expose_secret().len() < SESSION_KEY_BYTES_MIN {
        return Err(mistake(
            "session_key",
            "needs at least 32 characters; `openssl rand -hex 32` makes a good one",
        ));
    }
    Ok(())
}

fn merchant(file: &ConfigFile) -> Result<Merchant, ConfigError> {
    let section = &file.merchant;
    let api_key = ApiKey::parse(section.api_key.expose_secret())
        .map_err(|error| mistake("merchant.api_key", error.to_string()))?;
    let sign_type: SignType = section
        .sign_type
        .parse()
        .map_err(|_| mistake("merchant.sign_type", "takes \"MD5\" or \"HMAC-SHA256\""))?;
    Merchant::new(
        section.appid.as_str(),
        section.mch_id.as_str(),
        sign_type,
        api_key,
    )
    .map_err(|error| mistake("merchant", error.to_string()))
}

fn store(text: &str, folder: &Path) -> Result<StoreAddress, ConfigError> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        let address =
            PostgresAddress::parse(text).map_err(|error| mistake("store", error.to_string()))?;
        return Ok(StoreAddress::Postgres(Box::new(address)));
    }
    match text.strip_prefix("sqlite://") {
        Some(path) if !path.is_empty() => Ok(StoreAddress::Sqlite(folder.join(path))),
        _ => Err(mistake(
            "store",
            "takes \"sqlite://\" and a path, or postgres://user:password@host/database",
        )),
    }
}

/// The files that WeChat's certificate tool writes: one archive, or certificate and key.
fn certificate(file: &ConfigFile, folder: &Path) -> Result<Option<ClientCertificate>, ConfigError> {
    let read = |key, path: &Path| {
        std::fs::read_to_string(folder.join(path))
            .map_err(|error| mistake(key, format!("cannot be read: {error}")))
    };
    match (&file.merchant.certificate, &file.merchant.certificate_key) {
        (None, None) => Ok(None),
        (Some(archive), None) if archive.extension().is_some_and(|kind| kind == "p12") => {
            let archive = std::fs::read(folder.join(archive)).map_err(|error| {
                mistake("merchant.certificate", format!("cannot be read: {error}"))
            })?;
            let password = file.merchant.mch_id.as_str().into();
            Ok(Some(ClientCertificate::from_pkcs12(archive, password)))
        }
        (Some(certificate), Some(key)) => Ok(Some(ClientCertificate::from_pem(
            read("merchant.certificate", certificate)?,
            read("merchant.certificate_key", key)?.into(),
        ))),
        _ => Err(mistake(
            "merchant.certificate",
            "is apiclient_cert.p12 alone, or apiclient_cert.pem with apiclient_key.pem as \
             `merchant.certificate_key`",
        )),
    }
}

fn admin_token(section: Option<AdminSection>) -> Result<Option<SecretString>, ConfigError> {
    let Some(AdminSection { token }) = section else {
        return Ok(None);
    };
    if token.expose_secret().len() < SESSION_KEY_BYTES_MIN {
        return Err(mistake(
            "admin.token",
            "needs at least 32 characters; `openssl rand -hex 32` makes a good one",
        ));
    }
    Ok(Some(token))
}

/// Standard Webhooks: `whsec_` and 24 to 64 bytes in base64.
fn webhook(section: &WebhookSection) -> Result<WebhookTarget, ConfigError> {
    let url = url("webhook.url", &section.url)?;
    let secret = section
        .secret
        .expose_secret()
        .strip_prefix("whsec_")
        .and_then(|text| STANDARD.decode(text).ok())
        .filter(|bytes| (24..=64).contains(&bytes.len()));
    let Some(secret) = secret else {
        return Err(mistake(
            "webhook.secret",
            "takes `whsec_` and 24 to 64 bytes in base64, for example of `openssl rand -base64 32`",
        ));
    };
    WebhookTarget::new(url, SecretSlice::from(secret))
        .map_err(|error| mistake("webhook", error.to_string()))
}
