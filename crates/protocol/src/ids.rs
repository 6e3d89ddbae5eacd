//! Identifiers: each kind its own type, each parsed once.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Why a text is not an identifier of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdError {
    kind: &'static str,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a valid ")?;
        f.write_str(self.kind)
    }
}

impl std::error::Error for IdError {}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $length:expr, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks length and alphabet.
            ///
            /// # Errors
            /// When the text is no identifier of this kind.
            pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                let allowed: fn(u8) -> bool = $allowed;
                let length: std::ops::RangeInclusive<usize> = $length;
                if length.contains(&text.len()) && text.bytes().all(allowed) {
                    Ok(Self(text))
                } else {
                    Err(IdError { kind: $kind })
                }
            }

            /// The text as it travels.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

identifier! {
    /// An order, and at the same time its `out_trade_no` (商户订单号) at WeChat.
    ///
    /// One order is paid under one number for its whole life, so one name serves the page,
    /// WeChat, support and the log. 6 to 32 characters of `[0-9A-Za-z_-]`; ours are 32 hex digits.
    OrderId, "order id", 6..=32, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

identifier! {
    /// A product of the catalogue, for example `vip-month`.
    ProductId, "product id", 1..=48, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

identifier! {
    /// Made by the page and stored on the device before the first request, so that every retry,
    /// even after a reload, asks for the same order.
    IdempotencyKey, "idempotency key", 16..=64, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

identifier! {
    /// A buyer as WeChat names him to one appid.
    OpenId, "openid", 1..=128, |byte| byte.is_ascii_graphic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_refuse_foreign_letters_and_lengths() {
        assert!(OrderId::parse("0193f0c2a4b87d01a2b3c4d5e6f70819").is_ok());
        for bad in [
            "",
            "short",
            "has space",
            "中文订单号码",
            "a/../b",
            "012345678901234567890123456789012",
        ] {
            assert!(OrderId::parse(bad).is_err(), "{bad:?}");
        }
        assert!(ProductId::parse("vip-month").is_ok());
        assert!(ProductId::parse("VIP").is_err());
    }
}
