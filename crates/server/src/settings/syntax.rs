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
    let key = known_key(text, index, first_word(row), known);
    let sentence = match row.split_once('=') {
        _ if message == "duplicate key" => {
            "stands here a second time: take one of the two out".to_owned()
        }
        None if row.starts_with('[') => {
            "is not TOML: a section stands alone in its line, [section]".to_owned()
        }
        Some((written, value)) if is_key(written.trim()) => {
            of_value(value.trim(), short(key.as_deref()), message)
        }
        Some(_) | None => {
            format!("is not TOML: write {} = \"…\"", short(key.as_deref()))
        }
    };
    told(key, sentence)
}

/// A value that is opened in a line and closed in none, so that the rest of the file belongs to it.
pub(super) fn explain_unclosed(text: &str, open: &Unclosed, known: Known<'_>) -> Explained {
    let index = open.line.saturating_sub(1);
    let row = text.lines().nth(index).unwrap_or_default();
    let key = known_key(text, index, first_word(row), known);
    told(
        key,
        format!("is not TOML: its closing {} is missing", open.closing),
    )
}

fn told(key: Option<String>, sentence: String) -> Explained {
    Explained {
        sentence: match key {
            Some(_) => sentence,
            None => ["this line ", &sentence].concat(),
        },
        key,
    }
}

/// What is wrong with what stands behind `=`.
fn of_value(value: &str, name: &str, message: &str) -> String {
    let quotes = |quote: char| value.matches(quote).count();
    if value.is_empty() {
        return format!("has no value: write {name} = \"…\"");
    }
    if quotes('"') % 2 == 1 || quotes('\'') % 2 == 1 {
        return "is not TOML: a quote is missing, or there is one too many".to_owned();
    }
    if value.starts_with(['“', '”', '‘', '’']) {
        return format!("is not TOML: its quotes must be straight ones, {name} = \"…\"");
    }
    let word = value.split(['#', ' ']).next().unwrap_or_default();
    if ["true", "false", "yes", "no", "on", "off"].contains(&word.to_lowercase().as_str()) {
        return "is not TOML: write true or false".to_owned();
    }
    if value.starts_with('"') && value.contains('\\') {
        return "is not TOML: a \\ in double quotes begins an escape, so write the text in single \
                quotes, '…'"
            .to_owned();
    }
    if value.starts_with(['"', '\'', '[', '{']) {
        return format!("is not TOML: {message}");
    }
    format!("is not TOML: put the text in quotes, {name} = \"…\"")
}

/// The key without its section.
fn short(key: Option<&str>) -> &str {
    key.map_or("key", |key| key.rsplit('.').next().unwrap_or(key))
}

fn first_word(row: &str) -> &str {
    let ends = |one: char| one.is_whitespace() || one == '=' || one == ':';
    row.trim().split(ends).next().unwrap_or_default()
}

fn is_key(written: &str) -> bool {
    !written.is_empty()
        && written
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.\"'".contains(&byte))
}

/// Where a value was opened that nothing closes.
pub(super) struct Unclosed {
    /// From 1 on.
    pub(super) line: usize,
    closing: &'static str,
}

impl Unclosed {
    /// Looks for one in a text that is not TOML: a list or a table into which the next key or
    /// section falls, or a text of several lines that goes on to the end.
    pub(super) fn find(text: &str) -> Option<Unclosed> {
        let mut open: Option<(Unclosed, usize)> = None;
        for (index, row) in text.lines().enumerate() {
            let row = row.trim();
            if let Some((unclosed, depth)) = &mut open {
                if begins_anew(row, unclosed.closing) {
                    break;
                }
                *depth = depth_after(*depth, row, unclosed.closing);
                if *depth == 0 {
                    open = None;
                }
                continue;
            }
            let Some((_, value)) = row.split_once('=') else {
                continue;
            };
            let value = value.trim();
            let begins = [("\"\"\"", "\"\"\""), ("'''", "'''"), ("[", "]"), ("{", "}")];
            let Some((begin, closing)) = begins.iter().find(|(begin, _)| value.starts_with(begin))
            else {
                continue;
            };
            let rest = value.get(begin.len()..).unwrap_or_default();
            let depth = depth_after(1, rest, closing);
            let line = index.saturating_add(1);
            open = (depth > 0).then_some((Unclosed { line, closing }, depth));
        }
        open.map(|(unclosed, _)| unclosed)
    }
}

fn is_bracket(closing: &str) -> bool {
    closing.len() == 1
}

/// How many are still open after a row. Brackets inside of quotes are text.
fn depth_after(depth: usize, row: &str, closing: &str) -> usize {
    if !is_bracket(closing) {
        return usize::from(!row.contains(closing));
    }
    let opening = if closing == "]" { '[' } else { '{' };
    let mut depth = depth;
    let mut quote = None;
    for one in row.chars() {
        match quote {
            Some(open) if one == open => quote = None,
            Some(_) => {}
            None if one == '"' || one == '\'' => quote = Some(one),
            None if one == '#' => break,
            None if one == opening => depth = depth.saturating_add(1),
            None if closing.starts_with(one) => depth = depth.saturating_sub(1),
            None => {}
        }
    }
    depth
}

/// Whether a row is the next key, which a table has in it, too, or the next section.
fn begins_anew(row: &str, closing: &str) -> bool {
    let is_section = row.starts_with('[') && row.ends_with(']') && !row.contains(['"', '\'']);
    let is_pair = || {
        row.split_once('=')
            .is_some_and(|(written, _)| is_key(written.trim()))
    };
    is_bracket(closing) && (is_section || (closing == "]" && is_pair()))
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
                "`merchant.api_key` is not TOML: a quote is missing",
            ),
            (
                "api_key = MySecretKey\"",
                "`merchant.api_key` is not TOML: a quote is missing",
            ),
            (
                "api_key = 'MySecretKey",
                "`merchant.api_key` is not TOML: a quote is missing",
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
                "api_key: \"MySecretKey\"",
                "`merchant.api_key` is not TOML: write api_key",
            ),
            (
                "api key = \"MySecretKey\"",
                "this line is not TOML: write key = ",
            ),
            (
                "api_key = “MySecretKey”",
                "`merchant.api_key` is not TOML: its quotes must be straight",
            ),
            (
                "api_key = \"My\\Secret\"",
                "`merchant.api_key` is not TOML: a \\ in double quotes",
            ),
            (
                "api_key = False",
                "`merchant.api_key` is not TOML: write true or false",
            ),
            (
                "api_key = [\"MySecretKey\"",
                "`merchant.api_key` is not TOML: its closing ] is missing",
            ),
            (
                "api_key = [\n\"MySecretKey\",",
                "`merchant.api_key` is not TOML: its closing ] is missing",
            ),
            (
                "api_key = { MySecretKey = 1",
                "`merchant.api_key` is not TOML: its closing } is missing",
            ),
            (
                "api_key = \"\"\"MySecretKey",
                "`merchant.api_key` is not TOML: its closing \"\"\" is missing",
            ),
            (
                "api_key = '''MySecretKey",
                "`merchant.api_key` is not TOML: its closing ''' is missing",
            ),
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
