//! The files a server needs: configuration, catalogue and voucher codes.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wechat_checkout_gateway::SignType;
use wechat_checkout_server::Config;
use wechat_checkout_simulator::demo;

/// Seals the sessions of the proofs; worth nothing elsewhere.
const SESSION_KEY: &str = "a-session-key-for-proofs-of-32-chars";

/// Opens the admin API of the proofs' shops; worth nothing elsewhere.
pub(crate) const ADMIN_TOKEN: &str = "an-admin-token-for-proofs-of-32-chars";

/// What the files say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShopFiles<'a> {
    /// WeChat's gateway; none listens there when a proof needs none.
    pub(crate) gateway: &'a str,
    /// Where buyers see the page.
    pub(crate) origin: &'a str,
    /// How WeChat signs.
    pub(crate) sign_type: SignType,
    /// Voucher codes in stock.
    pub(crate) voucher_codes: u32,
}

impl ShopFiles<'_> {
    /// Writes them into a folder and returns the configuration file's path.
    pub(crate) fn write(&self, folder: &Path) -> Result<PathBuf> {
        let mut codes = String::new();
        for number in 0..self.voucher_codes {
            writeln!(codes, "CODE-{number:07}")?;
        }
        let config = folder.join("checkout.toml");
        for (path, text) in [
            (folder.join("codes.txt"), codes),
            (folder.join("catalog.toml"), CATALOG.to_owned()),
            (config.clone(), self.config()),
        ] {
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(config)
    }

    /// The same, read as the server reads it.
    pub(crate) fn load(&self, folder: &Path) -> Result<Config> {
        Ok(Config::load(&self.write(folder)?)?)
    }

    fn config(&self) -> String {
        let gateway = self.gateway.trim_end_matches('/');
        format!(
            r#"
listen = "127.0.0.1:0"
public_origins = ["{origin}"]
store = "sqlite://{DATABASE}"
catalog = "catalog.toml"
session_key = "{SESSION_KEY}"
[merchant]
name = "{name}"
appid = "{appid}"
mch_id = "{mch_id}"
api_key = "{api_key}"
sign_type = "{sign_type}"
[gateway]
base_url = "{gateway}"
[admin]
token = "{ADMIN_TOKEN}"
[oauth]
app_secret = "{app_secret}"
authorize_url = "{gateway}/connect/oauth2/authorize"
token_url = "{gateway}/sns/oauth2/access_token"
"#,
            origin = self.origin.trim_end_matches('/'),
            name = demo::MERCHANT_NAME,
            appid = demo::APPID,
            mch_id = demo::MCH_ID,
            api_key = demo::API_KEY,
            app_secret = demo::APP_SECRET,
            sign_type = self.sign_type,
        )
    }
}

/// The database's file, next to the configuration.
pub(crate) const DATABASE: &str = "checkout.db";

const CATALOG: &str = r#"
[[product]]
id = "vip-month"
kind = "vip"
title = "VIP 月度会员"
price = 1990
vip_days = 31

[[product]]
id = "coffee-voucher"
kind = "voucher"
title = "咖啡兑换券"
price = 1500
codes_file = "codes.txt"
"#;
