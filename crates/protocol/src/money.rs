//! Money: whole fen, never a float.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// An amount of Chinese money in fen (分, 1/100 yuan), from 0 to [`Fen::MAX`].
///
/// There is no conversion from or to floating point, and arithmetic is checked:
/// an overflow is an answer (`None`), never a wrapped amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = i64, minimum = 0))]
#[serde(transparent)]
pub struct Fen(i64);

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);

    /// One hundred million yuan: far above any order, far below any integer limit on the way
    /// (JavaScript's 2^53 and SQL's 2^63).
    pub const MAX: Fen = Fen(10_000_000_000);

    /// Takes a number of fen; `None` when negative or above [`Fen::MAX`].
    #[must_use]
    pub const fn new(fen: i64) -> Option<Fen> {
        if fen < 0 || fen > Fen::MAX.0 {
            None
        } else {
            Some(Fen(fen))
        }
    }

    /// Reads the wire form of WeChat's integer fields: ASCII digits only, no sign, no blanks.
    #[must_use]
    pub fn parse(text: &str) -> Option<Fen> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        text.parse().ok().and_then(Fen::new)
    }

    /// The number of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Adds; `None` above [`Fen::MAX`].
    #[must_use]
    pub fn checked_add(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).and_then(Fen::new)
    }

    /// Subtracts; `None` below zero.
    #[must_use]
    pub fn checked_sub(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).and_then(Fen::new)
    }

    /// Multiplies by a count of units; `None` above [`Fen::MAX`].
    #[must_use]
    pub fn checked_mul(self, units: u32) -> Option<Fen> {
        self.0.checked_mul(i64::from(units)).and_then(Fen::new)
    }
}

/// Writes yuan with two decimals and no currency sign: `19.90`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (yuan, rest) = (self.0 / 100, self.0 % 100);
        write!(f, "{yuan}.{}{}", rest / 10, rest % 10)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fen, D::Error> {
        let fen = i64::deserialize(deserializer)?;
        Fen::new(fen).ok_or_else(|| serde::de::Error::custom("amount in fen out of range"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_as_yuan_with_two_decimals() {
        for (fen, text) in [
            (0, "0.00"),
            (1, "0.01"),
            (10, "0.10"),
            (1990, "19.90"),
            (100_000, "1000.00"),
        ] {
            assert_eq!(Fen::new(fen).map(|f| f.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn only_plain_digits_parse() {
        assert_eq!(Fen::parse("1990"), Fen::new(1990));
        for bad in [
            "",
            "-1",
            "+1",
            " 1",
            "1 ",
            "1.0",
            "1e3",
            "１",
            "99999999999999999999",
        ] {
            assert_eq!(Fen::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn arithmetic_refuses_to_leave_the_range() {
        assert_eq!(Fen::MAX.checked_add(Fen(1)), None);
        assert_eq!(Fen::ZERO.checked_sub(Fen(1)), None);
        assert_eq!(Fen::MAX.checked_mul(2), None);
        assert_eq!(Fen(995).checked_mul(2), Fen::new(1990));
    }
}
