//! A value as it was written, and what it can be read as. A reading that fails says what to write.

use super::mistake::Place;

/// A value and its place. It has no `Debug`: it may be a secret.
pub(crate) struct Written {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

/// What TOML knows; variables are texts.
pub(crate) enum Value {
    Text(String),
    /// As written, without `_`.
    Integer(String),
    /// As written.
    Float(String),
    Switch(bool),
    Date,
    List(Vec<Written>),
    Table(Table),
}

/// A section, or a table in one line.
pub(crate) struct Table {
    pub(crate) place: Place,
    pub(crate) entries: Vec<Entry>,
}

impl Table {
    pub(super) fn empty(place: &Place) -> Table {
        Table {
            place: place.clone(),
            entries: Vec::new(),
        }
    }
}

/// A key with its value.
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) written: Written,
}

/// What was read, or a sentence on what to write instead.
pub(crate) type Read<T> = Result<T, String>;

const TEXT_WANTED: &str = "takes text: put it in quotes, \"…\"";

impl Written {
    /// What a variable says, or the command line.
    pub(crate) fn text_at(text: &str, place: Place) -> Written {
        Written {
            value: Value::Text(text.to_owned()),
            place,
        }
    }

    /// Whether everything there can be is a text, since it does not stand in a TOML file.
    pub(super) const fn is_text_only(&self) -> bool {
        !matches!(self.place, Place::File { .. })
    }

    /// A text, without the blanks, line ends and byte order mark around it that come along when
    /// texts are copied.
    pub(crate) fn text(&self) -> Read<&str> {
        let text = match &self.value {
            Value::Text(text) => trimmed(text),
            Value::Integer(_) | Value::Float(_) | Value::Switch(_) | Value::Date => {
                return Err(TEXT_WANTED.to_owned());
            }
            Value::List(_) => return Err("takes one text, not a list".to_owned()),
            Value::Table(_) => return Err("takes a text, not a table".to_owned()),
        };
        if text.is_empty() {
            return Err("is empty: write its value, or leave it out".to_owned());
        }
        if text.chars().any(|one| one == '\0') {
            return Err("has a zero byte in it".to_owned());
        }
        Ok(text)
    }

    /// `true` or `false`; a variable may say it otherwise.
    pub(crate) fn switch(&self) -> Read<bool> {
        let wanted = || "takes true or false, without quotes".to_owned();
        match &self.value {
            Value::Switch(is_on) => Ok(*is_on),
            Value::Text(text) if self.is_text_only() => {
                match trimmed(text).to_ascii_lowercase().as_str() {
                    "true" | "1" | "yes" | "on" => Ok(true),
                    "false" | "0" | "no" | "off" => Ok(false),
                    _ => Err("takes true or false".to_owned()),
                }
            }
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Date
            | Value::List(_)
            | Value::Table(_) => Err(wanted()),
        }
    }

    /// A list of texts. A variable has commas between them, or is the list as TOML has it.
    pub(crate) fn texts(&self) -> Read<Vec<String>> {
        let of_list = |items: &[Written]| {
            let texts = items.iter().map(|item| item.text().map(str::to_owned));
            texts
                .collect::<Read<Vec<String>>>()
                .map_err(|_| "takes a list of texts, [\"…\", \"…\"]".to_owned())
        };
        match &self.value {
            Value::List(items) => of_list(items),
            Value::Text(text) if self.is_text_only() => {
                let text = trimmed(text);
                if !text.starts_with('[') {
                    let parts = text.split(',').map(trimmed);
                    return Ok(parts
                        .filter(|part| !part.is_empty())
                        .map(str::to_owned)
                        .collect());
                }
                match super::document::value(text, &self.place) {
                    Some(Value::List(items)) => of_list(&items),
                    _ => Err("takes texts with commas between them, a, b".to_owned()),
                }
            }
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Switch(_)
            | Value::Date
            | Value::Table(_) => Err("takes a list of texts, [\"…\", \"…\"]".to_owned()),
        }
    }
}

/// Without blanks, line ends and a byte order mark around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|one: char| one.is_whitespace() || one == '\u{FEFF}')
}
