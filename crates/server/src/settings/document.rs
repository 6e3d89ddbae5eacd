//! A TOML file as values with their places; what is not TOML in it is said line by line.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistakes, Place};
use super::syntax::{self, Unclosed};
use super::text_file::read_text;
use super::value::{Entry, Table, Value, Written};

/// No configuration or catalogue is longer.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The keys that a file may have, dotted.
pub(crate) type Known<'a> = &'a [&'a str];

/// What a file says.
pub(crate) struct Document {
    place: Place,
    root: Table,
    /// Why it cannot be read, or what in it is not TOML.
    mistakes: Mistakes,
    /// Lines that are not TOML, from 1 on.
    broken: BTreeSet<usize>,
}

impl Document {
    /// Reads a file. `absent` is what to do when there is none.
    pub(crate) fn read(path: &Path, known: Known<'_>, absent: &str) -> Document {
        let place = Place::file(path);
        let mut document = Document {
            root: Table::empty(&place),
            place,
            mistakes: Mistakes::default(),
            broken: BTreeSet::new(),
        };
        match read_text(path, FILE_BYTES_MAX) {
            Ok(text) => document.parse(&text, known),
            Err(_) if !path.exists() => document.mistakes.note(
                document.place.clone(),
                None,
                ["does not exist: ", absent].concat(),
            ),
            Err(sentence) => document
                .mistakes
                .note(document.place.clone(), None, sentence),
        }
        document
    }

    /// What it says, once.
    pub(crate) fn take_root(&mut self) -> Table {
        std::mem::replace(&mut self.root, Table::empty(&self.place))
    }

    fn parse(&mut self, text: &str, known: Known<'_>) {
        let lines = Lines::of(text);
        let (root, errors) = DeTable::parse_recoverable(text);
        let unclosed = (!errors.is_empty()).then(|| Unclosed::find(text)).flatten();
        let end = unclosed.as_ref().map_or(usize::MAX, |open| open.line);
        if let Some(open) = &unclosed {
            let found = syntax::explain_unclosed(text, open, known);
            self.mistakes
                .note(self.place.line(end), found.key.as_deref(), found.sentence);
            // All that follows was read as a part of it.
            self.broken.extend(end..=lines.0.len());
        }
        for error in errors {
            let at = error.span().map_or(text.len(), |span| span.start);
            let line = lines.number(at);
            // The reader tells one mistake in several ways.
            if self.broken.insert(line) {
                let found = syntax::explain(text, line, error.message(), known);
                let place = self.place.line(line);
                self.mistakes
                    .note(place, found.key.as_deref(), found.sentence);
            }
        }
        let place = &self.place;
        let reader = Reader { lines, place };
        self.root = reader.table(root.into_inner(), place.clone());
    }

    /// The file's own mistakes and those of its content, without what only follows from lines that
    /// could not be read: a key that is missing may stand in one of them.
    pub(crate) fn with_mistakes_of_content(self, mut content: Mistakes) -> Mistakes {
        let mut all = self.mistakes;
        if !all.is_empty() {
            content.retain(|mistake| match &mistake.place {
                place if *place == self.place => false,
                place => !self
                    .broken
                    .iter()
                    .any(|line| *place == self.place.line(*line)),
            });
        }
        all.append(content);
        all
    }
}

/// Reads one value, as it would stand behind `=`.
pub(super) fn value(text: &str, place: &Place) -> Option<Value> {
    let value = DeValue::parse(text).ok()?;
    let reader = Reader {
        lines: Lines::of(text),
        place,
    };
    Some(reader.value(value.into_inner()))
}

/// Where each line begins.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let after = ends.map(|(at, _)| at.saturating_add(1));
        Lines(std::iter::once(0).chain(after).collect())
    }

    /// The line of a byte, from 1 on.
    fn number(&self, at: usize) -> usize {
        self.0.partition_point(|begin| *begin <= at)
    }
}

struct Reader<'a> {
    lines: Lines,
    place: &'a Place,
}

impl Reader<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        match self.place {
            Place::File { .. } => self.place.line(self.lines.number(span.start)),
            other => other.clone(),
        }
    }

    fn table(&self, table: DeTable<'_>, place: Place) -> Table {
        let entries = table.into_iter().map(|(key, value)| Entry {
            place: self.place(key.span()),
            key: key.into_inner().into_owned(),
            written: self.written(value),
        });
        Table {
            place,
            entries: entries.collect(),
        }
    }

    fn written(&self, value: Spanned<DeValue<'_>>) -> Written {
        let place = self.place(value.span());
        Written {
            value: match value.into_inner() {
                DeValue::Table(table) => Value::Table(self.table(table, place.clone())),
                other => self.value(other),
            },
            place,
        }
    }

    fn value(&self, value: DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) => {
                let prefix = match number.radix() {
                    16 => "0x",
                    8 => "0o",
                    2 => "0b",
                    _ => "",
                };
                Value::Integer([prefix, number.as_str()].concat())
            }
            DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
            DeValue::Boolean(is_on) => Value::Switch(is_on),
            DeValue::Datetime(_) => Value::Date,
            DeValue::Array(items) => {
                let items = items.into_iter().map(|item| self.written(item));
                Value::List(items.collect())
            }
            DeValue::Table(table) => Value::Table(self.table(table, self.place.clone())),
        }
    }
}
