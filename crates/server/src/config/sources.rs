//! Where the configuration comes from: the file, then variables, then the command line. The later
//! one wins.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::keys::{Absent, KEYS, Key, STORE};
use crate::settings::{Document, Entry, Mistakes, Place, Table, UnknownKey, Value, Written};

const PREFIX: &str = "CHECKOUT_";

/// Variables that begin like the configuration's and are none of it: the place of the file, and the
/// tests' database.
const OTHER_VARIABLES: [&str; 2] = ["CHECKOUT_CONFIG_FILE", "CHECKOUT_TEST_POSTGRES"];

/// What was said about each key, before anybody asks what it means.
pub(super) struct Sources {
    file: Place,
    said: BTreeMap<&'static str, Written>,
    /// What stands under a misspelt key, as what was meant.
    misspelt: Vec<(&'static str, Written)>,
    /// Sections without keys in the file.
    empty_sections: Vec<(String, Place)>,
    /// Keys that an empty variable took away.
    emptied: BTreeMap<&'static str, Place>,
    mistakes: Mistakes,
    /// What does not stop the start.
    pub(super) warnings: Vec<String>,
    document: Document,
}

impl Sources {
    /// Reads all three.
    pub(super) fn read(
        path: &Path,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        store: Option<&str>,
    ) -> Sources {
        let mut sources = Sources {
            file: Place::file(path),
            said: BTreeMap::new(),
            misspelt: Vec::new(),
            empty_sections: Vec::new(),
            emptied: BTreeMap::new(),
            mistakes: Mistakes::default(),
            warnings: Vec::new(),
            document: Document::read(
                path,
                &KEYS.map(|key| key.name),
                "pass the configuration's path with --config",
            ),
        };
        sources.read_file();
        sources.read_variables(variables);
        sources.refuse_empty_sections();
        if let Some(store) = store {
            let place = Place::Argument("--store");
            let _ = sources
                .said
                .insert(STORE.name, Written::text_at(store, place));
        }
        sources
    }

    /// Reads a key; says what is wrong with it, or that it is missing.
    pub(super) fn take<T>(
        &mut self,
        key: Key,
        read: impl FnOnce(&Written) -> Result<T, String>,
    ) -> Option<T> {
        let (found, place) = match (self.said.get(key.name), key.absent) {
            (Some(written), _) => (read(written), written.place.clone()),
            (None, Absent::Default(value)) => {
                let written = Written::text_at(value, Place::Default);
                (read(&written), Place::Default)
            }
            (None, Absent::Off) => return None,
            (None, Absent::Mistake(hint)) => {
                self.miss(key, hint);
                return None;
            }
        };
        match found {
            Ok(value) => Some(value),
            Err(sentence) => {
                self.mistakes.note(place, Some(key.name), sentence);
                None
            }
        }
    }

    /// What was said about a key, if anything was.
    pub(super) fn look(&self, key: Key) -> Option<&Written> {
        self.said.get(key.name)
    }

    /// Whether something is wrong with a key already.
    pub(super) fn is_wrong(&self, key: Key) -> bool {
        self.mistakes
            .iter()
            .any(|mistake| mistake.key.as_deref() == Some(key.name))
    }

    /// Whether anybody said anything about a key.
    pub(super) fn has(&self, key: Key) -> bool {
        self.said.contains_key(key.name)
    }

    /// Says that a key is missing.
    pub(super) fn miss(&mut self, key: Key, hint: &str) {
        match self.emptied.get(key.name) {
            Some(place) => self.mistakes.note(
                place.clone(),
                Some(key.name),
                format!("is empty: write {hint}, or unset the variable"),
            ),
            None => self.mistakes.note(
                self.file.clone(),
                Some(key.name),
                format!("is missing: write {hint}, here or in {}", key.variable()),
            ),
        }
    }

    /// Says what is wrong with a key that was read before.
    pub(super) fn wrong(&mut self, key: Key, sentence: impl Into<String>) {
        let place = self
            .said
            .get(key.name)
            .map_or_else(|| self.file.clone(), |written| written.place.clone());
        self.mistakes.note(place, Some(key.name), sentence);
    }

    /// All mistakes, without those that only follow from lines which are not TOML.
    pub(super) fn into_mistakes(mut self) -> Mistakes {
        self.mistakes.sort();
        self.document.with_mistakes_of_content(self.mistakes)
    }

    fn read_file(&mut self) {
        let root = self.document.take_root();
        self.read_table(root, "");
        for (meant, written) in std::mem::take(&mut self.misspelt) {
            let _ = self.said.entry(meant).or_insert(written);
        }
    }

    fn read_table(&mut self, table: Table, prefix: &str) {
        for entry in table.entries {
            let name = [prefix, &entry.key].concat();
            let section = [&name, "."].concat();
            if let Some(key) = KEYS.iter().find(|key| key.name == name) {
                let _ = self.said.insert(key.name, entry.written);
            } else if KEYS.iter().any(|key| key.name.starts_with(&section)) {
                self.read_section(entry, &name, &section);
            } else {
                self.read_unknown(entry, &name);
            }
        }
    }

    fn read_unknown(&mut self, entry: Entry, name: &str) {
        let sections = KEYS.iter().filter_map(Key::section);
        if name.split('.').next() == Some(&entry.key)
            && sections.clone().any(|one| one == entry.key)
        {
            let twice = "stands below its own section: write the key alone";
            self.mistakes.note(entry.place, Some(name), twice);
            if let Value::Table(table) = entry.written.value {
                self.read_table(table, &[&entry.key, "."].concat());
            }
            return;
        }
        let names = KEYS.iter().map(|key| key.name).chain(sections);
        let unknown = UnknownKey::among(name, names);
        self.mistakes
            .note(entry.place, unknown.shown, unknown.sentence);
        match (unknown.meant, entry.written.value) {
            (Some(section), Value::Table(table)) => {
                self.read_table(table, &[section, "."].concat());
            }
            (Some(meant), value) => {
                let place = entry.written.place;
                self.misspelt.push((meant, Written { value, place }));
            }
            (None, _) => {}
        }
    }

    fn read_section(&mut self, entry: Entry, name: &str, section: &str) {
        match entry.written.value {
            Value::Table(table) if table.entries.is_empty() => {
                self.empty_sections.push((name.to_owned(), entry.place));
            }
            Value::Table(table) => self.read_table(table, section),
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Switch(_)
            | Value::Date
            | Value::List(_) => self.mistakes.note(
                entry.place,
                Some(name),
                format!("is a section: write [{name}], and its keys in the lines below"),
            ),
        }
    }

    /// Whoever opens a section wants what it switches on; where nothing says its keys, it is off.
    fn refuse_empty_sections(&mut self) {
        for (name, place) in std::mem::take(&mut self.empty_sections) {
            let mut keys = KEYS.iter().filter(|key| key.section() == Some(&name));
            let is_off =
                keys.all(|key| key.absent == Absent::Off && !self.said.contains_key(key.name));
            if is_off {
                let sentence = "is a section without keys: write them below it, or take it out";
                self.mistakes.note(place, Some(&name), sentence);
            }
        }
    }

    fn read_variables(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) {
        let mut foreign = Vec::new();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| is_ours(name)) else {
                continue;
            };
            match KEYS.iter().find(|key| key.variable() == name) {
                Some(key) => self.read_variable(*key, name, &value),
                None => foreign.push(name.to_owned()),
            }
        }
        foreign.sort();
        self.warn_of(&foreign);
    }

    fn read_variable(&mut self, key: Key, name: &str, value: &OsString) {
        let place = Place::Variable(name.to_owned());
        let Some(text) = value.to_str() else {
            let _ = self.said.remove(key.name);
            let _ = self.emptied.insert(key.name, place.clone());
            self.mistakes.note(place, Some(key.name), "is not UTF-8");
            return;
        };
        let text = unquoted(text.trim());
        if text.is_empty() {
            let _ = self.said.remove(key.name);
            let _ = self.emptied.insert(key.name, place);
        } else {
            let _ = self.said.insert(key.name, Written::text_at(text, place));
        }
    }

    /// Kubernetes gives every program variables of the services around it, and one of them may be
    /// called `checkout`; so what is unknown does not stop the start.
    fn warn_of(&mut self, foreign: &[String]) {
        let variables: Vec<String> = KEYS.iter().map(Key::variable).collect();
        let mut others = Vec::new();
        for name in foreign {
            let meant = variables
                .iter()
                .filter(|known| {
                    !is_of_a_service(name) && strsim::damerau_levenshtein(name, known) <= 2
                })
                .min_by_key(|known| strsim::damerau_levenshtein(name, known));
            match meant {
                Some(meant) => self.warnings.push(format!(
                    "{name}: there is no such variable, it is ignored: did you mean {meant}?"
                )),
                None => others.push(name.as_str()),
            }
        }
        if !others.is_empty() {
            self.warnings.push(format!(
                "{}: no variables of the configuration, they are ignored",
                others.join(", ")
            ));
        }
    }
}

fn is_ours(name: &str) -> bool {
    let begins = name
        .get(..PREFIX.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    begins && !OTHER_VARIABLES.contains(&name)
}

/// As Kubernetes and Docker name them.
fn is_of_a_service(name: &str) -> bool {
    ["_SERVICE_HOST", "_PORT", "_TCP", "_ADDR", "_PROTO"]
        .iter()
        .any(|end| name.ends_with(end))
        || name.contains("_SERVICE_PORT")
}

/// `docker run --env-file` keeps the quotes that a shell would take off.
fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}
