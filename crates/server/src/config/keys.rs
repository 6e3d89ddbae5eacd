//! Every key of the configuration: its name, its variable, and what holds without it.

/// What begins the name of each variable.
const PREFIX: &str = "CHECKOUT_";

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Dotted, as in the file.
    pub name: &'static str,
    /// What holds when nobody says anything.
    pub absent: Absent,
}

/// What holds when a key is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// The server does not start; the text says what to write.
    Mistake(&'static str),
    /// This value, as a variable would say it.
    Default(&'static str),
    /// What the key would switch on is off.
    Off,
}

impl Key {
    const fn required(name: &'static str, hint: &'static str) -> Key {
        Key {
            name,
            absent: Absent::Mistake(hint),
        }
    }

    const fn default(name: &'static str, value: &'static str) -> Key {
        Key {
            name,
            absent: Absent::Default(value),
        }
    }

    const fn optional(name: &'static str) -> Key {
        Key {
            name,
            absent: Absent::Off,
        }
    }

    /// The section that it stands in.
    #[must_use]
    pub fn section(&self) -> Option<&'static str> {
        self.name.split_once('.').map(|(section, _)| section)
    }

    /// The variable that wins over the file.
    #[must_use]
    pub fn variable(&self) -> String {
        [PREFIX, &self.name.to_uppercase().replace('.', "__")].concat()
    }
}

pub(super) const LISTEN: Key = Key::required("listen", "\"127.0.0.1:8080\"");
pub(super) const PUBLIC_ORIGINS: Key =
    Key::required("public_origins", "[\"https://shop.example.com\"]");
pub(super) const PAGE_DIR: Key = Key::optional("page_dir");
pub(super) const STORE: Key = Key::required(
    "store",
    "\"sqlite://checkout.db\" or \"postgres://user:password@host/database\"",
);
pub(super) const CATALOG: Key = Key::required("catalog", "\"catalog.toml\"");
pub(super) const SESSION_KEY: Key =
    Key::required("session_key", "what `openssl rand -hex 32` prints");
pub(super) const SESSION_KEY_FORMER: Key = Key::optional("session_key_former");
pub(super) const BEHIND_PROXY: Key = Key::default("behind_proxy", "false");
pub(super) const NAME: Key = Key::required("merchant.name", "the name that buyers know");
pub(super) const APPID: Key = Key::required("merchant.appid", "the service account's appid");
pub(super) const MCH_ID: Key = Key::required("merchant.mch_id", "the merchant number");
pub(super) const API_KEY: Key = Key::required("merchant.api_key", "the API v2 key");
pub(super) const SIGN_TYPE: Key = Key::required("merchant.sign_type", "\"HMAC-SHA256\" or \"MD5\"");
pub(super) const CERTIFICATE: Key = Key::optional("merchant.certificate");
pub(super) const CERTIFICATE_KEY: Key = Key::optional("merchant.certificate_key");
pub(super) const CONTACT: Key = Key::optional("shop.contact");
pub(super) const VOUCHER_NAME: Key = Key::optional("shop.voucher_name");
pub(super) const GATEWAY: Key =
    Key::required("gateway.base_url", "\"https://api.mch.weixin.qq.com\"");
pub(super) const SECOND_GATEWAY: Key = Key::optional("gateway.second_base_url");
pub(super) const NOTIFY_ORIGIN: Key = Key::optional("gateway.notify_origin");
pub(super) const APP_SECRET: Key =
    Key::required("oauth.app_secret", "the service account's AppSecret");
pub(super) const AUTHORIZE_URL: Key = Key::default(
    "oauth.authorize_url",
    "https://open.weixin.qq.com/connect/oauth2/authorize",
);
pub(super) const TOKEN_URL: Key = Key::default(
    "oauth.token_url",
    "https://api.weixin.qq.com/sns/oauth2/access_token",
);
pub(super) const EXPIRES_AFTER_S: Key = Key::default("orders.expires_after_s", "900");
pub(super) const OPEN_MAX: Key = Key::default("orders.open_max", "5");
/// Ten a second, and three hundred at once: far more than a page asks.
pub(super) const BUYER_PER_MINUTE: Key = Key::default("limits.buyer_per_minute", "600");
/// A phone company puts many buyers behind one address.
pub(super) const ADDRESS_PER_MINUTE: Key = Key::default("limits.address_per_minute", "6000");
pub(super) const ADMIN_TOKEN: Key = Key::optional("admin.token");
pub(super) const WEBHOOK_URL: Key = Key::optional("webhook.url");
pub(super) const WEBHOOK_SECRET: Key = Key::optional("webhook.secret");

/// All of them, in the order in which documents list them.
pub const KEYS: [Key; 30] = [
    LISTEN,
    PUBLIC_ORIGINS,
    PAGE_DIR,
    STORE,
    CATALOG,
    SESSION_KEY,
    SESSION_KEY_FORMER,
    BEHIND_PROXY,
    NAME,
    APPID,
    MCH_ID,
    API_KEY,
    SIGN_TYPE,
    CERTIFICATE,
    CERTIFICATE_KEY,
    CONTACT,
    VOUCHER_NAME,
    GATEWAY,
    SECOND_GATEWAY,
    NOTIFY_ORIGIN,
    APP_SECRET,
    AUTHORIZE_URL,
    TOKEN_URL,
    EXPIRES_AFTER_S,
    OPEN_MAX,
    BUYER_PER_MINUTE,
    ADDRESS_PER_MINUTE,
    ADMIN_TOKEN,
    WEBHOOK_URL,
    WEBHOOK_SECRET,
];
