//! A merchant as the platform knows it: keys, bindings and the registered payment directories.

use std::fmt;

use url::Url;
use wechat_checkout_gateway::{ApiKey, ApiKeyError, Merchant, MerchantError, SignType};

use crate::demo;

/// What the platform is told about a merchant before anything else happens.
#[derive(Clone)]
pub struct MerchantAccount {
    api_key: ApiKey,
    app_secret: String,
    name: String,
    directories: Vec<Url>,
    /// The same identity once per digest: a request names the digest it is signed with.
    md5: Merchant,
    hmac_sha256: Merchant,
}

/// Why a merchant account could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The appid or the merchant number.
    #[error("the merchant's identity is malformed")]
    Identity(#[from] MerchantError),
    /// The API key.
    #[error("the merchant's API key is malformed")]
    ApiKey(#[from] ApiKeyError),
}

impl MerchantAccount {
    /// Sets up an account that may open the pay sheet on any page.
    ///
    /// # Errors
    /// When WeChat could not have given out such values.
    pub fn new(
        appid: &str,
        mch_id: &str,
        api_key: &str,
        app_secret: &str,
        name: &str,
    ) -> Result<MerchantAccount, AccountError> {
        let api_key = ApiKey::parse(api_key)?;
        let merchant = |sign_type| Merchant::new(appid, mch_id, sign_type, api_key.clone());
        Ok(MerchantAccount {
            md5: merchant(SignType::Md5)?,
            hmac_sha256: merchant(SignType::HmacSha256)?,
            app_secret: app_secret.to_owned(),
            name: name.to_owned(),
            directories: vec![],
            api_key,
        })
    }

    /// The account of [`demo`].
    ///
    /// # Panics
    /// Never: the values are constants that a test checks.
    #[must_use]
    pub fn demo() -> MerchantAccount {
        MerchantAccount::new(
            demo::APPID,
            demo::MCH_ID,
            demo::API_KEY,
            demo::APP_SECRET,
            demo::MERCHANT_NAME,
        )
        .expect("the demo account is well-formed")
    }

    /// Registers payment directories (支付授权目录); without any, every page may pay.
    #[must_use]
    pub fn with_directories(mut self, directories: Vec<Url>) -> MerchantAccount {
        self.directories = directories;
        self
    }

    /// The official account's appid.
    #[must_use]
    pub fn appid(&self) -> &str {
        self.md5.appid()
    }

    /// The merchant number.
    #[must_use]
    pub fn mch_id(&self) -> &str {
        self.md5.mch_id()
    }

    /// What the pay sheet shows as the payee.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn api_key(&self) -> &ApiKey {
        &self.api_key
    }

    pub(crate) fn is_app_secret(&self, secret: &str) -> bool {
        self.app_secret == secret
    }

    pub(crate) fn signing(&self, sign_type: SignType) -> &Merchant {
        match sign_type {
            SignType::Md5 => &self.md5,
            SignType::HmacSha256 => &self.hmac_sha256,
        }
    }

    /// Whether a page may open the pay sheet.
    ///
    /// A root entry registers a whole host; a longer one registers exactly one parent directory.
    pub(crate) fn allows_page(&self, page: &Url) -> bool {
        if self.directories.is_empty() {
            return true;
        }
        let folder_end = page.path().rfind('/').map_or(0, |slash| slash + 1);
        let folder = &page.path()[..folder_end];
        self.directories.iter().any(|entry| {
            entry.origin() == page.origin() && (entry.path() == "/" || entry.path() == folder)
        })
    }
}

/// Security: neither the key nor the secret is shown.
impl fmt::Debug for MerchantAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantAccount")
            .field("appid", &self.appid())
            .field("mch_id", &self.mch_id())
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    #[test]
    fn a_page_may_pay_from_the_registered_directory_only() {
        let root = MerchantAccount::demo().with_directories(vec![url("https://a.example/")]);
        assert!(root.allows_page(&url("https://a.example/deep/er/pay?x=1")));
        assert!(!root.allows_page(&url("https://b.example/pay")));
        assert!(
            !root.allows_page(&url("http://a.example/pay")),
            "the scheme counts"
        );

        let deep =
            MerchantAccount::demo().with_directories(vec![url("https://a.example/abc/123/")]);
        assert!(deep.allows_page(&url("https://a.example/abc/123/order")));
        assert!(deep.allows_page(&url("https://a.example/abc/123/?#/pay")));
        assert!(!deep.allows_page(&url("https://a.example/abc/order")));
        assert!(!deep.allows_page(&url("https://a.example/abc/123/pay/order")));
    }
}
