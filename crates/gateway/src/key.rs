//! The merchant's API key (API 密钥, version 2): checked when read, never shown.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The secret that signs and verifies every version 2 message: 32 ASCII characters, set in the
/// merchant platform under 账户中心 → API 安全 → APIv2 密钥.
///
/// The APIv3 key has the same shape and is another secret; only a refused signature tells.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// Why a text cannot be an API key. The text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiKeyError {
    /// The file or variable was saved with a byte order mark.
    #[error("API key starts with a byte order mark: save the file without one")]
    ByteOrderMark,
    /// Blanks or line ends, most often copied along.
    #[error("API key contains blanks or line ends: remove them")]
    Blank,
    /// A key has letters and digits only.
    #[error("API key contains characters outside printable ASCII")]
    NotAscii,
    /// A key has exactly 32 characters.
    #[error("API key has {length} characters instead of 32: the APIv2 key is wanted here")]
    WrongLength {
        /// Characters found.
        length: usize,
    },
}

impl ApiKey {
    /// Checks length and alphabet.
    ///
    /// ```
    /// use wechat_checkout_gateway::{ApiKey, ApiKeyError};
    ///
    /// assert!(ApiKey::parse("192006250b4c09247ec02edce69f6a2d").is_ok());
    /// assert_eq!(ApiKey::parse("short").unwrap_err(), ApiKeyError::WrongLength { length: 5 });
    /// ```
    ///
    /// # Errors
    /// With the mistake that is most likely behind it.
    pub fn parse(text: &str) -> Result<ApiKey, ApiKeyError> {
        if text.starts_with('\u{FEFF}') {
            return Err(ApiKeyError::ByteOrderMark);
        }
        if text.chars().any(char::is_whitespace) {
            return Err(ApiKeyError::Blank);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ApiKeyError::NotAscii);
        }
        if text.len() != 32 {
            return Err(ApiKeyError::WrongLength { length: text.len() });
        }
        Ok(ApiKey(SecretString::from(text)))
    }

    /// Eight hex digits that tell operators *which* key is loaded without telling the key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.expose().as_bytes());
        crate::hex::lower(&digest[..4])
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Published test vectors use keys that no merchant could have.
    #[cfg(test)]
    pub(crate) fn of_any_length(text: &str) -> ApiKey {
        ApiKey(SecretString::from(text))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_apart_and_the_key_is_never_shown() {
        for (text, error) in [
            (
                "\u{FEFF}192006250b4c09247ec02edce69f6a2d",
                ApiKeyError::ByteOrderMark,
            ),
            ("192006250b4c09247ec02edce69f6a2d\n", ApiKeyError::Blank),
            ("192006250b4c09247ec02edce69f6a2é", ApiKeyError::NotAscii),
            ("", ApiKeyError::WrongLength { length: 0 }),
        ] {
            assert_eq!(ApiKey::parse(text).err(), Some(error), "{text:?}");
        }
        let key = ApiKey::parse("192006250b4c09247ec02edce69f6a2d").expect("a key");
        assert_eq!(format!("{key:?}"), "ApiKey([redacted])");
        assert_eq!(key.fingerprint().len(), 8);
    }
}
