//! Numbers that the platform gives out, in the shapes that WeChat's have.

use rand::RngExt;
use wechat_checkout_gateway::beijing;
use wechat_checkout_protocol::UnixMillis;

const LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const HEX_DIGITS: usize = 16;
const DIGITS: usize = 10;

/// `wx`, the Beijing second, and twenty hex digits: 36 characters.
pub(crate) fn prepay_id(now: UnixMillis) -> String {
    format!(
        "wx{}{}",
        beijing_second(now),
        random(&LETTERS[..HEX_DIGITS], 20)
    )
}

/// 28 digits that begin with 42 and contain the Beijing day.
pub(crate) fn transaction_id(now: UnixMillis) -> String {
    let day = &beijing_second(now)[..8];
    format!("4200{}{day}{}", random_digits(6), random_digits(10))
}

/// 29 digits that begin with 50 and contain the Beijing day.
pub(crate) fn refund_id(now: UnixMillis) -> String {
    let day = &beijing_second(now)[..8];
    format!("5030{}{day}{}", random_digits(6), random_digits(11))
}

/// Twelve digits that begin with 20.
pub(crate) fn coupon_id() -> String {
    format!("20{}", random_digits(10))
}

/// A random text for `nonce_str`, OAuth codes and tokens.
pub(crate) fn nonce(length: usize) -> String {
    random(LETTERS, length)
}

/// `yyyyMMddHHmmss` in Beijing.
pub(crate) fn beijing_second(instant: UnixMillis) -> String {
    beijing::format(instant.0.div_euclid(1000))
}

/// `yyyy-MM-dd HH:mm:ss` in Beijing, as refunds and bills write it.
pub(crate) fn beijing_clock(instant: UnixMillis) -> String {
    beijing::format_dashed(instant.0.div_euclid(1000))
}

fn random_digits(length: usize) -> String {
    random(&LETTERS[..DIGITS], length)
}

fn random(alphabet: &[u8], length: usize) -> String {
    let mut source = rand::rng();
    (0..length)
        .map(|_| char::from(alphabet[source.random_range(0..alphabet.len())]))
        .collect()
}
