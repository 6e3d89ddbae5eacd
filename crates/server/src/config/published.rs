//! Secrets that everybody knows: those of this repository, and what people write until they have
//! one. They are refused as soon as anybody else can reach the shop.

use secrecy::ExposeSecret;

use super::sources::Sources;
use super::{StoreAddress, addresses, keys};
use crate::settings::Written;

/// Every secret that stands in this repository, one a line: in its demonstration, its tests, its
/// proofs and its documents. A test looks for those that are missing here.
pub const PUBLISHED: &str = include_str!("published.txt");

const SECRETS: [keys::Key; 6] = [
    keys::SESSION_KEY,
    keys::SESSION_KEY_FORMER,
    keys::API_KEY,
    keys::APP_SECRET,
    keys::ADMIN_TOKEN,
    keys::WEBHOOK_SECRET,
];

/// What stands in for a secret in examples.
const PLACEHOLDERS: [&str; 12] = [
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "replaceme",
    "replace-me",
    "replace_me",
    "yoursecret",
    "your-",
    "your_",
    "example",
    "password",
];

/// Random text of 32 characters has more, in whatever alphabet.
const DIFFERENT_CHARACTERS_MIN: usize = 6;

/// Refuses them all.
pub(super) fn refuse(sources: &mut Sources) {
    for key in SECRETS {
        if sources.is_wrong(key) {
            continue;
        }
        let weakness = sources
            .look(key)
            .and_then(|written| weakness(written.text().ok()?));
        if let Some(sentence) = weakness {
            sources.wrong(key, sentence);
        }
    }
    if sources
        .look(keys::STORE)
        .is_some_and(has_published_password)
    {
        let sentence = "has a password that everybody knows: give the database's user another one";
        sources.wrong(keys::STORE, sentence);
    }
}

fn weakness(secret: &str) -> Option<&'static str> {
    if is_published(secret) {
        Some("stands in the public repository of this program: make one of your own")
    } else if is_placeholder(secret) {
        Some("is a placeholder that anybody guesses: make a random one (`openssl rand -hex 32`)")
    } else {
        None
    }
}

fn is_published(secret: &str) -> bool {
    PUBLISHED.lines().any(|published| published == secret)
}

fn is_placeholder(secret: &str) -> bool {
    let secret = secret.strip_prefix("whsec_").unwrap_or(secret);
    let small = secret.to_ascii_lowercase();
    let mut characters: Vec<char> = secret.chars().collect();
    let is_repeated = (1..=characters.len() / 2).any(|period| {
        characters
            .iter()
            .zip(characters.iter().skip(period))
            .all(|(one, later)| one == later)
    });
    characters.sort_unstable();
    characters.dedup();
    is_repeated
        || characters.len() < DIFFERENT_CHARACTERS_MIN
        || PLACEHOLDERS.iter().any(|word| small.contains(word))
}

fn has_published_password(written: &Written) -> bool {
    let folder = std::path::Path::new("");
    match addresses::store(written, folder) {
        Ok(StoreAddress::Postgres(address)) => address.password().is_some_and(|password| {
            let password = password.expose_secret();
            is_published(password) || is_placeholder(password)
        }),
        Ok(StoreAddress::Sqlite(_)) | Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_guesses_is_told_from_what_is_random() {
        for weak in [
            "changeme-changeme-changeme-change",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abababababababababababababababab",
            "0123456789abcdef0123456789abcdef",
            "your-session-key-of-32-characters",
            "01010101110100010101101010101010",
            "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "password",
        ] {
            assert!(is_placeholder(weak), "{weak}");
        }
        for random in [
            "8c1f0b5d2e7a49c3b6d8f1a0e5c7294b",
            "Jq3vX9kTzW5bN8rL2mP7cY4hD6gF1sAe",
            "whsec_k3Jr9Qv0pXc2LmYt7Zs1Bd5Fh8Nw4Ga6",
        ] {
            assert!(!is_placeholder(random), "{random}");
        }
    }

    #[test]
    fn the_demonstrations_secrets_are_published() {
        assert!(is_published("demonstration-session-key-not-a-secret"));
        assert!(!is_published(""));
    }
}
