//! A configuration to break: files in a folder of its own, with secrets that nobody else has.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rand::RngExt;
use rand::distr::Alphanumeric;
use wechat_checkout_server::Config;
use wechat_checkout_server::settings::Mistakes;

/// A good configuration; each line stands alone, so that tests can break it.
const CONFIGURATION: &str = r#"listen = "127.0.0.1:0"
public_origins = ["http://127.0.0.1:8088"]
store = "sqlite://checkout.db"
catalog = "catalog.toml"
session_key = "SESSION_KEY"
behind_proxy = false
[merchant]
name = "轻松会员商城"
appid = "wx5100000000000001"
mch_id = "1900000001"
api_key = "API_KEY"
sign_type = "HMAC-SHA256"
[gateway]
base_url = "http://127.0.0.1:9"
[oauth]
app_secret = "APP_SECRET"
[orders]
expires_after_s = 900
[admin]
token = "ADMIN_TOKEN"
[webhook]
url = "https://erp.example.com/hooks"
secret = "WEBHOOK_SECRET"
"#;

const CATALOG: &str = r#"[[product]]
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

pub(super) struct Workshop {
    folder: PathBuf,
    pub(super) session_key: String,
    pub(super) api_key: String,
    pub(super) app_secret: String,
    pub(super) admin_token: String,
    pub(super) webhook_secret: String,
}

/// As random as an operator's, and 32 characters long.
pub(super) fn secret() -> String {
    let mut rng = rand::rng();
    (0..32)
        .map(|_| char::from(rng.sample(Alphanumeric)))
        .collect()
}

impl Workshop {
    pub(super) fn new() -> Workshop {
        let name = format!("checkout-{}", uuid::Uuid::now_v7().simple());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let workshop = Workshop {
            folder,
            session_key: secret(),
            api_key: secret(),
            app_secret: secret(),
            admin_token: secret(),
            webhook_secret: ["whsec_", &secret()].concat(),
        };
        workshop.write("checkout.toml", workshop.configuration());
        workshop.write("catalog.toml", CATALOG);
        workshop.write("codes.txt", "CODE-0001\nCODE-0002\n");
        workshop
    }

    pub(super) fn configuration(&self) -> String {
        CONFIGURATION
            .replace("SESSION_KEY", &self.session_key)
            .replace("API_KEY", &self.api_key)
            .replace("APP_SECRET", &self.app_secret)
            .replace("ADMIN_TOKEN", &self.admin_token)
            .replace("WEBHOOK_SECRET", &self.webhook_secret)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// Puts other lines in the place of the one of a key; without lines, takes it out.
    pub(super) fn set(&self, name: &str, lines: &str) {
        self.edit("checkout.toml", &self.configuration(), name, lines);
    }

    /// The same in the first product that has the key.
    pub(super) fn set_in_catalog(&self, name: &str, lines: &str) {
        self.edit("catalog.toml", CATALOG, name, lines);
    }

    fn edit(&self, file: &str, text: &str, name: &str, lines: &str) {
        let mut is_done = false;
        let mut edited = String::new();
        for line in text.lines() {
            let is_it = !is_done && line.split('=').next().unwrap_or_default().trim() == name;
            edited.push_str(if is_it { lines } else { line });
            edited.push('\n');
            is_done |= is_it;
        }
        assert!(is_done, "{name}");
        self.write(file, edited);
    }

    pub(super) fn load(&self) -> Result<Config, Mistakes> {
        self.load_with(&[])
    }

    pub(super) fn load_with(&self, variables: &[(&str, &str)]) -> Result<Config, Mistakes> {
        let variables = variables
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value)));
        Config::load_from(&self.path("checkout.toml"), variables, None)
    }

    /// What is wrong, a line each, with short names of files.
    pub(super) fn mistakes(&self, variables: &[(&str, &str)]) -> Vec<String> {
        let Err(mistakes) = self.load_with(variables) else {
            return Vec::new();
        };
        let folder = format!("{}/", self.folder.display());
        let lines = mistakes.to_string().replace(&folder, "");
        lines.lines().map(str::to_owned).collect()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
