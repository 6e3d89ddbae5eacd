//! One line on what a server runs with, for whoever reads the log first. No secret is in it.

use std::fmt;
use std::path::Path;

use wechat_checkout_gateway::{ClientCertificate, beijing};

use crate::catalog::Unit;
use crate::config::{Config, StoreAddress};
use crate::store::{Store, StoreError};

/// Facts about a server, each with its name, in the order they are said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartLine {
    facts: Vec<(&'static str, String)>,
}

impl StartLine {
    /// What the configuration says.
    #[must_use]
    pub fn of(config: &Config) -> StartLine {
        let mut line = StartLine::default();
        let merchant = &config.merchant;
        line.say(
            "merchant",
            format!(
                "{} ({}, {})",
                merchant.mch_id(),
                merchant.appid(),
                merchant.sign_type()
            ),
        );
        line.say("gateway", config.gateway_url.origin().ascii_serialization());
        line.say("store", store(&config.store));
        line.say("products", products(config));
        line.say("listen", config.listen.to_string());
        line.say("public_origins", config.public_origins.join(", "));
        let notify_origin = config.notify_origin.as_deref();
        line.say("notify_origin", notify_origin.unwrap_or("own address"));
        line.say("behind_proxy", config.is_behind_proxy.to_string());
        line.say("certificate", certificate(config));
        line.say("admin", on_or_off(config.admin_token.is_some()));
        line.say("webhook", on_or_off(config.webhook.is_some()));
        line
    }

    /// Adds a fact, or says one anew that is known better by now.
    pub fn say(&mut self, name: &'static str, fact: impl Into<String>) {
        let fact = fact.into();
        match self.facts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = fact,
            None => self.facts.push((name, fact)),
        }
    }
}

impl fmt::Display for StartLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, fact)) in self.facts.iter().enumerate() {
            let gap = if index == 0 { "" } else { "; " };
            write!(f, "{gap}{name} {fact}")?;
        }
        Ok(())
    }
}

/// Where the database is, as the start line says it: never with a password.
fn store(address: &StoreAddress) -> String {
    match address {
        StoreAddress::Sqlite(path) => ["sqlite ", &shown(path)].concat(),
        StoreAddress::Postgres(address) => ["postgres ", &address.place()].concat(),
    }
}

fn products(config: &Config) -> String {
    let products = &config.catalog.products;
    let codes = products.iter().map(|product| match &product.unit {
        Unit::Vip { .. } => 0,
        Unit::Voucher { codes } => codes.len(),
    });
    format!("{} with {} codes", products.len(), codes.sum::<usize>())
}

/// Until when refunds can be asked for, in Beijing's time.
fn certificate(config: &Config) -> String {
    let facts = config.certificate.as_ref().map(ClientCertificate::facts);
    match facts {
        Some(Ok(facts)) => ["until ", &beijing::format_dashed(facts.not_after)].concat(),
        // The configuration has been checked, so it can be read.
        Some(Err(_)) | None => "off".to_owned(),
    }
}

const fn on_or_off(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

/// From the root and without `..`, as far as the folder exists: two servers that were started in
/// different folders mean different files by one relative path.
fn shown(path: &Path) -> String {
    let folder = path.parent().unwrap_or(Path::new("."));
    let whole = match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    };
    whole.display().to_string()
}

/// What was there before the server opened its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFound {
    /// A SQLite file that did not exist.
    Created,
    /// A database that holds no order.
    Empty,
    /// Orders.
    InUse,
}

impl StoreFound {
    /// To be asked before the database is opened, which creates it.
    #[must_use]
    pub fn will_be_created(address: &StoreAddress) -> bool {
        match address {
            StoreAddress::Sqlite(path) => !path.exists(),
            StoreAddress::Postgres(_) => false,
        }
    }

    /// To be asked once it is open.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn in_store(is_created: bool, store: &dyn Store) -> Result<StoreFound, StoreError> {
        Ok(if is_created {
            StoreFound::Created
        } else if store.last_position().await? == 0 {
            StoreFound::Empty
        } else {
            StoreFound::InUse
        })
    }

    /// Adds it to the start line, and warns of a shop that has sold nothing yet: where it has, the
    /// server was started with another database.
    pub fn tell(self, address: &StoreAddress, line: &mut StartLine) {
        let place = store(address);
        match self {
            StoreFound::Created => {
                line.say("store", [&place, " (created empty)"].concat());
                tracing::warn!(
                    "{place} did not exist and was created empty: if this shop has sold before, \
                     `store` names the wrong database"
                );
            }
            StoreFound::Empty => {
                line.say("store", [&place, " (no orders yet)"].concat());
                tracing::warn!(
                    "{place} holds no orders: if this shop has sold before, `store` names the \
                     wrong database"
                );
            }
            StoreFound::InUse => line.say("store", place),
        }
    }
}
