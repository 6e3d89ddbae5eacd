//! Random text for `nonce_str`.

use rand::distr::{Alphanumeric, SampleString};

/// The longest that every message takes.
const CHARACTERS: usize = 32;

/// 32 letters and digits from the operating system's seeded generator.
#[must_use]
pub fn fresh() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), CHARACTERS)
}
