//! Whole numbers: counts with their range, and money in fen.

use std::ops::RangeInclusive;

use wechat_checkout_protocol::Fen;

use super::value::{Read, Value, Written, trimmed};

impl Written {
    /// A whole number in a range; `unit` is what it counts, in the plural.
    pub(crate) fn count(&self, range: RangeInclusive<i64>, unit: &str) -> Read<i64> {
        let wanted = || format!("takes {} to {} {unit}", range.start(), range.end());
        let digits = match &self.value {
            Value::Integer(digits) => digits.as_str(),
            Value::Text(text) if self.is_text_only() => trimmed(text),
            Value::Text(_) => return Err(format!("{}, without quotes", wanted())),
            Value::Float(_) => return Err(format!("{}, as a whole number", wanted())),
            Value::Switch(_) | Value::Date | Value::List(_) | Value::Table(_) => {
                return Err(wanted());
            }
        };
        whole(digits)
            .filter(|number| range.contains(number))
            .ok_or_else(wanted)
    }

    /// An amount of money of at least one fen, up to a largest one.
    pub(crate) fn fen(&self, max: Fen) -> Read<Fen> {
        let example = "prices are whole fen (分): 1990 is 19.90 yuan";
        match &self.value {
            Value::Integer(digits) => whole(digits)
                .and_then(Fen::new)
                .filter(|fen| *fen != Fen::ZERO && *fen <= max)
                .ok_or_else(|| {
                    format!(
                        "takes 1 to {} fen (分), which is 0.01 to {max} yuan",
                        max.get()
                    )
                }),
            Value::Float(text) | Value::Text(text) => Err(match yuan(text) {
                Some((yuan, fen)) => {
                    format!(
                        "takes a whole number, since prices are whole fen (分): {yuan} yuan is {fen}"
                    )
                }
                None => format!("takes a whole number, since {example}"),
            }),
            Value::Switch(_) | Value::Date | Value::List(_) | Value::Table(_) => {
                Err(format!("takes a whole number, since {example}"))
            }
        }
    }
}

/// Reads TOML's whole numbers: with a sign, or in another base.
fn whole(digits: &str) -> Option<i64> {
    let based = |prefix, radix| {
        digits
            .strip_prefix(prefix)
            .map(|rest| i64::from_str_radix(rest, radix).ok())
    };
    based("0x", 16)
        .or_else(|| based("0o", 8))
        .or_else(|| based("0b", 2))
        .unwrap_or_else(|| digits.parse().ok())
}

/// An amount that was written in yuan, as it reads and in fen. Digit by digit: floats have no
/// place near money, not even in an error.
fn yuan(text: &str) -> Option<(String, i64)> {
    let text = trimmed(text);
    let text = text.trim_start_matches(['¥', '￥']).trim_end_matches('元');
    let text = trimmed(text).replace('_', "");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(rest) || rest.len() > 2 {
        return None;
    }
    let fen = Fen::parse(&format!("{whole}{rest:0<2}"))?;
    Some((fen.to_string(), fen.get()))
}

#[cfg(test)]
mod tests {
    use super::super::mistake::Place;
    use super::*;

    fn in_file(value: Value) -> Written {
        Written {
            value,
            place: Place::file("catalog.toml".as_ref()),
        }
    }

    #[test]
    fn an_amount_in_yuan_is_told_in_fen() {
        for (value, told) in [
            (Value::Float("19.90".into()), "19.90 yuan is 1990"),
            (Value::Float("19.9".into()), "19.90 yuan is 1990"),
            (Value::Float("0.01".into()), "0.01 yuan is 1"),
            (Value::Text("¥19.90".into()), "19.90 yuan is 1990"),
            (Value::Text("1990".into()), "1990.00 yuan is 199000"),
            (Value::Float("19.905".into()), "1990 is 19.90 yuan"),
            (Value::Float("inf".into()), "1990 is 19.90 yuan"),
            (Value::Text("free".into()), "1990 is 19.90 yuan"),
            (Value::Integer("0".into()), "takes 1 to 10000 fen"),
            (Value::Integer("-5".into()), "takes 1 to 10000 fen"),
            (
                Value::Integer("99999999999999999999".into()),
                "takes 1 to 10000 fen",
            ),
            (Value::List(Vec::new()), "1990 is 19.90 yuan"),
        ] {
            let max = Fen::new(10_000).expect("an amount");
            let sentence = in_file(value).fen(max).expect_err(told);
            assert!(sentence.contains(told), "{sentence}");
        }
    }

    #[test]
    fn a_number_is_read_in_its_range_or_the_range_is_said() {
        let range = || 1..=100_i64;
        assert_eq!(
            in_file(Value::Integer("5".into())).count(range(), "orders"),
            Ok(5)
        );
        assert_eq!(
            in_file(Value::Integer("0x10".into())).count(range(), "orders"),
            Ok(16)
        );
        let variable = Written::text_at(" 7 ", Place::Variable("CHECKOUT_X".into()));
        assert_eq!(variable.count(range(), "orders"), Ok(7));
        for value in [
            Value::Integer("0".into()),
            Value::Integer("101".into()),
            Value::Integer("99999999999999999999".into()),
            Value::Float("5.5".into()),
            Value::Text("5".into()),
            Value::Switch(true),
        ] {
            let read = in_file(value).count(range(), "orders");
            let sentence = read.expect_err("out of range");
            assert!(sentence.starts_with("takes 1 to 100 orders"), "{sentence}");
        }
    }
}
