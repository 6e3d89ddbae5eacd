//! What somebody meant who wrote a key that there is not.

/// A name shorter than this resembles everything.
const LETTERS_MIN: usize = 3;
/// A name that resembles no key is repeated only up to this length: secrets are longer.
const SHOWN_MAX: usize = 20;

/// The known name that was most likely meant.
pub(crate) fn nearest<'a>(
    written: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let written = &written.to_lowercase().replace('-', "_");
    // The right name in the wrong section, or without any.
    let last = |name: &str| name.rsplit('.').next().map(str::to_owned);
    if let Some(same) = known.clone().find(|name| last(name) == last(written)) {
        return Some(same);
    }
    let allowed = |name: &str| name.len().min(written.len()) / 4 + 1;
    known
        .filter(|name| written.len() >= LETTERS_MIN && name.len() >= LETTERS_MIN)
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, name)| *distance <= allowed(name).min(4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A key that there is not.
pub(crate) struct UnknownKey<'w, 'k> {
    /// The key as it was written, if it may be said: somebody may have written a secret where a key
    /// belongs.
    pub(crate) shown: Option<&'w str>,
    pub(crate) sentence: String,
    /// What was meant: reading it as that keeps "is missing" from being said of the same mistake.
    pub(crate) meant: Option<&'k str>,
}

impl<'w, 'k> UnknownKey<'w, 'k> {
    pub(crate) fn among(
        written: &'w str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> UnknownKey<'w, 'k> {
        let meant = nearest(written, known);
        let (shown, sentence) = match meant {
            Some(meant) => (
                Some(written),
                format!("is no key here: did you mean `{meant}`?"),
            ),
            None if is_harmless(written) => {
                (Some(written), "is no key here: take it out".to_owned())
            }
            None => (
                None,
                "there is a key here that is none: take it out".to_owned(),
            ),
        };
        UnknownKey {
            shown,
            sentence,
            meant,
        }
    }
}

fn is_harmless(name: &str) -> bool {
    name.len() <= SHOWN_MAX
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found_and_a_secret_is_not_repeated() {
        let known = [
            "listen",
            "behind_proxy",
            "merchant.api_key",
            "oauth.app_secret",
        ];
        for (written, meant) in [
            ("behind_proxi", Some("behind_proxy")),
            ("behind-proxy", Some("behind_proxy")),
            ("Merchant.API_KEY", Some("merchant.api_key")),
            ("listn", Some("listen")),
            ("api_key", Some("merchant.api_key")),
            ("merchant.apikey", Some("merchant.api_key")),
            ("gateway.app_secret", Some("oauth.app_secret")),
            ("colour", None),
        ] {
            assert_eq!(nearest(written, known.into_iter()), meant, "{written}");
        }
        let secret = "192006250b4c09247ec02edce69f6a2d";
        let unknown = UnknownKey::among(secret, known.into_iter());
        assert_eq!(unknown.shown, None);
        assert!(!unknown.sentence.contains(secret));
    }
}
