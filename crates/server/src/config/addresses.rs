//! Where things are: URLs, origins, the listener, the database.

use std::net::SocketAddr;
use std::path::Path;

use url::{Host, Url};

use super::sources::Sources;
use super::{StoreAddress, keys};
use crate::settings::{Read, Written};
use crate::store::postgres::PostgresAddress;

pub(super) fn listen(written: &Written) -> Read<SocketAddr> {
    written.text()?.parse().map_err(|_| {
        "takes an address and a port, for example \"127.0.0.1:8080\" or \"[::1]:8080\"".to_owned()
    })
}

/// Whether only programs on this machine are meant.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

pub(super) fn is_loopback_origin(origin: &str) -> bool {
    Url::parse(origin).is_ok_and(|url| is_loopback(&url))
}

pub(super) fn url(written: &Written) -> Read<Url> {
    parse_url(written.text()?)
}

fn parse_url(text: &str) -> Read<Url> {
    let url = Url::parse(text)
        .ok()
        .filter(Url::has_host)
        .ok_or("takes an absolute URL, for example https://pay.example.com")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("takes a URL without a user and a password in it".to_owned());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err("must be https; plain http is only for the simulator on loopback".to_owned()),
    }
}

/// A URL below which there are others.
pub(super) fn base_url(written: &Written) -> Read<Url> {
    let url = url(written)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("takes a URL without `?` and `#`".to_owned());
    }
    Ok(url)
}

/// Scheme, host and port, nothing else: what a browser sends as `Origin`.
fn origin(text: &str) -> Read<String> {
    let url = parse_url(text)?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("takes scheme, host and port only, without a path".to_owned());
    }
    Ok(url.origin().ascii_serialization())
}

pub(super) fn origins(written: &Written) -> Read<Vec<String>> {
    let texts = written.texts()?;
    if texts.is_empty() {
        let example = "is empty: say where buyers see the page, [\"https://shop.example.com\"]";
        return Err(example.to_owned());
    }
    texts.iter().map(|text| origin(text)).collect()
}

/// WeChat must be able to reach us; only a simulator on this machine reaches loopback.
pub(super) fn notify_origin(sources: &mut Sources, gateway: Option<&Url>) -> Option<String> {
    let is_needed = gateway.is_some_and(|url| !is_loopback(url));
    if is_needed && !sources.has(keys::NOTIFY_ORIGIN) {
        let hint = "the https origin at which WeChat reaches this server";
        sources.miss(keys::NOTIFY_ORIGIN, hint);
    }
    let origin = sources.take(keys::NOTIFY_ORIGIN, |written| origin(written.text()?))?;
    if is_needed && is_loopback_origin(&origin) {
        let public = "must be where WeChat reaches this server, and WeChat does not reach loopback";
        sources.wrong(keys::NOTIFY_ORIGIN, public);
    }
    Some(origin)
}

pub(super) fn store(written: &Written, folder: &Path) -> Read<StoreAddress> {
    let text = written.text()?;
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        let address = PostgresAddress::parse(text).map_err(|error| error.to_string())?;
        address.check_roots().map_err(|error| error.to_string())?;
        return Ok(StoreAddress::Postgres(Box::new(address)));
    }
    match text.strip_prefix("sqlite://") {
        Some(path) if !path.is_empty() && !path.ends_with('/') => {
            Ok(StoreAddress::Sqlite(folder.join(path)))
        }
        _ => Err(
            "takes \"sqlite://\" and the path of a file, or postgres://user:password@host/database"
                .to_owned(),
        ),
    }
}
