//! Yuan of bills to whole numbers, digit by digit: a float would lose fen.

use wechat_checkout_protocol::Fen;

/// Fees have at most five decimals; more than that is no amount of WeChat's.
const DECIMALS_MAX: usize = 6;

/// Reads an amount such as `19.90`; `None` when it is negative or not a whole number of fen.
///
/// ```
/// use wechat_checkout_gateway::bill::yuan_to_fen;
///
/// assert_eq!(yuan_to_fen("19.90").map(|fen| fen.get()), Some(1990));
/// assert_eq!(yuan_to_fen("0.1").map(|fen| fen.get()), Some(10));
/// assert_eq!(yuan_to_fen("0.015"), None);
/// ```
#[must_use]
pub fn yuan_to_fen(yuan: &str) -> Option<Fen> {
    let micro = yuan_to_micro(yuan)?;
    if micro % 10_000 == 0 {
        Fen::new(micro / 10_000)
    } else {
        None
    }
}

/// Reads an amount such as `-0.00600` into millionths of a yuan (1 fen is 10 000 of them).
#[must_use]
pub fn yuan_to_micro(yuan: &str) -> Option<i64> {
    let (sign, digits) = match yuan.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, yuan),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(decimals) || decimals.len() > DECIMALS_MAX {
        return None;
    }
    let scale = 10_i64.checked_pow(u32::try_from(DECIMALS_MAX - decimals.len()).ok()?)?;
    let decimals: i64 = decimals.parse().ok()?;
    let micro = whole.parse::<i64>().ok()?.checked_mul(1_000_000)?;
    micro.checked_add(decimals * scale)?.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_nothing() {
        for (yuan, fen) in [
            ("0.00", 0),
            ("0.01", 1),
            ("0.29", 29),
            ("1990", 199_000),
            ("4.350000", 435),
        ] {
            assert_eq!(yuan_to_fen(yuan), Fen::new(fen), "{yuan}");
        }
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1,000.00",
            "1e2",
            "0.0000001",
            "0.001",
            "１",
            "¥1",
            " 1",
        ] {
            assert_eq!(yuan_to_fen(bad), None, "{bad:?}");
        }
        assert_eq!(yuan_to_micro("-0.00600"), Some(-6_000));
        assert_eq!(yuan_to_micro("99999999999999"), None);
    }
}
