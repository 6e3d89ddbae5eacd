//! The configuration as written: TOML first, then the environment.

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use secrecy::SecretString;
use serde::Deserialize;

use crate::shop_text::ShopText;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigFile {
    pub(super) listen: String,
    pub(super) public_origins: Vec<String>,
    pub(super) page_dir: Option<PathBuf>,
    pub(super) store: SecretString,
    pub(super) catalog: PathBuf,
    pub(super) session_key: SecretString,
    #[serde(default)]
    pub(super) behind_proxy: bool,
    pub(super) merchant: MerchantSection,
    #[serde(default)]
    pub(super) shop: ShopSection,
    pub(super) gateway: GatewaySection,
    pub(super) oauth: OAuthSection,
    #[serde(default)]
    pub(super) orders: OrdersSection,
    #[serde(default)]
    pub(super) limits: LimitsSection,
    pub(super) admin: Option<AdminSection>,
    pub(super) webhook: Option<WebhookSection>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdminSection {
    pub(super) token: SecretString,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookSection {
    pub(super) url: String,
    pub(super) secret: SecretString,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MerchantSection {
    pub(super) name: String,
    pub(super) appid: String,
    pub(super) mch_id: String,
    pub(super) api_key: SecretString,
    pub(super) sign_type: String,
    pub(super) certificate: Option<PathBuf>,
    pub(super) certificate_key: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShopSection {
    pub(super) contact: Option<String>,
    pub(super) voucher_name: Option<ShopText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GatewaySection {
    pub(super) base_url: String,
    pub(super) second_base_url: Option<String>,
    pub(super) notify_origin: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OAuthSection {
    pub(super) app_secret: SecretString,
    #[serde(default = "authorize_url")]
    pub(super) authorize_url: String,
    #[serde(default = "token_url")]
    pub(super) token_url: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrdersSection {
    #[serde(default = "expires_after_s")]
    pub(super) expires_after_s: i64,
    #[serde(default = "open_max")]
    pub(super) open_max: u32,
}

impl Default for OrdersSection {
    fn default() -> OrdersSection {
        OrdersSection {
            expires_after_s: expires_after_s(),
            open_max: open_max(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsSection {
    #[serde(default = "buyer_per_minute")]
    pub(super) buyer_per_minute: u32,
    #[serde(default = "address_per_minute")]
    pub(super) address_per_minute: u32,
}

impl Default for LimitsSection {
    fn default() -> LimitsSection {
        LimitsSection {
            buyer_per_minute: buyer_per_minute(),
            address_per_minute: address_per_minute(),
        }
    }
}

fn authorize_url() -> String {
    "https://open.weixin.qq.com/connect/oauth2/authorize".to_owned()
}

fn token_url() -> String {
    "https://api.weixin.qq.com/sns/oauth2/access_token".to_owned()
}

const fn expires_after_s() -> i64 {
    15 * 60
}

const fn open_max() -> u32 {
    5
}

/// Ten a second, and three hundred at once: far more than a page asks.
const fn buyer_per_minute() -> u32 {
    600
}

/// A phone company puts many buyers behind one address.
const fn address_per_minute() -> u32 {
    6_000
}

/// Variables that begin like the configuration's and are none of it: the place of the file, and the
/// tests' database.
const OTHER_VARIABLES: [&str; 2] = ["config_file", "test_postgres"];

pub(super) fn read(path: &Path, store: Option<&str>) -> Result<ConfigFile, Box<figment::Error>> {
    let mut figment = Figment::new().merge(Toml::file_exact(path)).merge(
        Env::prefixed("CHECKOUT_")
            .ignore(&OTHER_VARIABLES)
            .split("__"),
    );
    if let Some(store) = store {
        figment = figment.merge(Serialized::default("store", store));
    }
    figment.extract().map_err(Box::new)
}
