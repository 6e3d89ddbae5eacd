//! Merchants from a TOML file, for pages that serve more than one.

use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use wechat_checkout_simulator::MerchantAccount;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    merchant: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    appid: String,
    mch_id: String,
    api_key: String,
    app_secret: String,
    name: String,
    #[serde(default)]
    directories: Vec<String>,
}

/// Reads `[[merchant]]` tables.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<MerchantAccount>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    // The parser's own message quotes the line or the value, which may be a key.
    let file: File = toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map_or(0, |span| text[..span.start].lines().count());
        anyhow::anyhow!(
            "{}, near line {line}: takes [[merchant]] and below it appid, mch_id, api_key, \
             app_secret and name, each a text in quotes, and perhaps directories, a list of them",
            path.display()
        )
    })?;
    anyhow::ensure!(
        !file.merchant.is_empty(),
        "{} has no [[merchant]]",
        path.display()
    );
    file.merchant.into_iter().map(account).collect()
}

fn account(entry: Entry) -> anyhow::Result<MerchantAccount> {
    let Entry {
        appid,
        mch_id,
        api_key,
        app_secret,
        name,
        directories,
    } = entry;
    let directories: Result<Vec<_>, _> = directories.iter().map(|text| text.parse()).collect();
    let directories =
        directories.with_context(|| format!("merchant {mch_id}: a directory is not a URL"))?;
    MerchantAccount::new(&appid, &mch_id, &api_key, &app_secret, &name)
        .with_context(|| format!("merchant {mch_id}"))
        .map(|account| account.with_directories(directories))
}
