//! Typed reading of verified parameters.

use wechat_checkout_protocol::Fen;

use crate::Params;

/// A parameter that a message should have had, in a form it should have had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// Absent or empty.
    #[error("{name} is missing")]
    Missing {
        /// Wire name.
        name: &'static str,
    },
    /// Not a whole number, or out of range.
    #[error("{name} is not a number in range")]
    NotANumber {
        /// Wire name.
        name: &'static str,
    },
    /// None of the values that WeChat documents.
    #[error("{name} has a value that is not documented")]
    Unknown {
        /// Wire name.
        name: &'static str,
    },
    /// Not what was asked for.
    #[error("{name} is not the one that was asked for")]
    Other {
        /// Wire name.
        name: &'static str,
    },
}

/// A text; WeChat sends "no value" as an absent or as an empty element.
pub(crate) fn text(params: &Params, name: &str) -> Option<String> {
    params
        .get(name)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
}

/// Lets an answer pass that names what was asked for, or names nothing.
pub(crate) fn same_if_given(
    params: &Params,
    name: &'static str,
    asked: &str,
) -> Result<(), FieldError> {
    match text(params, name) {
        Some(answered) if answered != asked => Err(FieldError::Other { name }),
        Some(_) | None => Ok(()),
    }
}

pub(crate) fn required(params: &Params, name: &'static str) -> Result<String, FieldError> {
    text(params, name).ok_or(FieldError::Missing { name })
}

pub(crate) fn fen(params: &Params, name: &'static str) -> Result<Option<Fen>, FieldError> {
    match params.get(name) {
        None | Some("") => Ok(None),
        Some(digits) => Fen::parse(digits)
            .map(Some)
            .ok_or(FieldError::NotANumber { name }),
    }
}

pub(crate) fn required_fen(params: &Params, name: &'static str) -> Result<Fen, FieldError> {
    fen(params, name)?.ok_or(FieldError::Missing { name })
}

/// An amount whose wire name is `base` and a number, such as `coupon_fee_0`; errors name the base.
pub(crate) fn numbered_fen(
    params: &Params,
    base: &'static str,
    suffix: &str,
) -> Result<Option<Fen>, FieldError> {
    match params.get(&[base, suffix].concat()) {
        None | Some("") => Ok(None),
        Some(digits) => Fen::parse(digits)
            .map(Some)
            .ok_or(FieldError::NotANumber { name: base }),
    }
}

pub(crate) fn count(
    params: &Params,
    name: &'static str,
    max: u32,
) -> Result<Option<u32>, FieldError> {
    numbered_count(params, name, name, max)
}

/// A count that says how many numbered parameters follow, so it is bounded before it is believed.
pub(crate) fn numbered_count(
    params: &Params,
    base: &'static str,
    name: &str,
    max: u32,
) -> Result<Option<u32>, FieldError> {
    let digits = match params.get(name) {
        None | Some("") => return Ok(None),
        Some(digits) => digits,
    };
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let count = digits
        .parse()
        .ok()
        .filter(|&count| is_number && count <= max);
    count.map(Some).ok_or(FieldError::NotANumber { name: base })
}
