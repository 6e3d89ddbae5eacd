//! Randomness for keys and pauses.

use js_sys::Math;

/// `N` random bytes in hex.
#[must_use]
pub fn random_hex<const N: usize>() -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut bytes = [0_u8; N];
    let filled = super::window()
        .crypto()
        .is_ok_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        // A key needs to be unlikely to repeat, not to be secret.
        bytes.fill_with(|| u8::try_from(below(256)).unwrap_or_default());
    }
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

/// A pause of `ms` to half as much again, so that many pages do not act in the same instant; never
/// shorter, since somebody may have asked for it.
#[must_use]
pub fn jittered_ms(ms: i64) -> u32 {
    let full = u32::try_from(ms.max(0)).unwrap_or(u32::MAX / 2);
    full + below(full / 2 + 1)
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_arithmetic,
    reason = "JavaScript's random number is a double in [0, 1)"
)]
fn below(bound: u32) -> u32 {
    (Math::random() * f64::from(bound)) as u32
}
