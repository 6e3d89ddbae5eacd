//! Secrets of this repository are refused where others reach the shop, and none is forgotten.

use std::collections::BTreeSet;
use std::path::Path;

use wechat_checkout_server::config::PUBLISHED;

use super::workshop::{Workshop, secret};

/// Reached by others, in the ways in which that can be.
const PUBLIC: [[(&str, &str); 3]; 3] = [
    [
        ("CHECKOUT_PUBLIC_ORIGINS", "https://shop.example.com"),
        (
            "CHECKOUT_GATEWAY__BASE_URL",
            "https://api.mch.weixin.qq.com",
        ),
        (
            "CHECKOUT_GATEWAY__NOTIFY_ORIGIN",
            "https://shop.example.com",
        ),
    ],
    [
        (
            "CHECKOUT_PUBLIC_ORIGINS",
            "http://127.0.0.1:8088,https://shop.example.com",
        ),
        ("CHECKOUT_GATEWAY__BASE_URL", "http://127.0.0.1:9"),
        ("CHECKOUT_GATEWAY__NOTIFY_ORIGIN", "http://127.0.0.1:9"),
    ],
    [
        ("CHECKOUT_PUBLIC_ORIGINS", "http://127.0.0.1:8088"),
        ("CHECKOUT_GATEWAY__BASE_URL", "https://127.0.0.1.example"),
        (
            "CHECKOUT_GATEWAY__NOTIFY_ORIGIN",
            "https://shop.example.com",
        ),
    ],
];

#[test]
fn a_published_secret_is_refused_where_others_reach_the_shop() {
    let workshop = Workshop::new();
    for public in PUBLIC {
        assert_eq!(workshop.mistakes(&public), [""; 0]);
        for (variable, key, published) in [
            (
                "CHECKOUT_SESSION_KEY",
                "session_key",
                "demonstration-session-key-not-a-secret",
            ),
            (
                "CHECKOUT_SESSION_KEY",
                "session_key",
                "a-session-key-for-tests-of-32-chars",
            ),
            (
                "CHECKOUT_MERCHANT__API_KEY",
                "merchant.api_key",
                "SimulatedApiKeyForLocalUseOnly01",
            ),
            (
                "CHECKOUT_MERCHANT__API_KEY",
                "merchant.api_key",
                "192006250b4c09247ec02edce69f6a2d",
            ),
            (
                "CHECKOUT_OAUTH__APP_SECRET",
                "oauth.app_secret",
                "SimulatedAppSecretLocalUseOnly01",
            ),
            (
                "CHECKOUT_ADMIN__TOKEN",
                "admin.token",
                "an-admin-token-for-tests-of-32-chars",
            ),
            (
                "CHECKOUT_WEBHOOK__SECRET",
                "webhook.secret",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            ),
            (
                "CHECKOUT_STORE",
                "store",
                "postgres://shop:password@127.0.0.1/shop",
            ),
            (
                "CHECKOUT_SESSION_KEY",
                "session_key",
                "changeme-changeme-changeme-changeme",
            ),
            (
                "CHECKOUT_ADMIN__TOKEN",
                "admin.token",
                "00000000000000000000000000000000",
            ),
        ] {
            let mut variables = public.to_vec();
            variables.push((variable, published));
            let mistakes = workshop.mistakes(&variables);
            assert_eq!(mistakes.len(), 1, "{published}: {mistakes:?}");
            assert!(
                mistakes[0].starts_with(&format!("{variable}: `{key}` ")),
                "{mistakes:?}"
            );
            assert!(!mistakes[0].contains(published), "{mistakes:?}");
            // On the laptop it is just right.
            assert_eq!(workshop.mistakes(&[(variable, published)]), [""; 0]);
        }
    }
}

/// Whoever writes a secret into the repository adds it to the list, and is told so here.
#[test]
fn the_list_has_every_secret_of_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = BTreeSet::new();
    search(&root, &mut found);
    assert!(
        found.contains("demonstration-session-key-not-a-secret"),
        "nothing was searched"
    );
    let listed: BTreeSet<&str> = PUBLISHED.lines().collect();
    let forgotten: Vec<&String> = found
        .iter()
        .filter(|secret| !listed.contains(secret.as_str()))
        .collect();
    assert!(
        forgotten.is_empty(),
        "add to crates/server/src/config/published.txt, so that no shop can use them: {forgotten:#?}"
    );
}

#[test]
fn what_looks_like_a_secret_is_found_and_what_is_random_is_not_listed() {
    let mut found = BTreeSet::new();
    for line in [
        "session_key = \"a-session-key-that-is-written-down\"",
        "CHECKOUT_ADMIN__TOKEN=a-token-that-is-written-down-here",
        "store = \"postgres://shop:pw-in-a-document@db/shop\"",
        "const SECRET: &str = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx\";",
        "title = \"a title that is no secret at all, and long enough\"",
    ] {
        search_line(line, line, &mut found);
    }
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(!PUBLISHED.contains(&secret()));
}

/// Folders that are not the repository's.
const FOREIGN: [&str; 6] = [
    "target",
    ".git",
    "node_modules",
    "dist",
    "demo-data",
    ".tools",
];
/// Kinds of files in which people write secrets.
const KINDS: [&str; 16] = [
    "rs", "toml", "md", "json", "py", "js", "cjs", "mjs", "ts", "html", "sh", "txt", "yml", "yaml",
    "service", "env",
];
/// Words beside which a secret stands.
const WORDS: [&str; 6] = ["key", "secret", "token", "password", "passwd", "credential"];

fn search(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !FOREIGN.contains(&name.as_str()) && !path.is_symlink() {
                search(&path, found);
            }
            continue;
        }
        let kind = path.extension().unwrap_or_default().to_string_lossy();
        if !KINDS.contains(&kind.as_ref()) || name == "published.txt" || name == "published.rs" {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        // A name stands in its line, or in the one before.
        let mut before = "";
        for line in text.lines() {
            search_line(line, &[before, line].concat(), found);
            before = line;
        }
    }
}

/// Names of functions, variables and options, and what a test puts another text in place of.
fn is_stand_in(text: &str) -> bool {
    let is_name = |of_one: fn(&char) -> bool| text.chars().all(|one| one == '_' || of_one(&one));
    is_name(char::is_ascii_lowercase) && text.contains('_')
        || is_name(char::is_ascii_uppercase)
        || text.starts_with("--")
        || text.contains(['{', '%'])
}

fn search_line(line: &str, context: &str, found: &mut BTreeSet<String>) {
    for (at, _) in line.match_indices("postgres://") {
        let place = line[at..]
            .split(['"', '`', '\'', ' '])
            .next()
            .unwrap_or_default();
        let password = place
            .split_once('@')
            .and_then(|(user, _)| user.trim_start_matches("postgres://").split_once(':'));
        // One that a test puts together has its parts in braces.
        found.extend(
            password
                .map(|(_, password)| password.to_owned())
                .filter(|password| !password.is_empty() && !is_stand_in(password)),
        );
    }
    let context = context.to_lowercase();
    if !WORDS.iter().any(|word| context.contains(word)) {
        return;
    }
    let is_of_one = |one: char| one.is_ascii_alphanumeric() || "+/=_-".contains(one);
    for text in line.split(['"', '\'', '`', '=', ' ', ',']) {
        // What is accepted as a secret has at least 32 characters; words and paths have no digits
        // or more slashes.
        let is_one = (32..=128).contains(&text.len())
            && text.chars().all(is_of_one)
            && text.matches('/').count() < 3
            && !is_stand_in(text);
        if is_one {
            let _ = found.insert(text.to_owned());
        }
    }
}
