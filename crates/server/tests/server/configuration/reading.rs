//! Finds a secret in a text, however it was printed: as it is, as a list of bytes, in hex, in
//! base64.

use std::collections::HashSet;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// A part of a secret that is this long is no accident.
const PART: usize = 8;

/// Every part of the text in every reading of it.
pub(super) struct Readings(HashSet<[u8; PART]>);

impl Readings {
    pub(super) fn of(output: &[u8]) -> Readings {
        let mut readings = Readings(HashSet::new());
        readings.add(output);
        // An escaped text is the same text.
        let text = String::from_utf8_lossy(output);
        readings.add(text.replace("\\n", "\n").replace("\\\"", "\"").as_bytes());
        readings.add_lists(&text);
        readings.add_hex(&text);
        for alphabet in [STANDARD, URL_SAFE] {
            readings.add_base64(&text, &alphabet);
        }
        readings
    }

    /// A part of the secret that is in the text.
    pub(super) fn part_of(&self, secret: &[u8]) -> Option<String> {
        assert!(secret.len() >= PART, "too short to be found");
        secret
            .windows(PART)
            .find(|part| self.0.contains(*part))
            .map(|part| String::from_utf8_lossy(part).into_owned())
    }

    fn add(&mut self, bytes: &[u8]) {
        let parts = bytes.windows(PART);
        self.0
            .extend(parts.filter_map(|part| <[u8; PART]>::try_from(part).ok()));
    }

    /// `[45, 45, 45]`, also over several lines.
    fn add_lists(&mut self, text: &str) {
        let is_between = |one: char| one == ',' || one.is_whitespace();
        let mut list = Vec::new();
        for word in text.split(|one: char| !one.is_ascii_digit() && !is_between(one)) {
            list.clear();
            for number in word.split(is_between).filter(|number| !number.is_empty()) {
                match number.parse::<u8>() {
                    Ok(byte) => list.push(byte),
                    Err(_) => {
                        self.add(&list);
                        list.clear();
                    }
                }
            }
            self.add(&list);
        }
    }

    fn add_hex(&mut self, text: &str) {
        let digit = |byte: u8| {
            char::from(byte)
                .to_digit(16)
                .map(|digit| digit.to_le_bytes()[0])
        };
        for run in runs(text, |byte| byte.is_ascii_hexdigit(), 2 * PART) {
            for begin in [0, 1] {
                let pairs = run[begin..].chunks_exact(2);
                let bytes: Option<Vec<u8>> = pairs
                    .map(|pair| Some((digit(pair[0])? << 4) | digit(pair[1])?))
                    .collect();
                self.add(&bytes.unwrap_or_default());
            }
        }
    }

    fn add_base64(&mut self, text: &str, alphabet: &base64::alphabet::Alphabet) {
        let config = GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::RequireNone)
            .with_decode_allow_trailing_bits(true);
        let engine = GeneralPurpose::new(alphabet, config);
        let symbols = alphabet.as_str().as_bytes();
        for run in runs(text, |byte| symbols.contains(&byte), PART) {
            for begin in 0..4 {
                let rest = run.get(begin..).unwrap_or_default();
                let whole = rest.len() - usize::from(rest.len() % 4 == 1);
                self.add(&engine.decode(&rest[..whole]).unwrap_or_default());
            }
        }
    }
}

/// Stretches of bytes of one kind that are long enough to hold a part.
fn runs(text: &str, is_one: impl Fn(u8) -> bool, len_min: usize) -> impl Iterator<Item = &[u8]> {
    text.as_bytes()
        .split(move |byte| !is_one(*byte))
        .filter(move |run| run.len() >= len_min)
}

#[test]
fn a_secret_is_found_however_it_is_printed() {
    let secret = b"k3Jr9Qv0pXc2LmYt7Zs1";
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let bytes = format!("{:?}", &secret[3..14]);
    let engine = base64::engine::general_purpose::STANDARD;
    for printed in [
        "key k3Jr9Qv0pXc".to_owned(),
        format!("line: {bytes}"),
        format!("{:#?}", &secret[2..12]),
        format!("x{hex}"),
        hex.to_uppercase(),
        engine.encode(secret),
        engine.encode([b"a".as_slice(), secret, b"zz"].concat()),
        engine.encode([b"ab".as_slice(), secret].concat()),
    ] {
        let readings = Readings::of(printed.as_bytes());
        assert!(readings.part_of(secret).is_some(), "{printed}");
    }
    let readings = Readings::of(b"k3Jr9Qv 0pXc2Lm YQ== 51, 74, 300, 114");
    assert_eq!(readings.part_of(secret), None);
}
