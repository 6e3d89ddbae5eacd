//! From what is written to what it means, one sentence for each mistake.

use std::path::{Path, PathBuf};

use super::addresses::{self, is_loopback_origin};
use super::sources::Sources;
use super::{Config, certificate, keys, published, secrets, shop};
use crate::catalog::Catalog;
use crate::limit::Rates;
use crate::settings::{Mistakes, Written};

/// WeChat wants `time_expire` at least a minute ahead; clocks differ.
const EXPIRES_AFTER_S: std::ops::RangeInclusive<i64> = 120..=7_200;
const OPEN_MAX: std::ops::RangeInclusive<i64> = 1..=100;
const REQUESTS_PER_MINUTE: std::ops::RangeInclusive<i64> = 0..=1_000_000;

pub(super) fn check(mut sources: Sources, folder: &Path) -> Result<Config, Mistakes> {
    let path = sources.take(keys::CATALOG, |path| path.text().map(str::to_owned));
    let (catalog, of_catalog) = match path.map(|path| Catalog::load(&folder.join(path))) {
        Some(Ok(catalog)) => (Some(catalog), Mistakes::default()),
        Some(Err(mistakes)) => (None, mistakes),
        None => (None, Mistakes::default()),
    };
    let config = meaning(&mut sources, folder, catalog);
    let mut mistakes = sources.into_mistakes();
    mistakes.append(of_catalog);
    config.filter(|_| mistakes.is_empty()).ok_or(mistakes)
}

/// `None` where something is wrong, which the sources then know.
/// Each key is read before the first of them ends it, so that all mistakes are found.
fn meaning(sources: &mut Sources, folder: &Path, catalog: Option<Catalog>) -> Option<Config> {
    let listen = sources.take(keys::LISTEN, addresses::listen);
    let public_origins = sources.take(keys::PUBLIC_ORIGINS, addresses::origins);
    let page_dir = page_dir(sources, folder);
    let store = sources.take(keys::STORE, |written| addresses::store(written, folder));
    let is_behind_proxy = sources.take(keys::BEHIND_PROXY, Written::switch);
    let shop = shop::check(sources);
    let gateway_url = sources.take(keys::GATEWAY, addresses::base_url);
    let gateway_second_url = sources.take(keys::SECOND_GATEWAY, addresses::base_url);
    let notify_origin = addresses::notify_origin(sources, gateway_url.as_ref());
    let oauth_authorize_url = sources.take(keys::AUTHORIZE_URL, addresses::url);
    let oauth_token_url = sources.take(keys::TOKEN_URL, addresses::url);
    let merchant = secrets::merchant(sources);
    let certificate = certificate::check(sources, folder, merchant.as_ref());
    let session_key = sources.take(keys::SESSION_KEY, secrets::random);
    let session_key_former = sources.take(keys::SESSION_KEY_FORMER, secrets::random);
    let app_secret = sources.take(keys::APP_SECRET, secrets::app_secret);
    let admin_token = sources.take(keys::ADMIN_TOKEN, secrets::random);
    let webhook = secrets::webhook(sources);
    let expires_after_s = sources.take(keys::EXPIRES_AFTER_S, |written| {
        written.count(EXPIRES_AFTER_S, "seconds")
    });
    let open_max = sources.take(keys::OPEN_MAX, |written| {
        written.count(OPEN_MAX, "orders").map(as_u32)
    });
    let per_minute = |written: &Written| {
        let range = written.count(REQUESTS_PER_MINUTE, "requests (0 is without limit)");
        range.map(as_u32)
    };
    let buyer_per_minute = sources.take(keys::BUYER_PER_MINUTE, per_minute);
    let address_per_minute = sources.take(keys::ADDRESS_PER_MINUTE, per_minute);
    let is_public = gateway_url
        .as_ref()
        .is_some_and(|url| !addresses::is_loopback(url))
        || public_origins
            .iter()
            .flatten()
            .any(|origin| !is_loopback_origin(origin));
    if is_public {
        published::refuse(sources);
    }
    Some(Config {
        listen: listen?,
        public_origins: public_origins?,
        page_dir,
        store: store?,
        catalog: catalog?,
        session_key: session_key?,
        session_key_former,
        is_behind_proxy: is_behind_proxy?,
        shop: shop?,
        merchant: merchant?,
        gateway_url: gateway_url?,
        gateway_second_url,
        notify_origin,
        app_secret: app_secret?,
        oauth_authorize_url: oauth_authorize_url?,
        oauth_token_url: oauth_token_url?,
        certificate,
        admin_token,
        webhook,
        orders_expire_after_ms: expires_after_s?.saturating_mul(1_000),
        open_orders_max: open_max?,
        rates: Rates {
            buyer_per_minute: buyer_per_minute?,
            address_per_minute: address_per_minute?,
        },
        warnings: std::mem::take(&mut sources.warnings),
    })
}

/// For numbers that are within a range of theirs by now.
fn as_u32(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn page_dir(sources: &mut Sources, folder: &Path) -> Option<PathBuf> {
    sources.take(keys::PAGE_DIR, |written| {
        let dir = folder.join(written.text()?);
        if dir.join("index.html").is_file() {
            Ok(dir)
        } else {
            let build = "has no index.html: build the page first (cargo xtask page)";
            Err(build.to_owned())
        }
    })
}
