//! What is wrong with a line that is not TOML, without the line: a secret may stand in it.

use super::document::Known;
use super::spelling::nearest;

/// Which key the line is about, where that is known, and what to write.
pub(super) struct Explained {
    pub(super) key: Option<String>,
    pub(super) sentence: String,
}

/// `line` counts from 1; `message` is the TOML reader's, which has nothing of the text in it.
pub(super) fn explain(text: &str, line: usize, message: &str, known: Known<'_>) -> Explained {
    let index = line.saturating_sub(1);
    let row = text.lines().nth(index).unwrap_or_default().trim();
    let (written, value) = match row.split_once('=') {
        Some((written, value)) => (written.trim(), Some(value.trim())),
        None => (row.split_whitespace().next().unwrap_or_default(), None),
    };
    let key = known_key(text, index, written, known);
    let name = key
        .as_deref()
        .map_or("key", |key| key.rsplit('.').next().unwrap_or(key));
    let sentence = if message == "duplicate key" {
        "stands here a second time: take one of the two out".to_owned()
    } else if row.starts_with('[') && !written.contains('"') && value.is_none() {
        "is not TOML: a section stands alone in its line, [section]".to_owned()
    } else {
        match value {
            None => format!("is not TOML: write {name} = \"…\""),
            Some("") => format!("has no value: write {name} = \"…\""),
            Some(value) if is_unclosed(value) => {
                "is not TOML: the closing quote is missing, or there is one too many".to_owned()
            }
            Some(value) if is_bare(value) => {
                format!("is not TOML: put the text in quotes, {name} = \"…\"")
            }
            Some(_) => format!("is not TOML: {message}"),
        }
    };
    Explained {
        sentence: match key {
            Some(_) => sentence,
            None => ["this line ", &sentence].concat(),
        },
        key,
    }
}

/// The key of a line, if the file may have it: anything else may be a secret.
fn known_key(text: &str, index: usize, written: &str, known: Known<'_>) -> Option<String> {
    let section = text
        .lines()
        .take(index)
        .filter_map(|row| {
            let row = row.trim();
            let name = row.trim_start_matches('[').split(']').next()?;
            row.starts_with('[').then(|| name.trim())
        })
        .last();
    let whole = match section {
        Some(section) => [section, ".", written].concat(),
        None => written.to_owned(),
    };
    if known.contains(&whole.as_str()) {
        return Some(whole);
    }
    nearest(&whole, known.iter().copied())
        .filter(|name| name.rsplit('.').next() == Some(written))
        .map(str::to_owned)
}

/// Begins with a quote, and its quotes do not pair.
fn is_unclosed(value: &str) -> bool {
    let quote = |quote: char| value.matches(quote).count() % 2 == 1;
    value.starts_with(['"', '\'']) || quote('"') || quote('\'')
}

/// Begins with what no value of TOML begins with, or with digits that go on as letters.
fn is_bare(value: &str) -> bool {
    !value.starts_with(['[', '{'])
}

#[cfg(test)]
mod tests {
    use super::super::document::Document;
    use super::super::mistake::{Mistakes, Place};

    const KNOWN: [&str; 3] = ["listen", "merchant.api_key", "merchant.sign_type"];

    fn mistakes(text: &str) -> Mistakes {
        let path = std::env::temp_dir().join(format!("{}.toml", uuid::Uuid::now_v7().simple()));
        std::fs::write(&path, text).expect("a file");
        let document = Document::read(&path, &KNOWN, "");
        let _ = std::fs::remove_file(&path);
        document.with_mistakes_of_content(Mistakes::default())
    }

    #[test]
    fn a_line_that_is_not_toml_is_told_once_by_its_key_and_without_its_value() {
        for (line, told) in [
            (
                "api_key = MySecretKey",
                "`merchant.api_key` is not TOML: put the text in quotes",
            ),
            (
                "api_key = \"MySecretKey",
                "`merchant.api_key` is not TOML: the closing quote",
            ),
            (
                "api_key = MySecretKey\"",
                "`merchant.api_key` is not TOML: the closing quote",
            ),
            (
                "api_key = 'MySecretKey",
                "`merchant.api_key` is not TOML: the closing quote",
            ),
            (
                "api_key = 12MySecretKey",
                "`merchant.api_key` is not TOML: put the text",
            ),
            ("api_key =", "`merchant.api_key` has no value"),
            (
                "api_key MySecretKey",
                "`merchant.api_key` is not TOML: write api_key",
            ),
            ("MySecretKey", "this line is not TOML: write key = "),
            (
                "api_key = \"a\"\napi_key = \"MySecretKey\"",
                "`merchant.api_key` stands here a second",
            ),
            (
                "[MySecretKey",
                "this line is not TOML: a section stands alone",
            ),
        ] {
            let text = format!("listen = \"x\"\n[merchant]\n{line}\nsign_type = \"MD5\"\n");
            let told_all = mistakes(&text).to_string();
            assert_eq!(told_all.lines().count(), 1, "{line}: {told_all}");
            assert!(told_all.contains(told), "{line}: {told_all}");
            assert!(!told_all.contains("Secret"), "{line}: {told_all}");
            assert!(
                told_all.contains(".toml:3:") || told_all.contains(".toml:4:"),
                "{told_all}"
            );
        }
    }

    #[test]
    fn places_name_the_line() {
        let place = Place::file("a.toml".as_ref()).line(3);
        assert_eq!(place.to_string(), "a.toml:3");
    }
}
