//! What is wrong with what an operator wrote: where, which key, and what to write instead.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Where something was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    File {
        /// Which one.
        path: Arc<Path>,
        /// From 1 on, where it is known.
        line: Option<usize>,
    },
    /// In a variable of the environment.
    Variable(String),
    /// On the command line.
    Argument(&'static str),
    /// Nowhere: it is what holds without a word.
    Default,
}

impl Place {
    /// A whole file.
    pub(crate) fn file(path: &Path) -> Place {
        Place::File {
            path: path.into(),
            line: None,
        }
    }

    /// Which line, where one is known.
    pub(crate) const fn line_number(&self) -> Option<usize> {
        match self {
            Place::File { line, .. } => *line,
            Place::Variable(_) | Place::Argument(_) | Place::Default => None,
        }
    }

    /// A line of the same file.
    pub(crate) fn line(&self, line: usize) -> Place {
        match self {
            Place::File { path, .. } => Place::File {
                path: Arc::clone(path),
                line: Some(line),
            },
            other => other.clone(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { path, line: None } => write!(f, "{}", path.display()),
            Place::File {
                path,
                line: Some(line),
            } => write!(f, "{}:{line}", path.display()),
            Place::Variable(name) => f.write_str(name),
            Place::Argument(name) => f.write_str(name),
            Place::Default => f.write_str("the default"),
        }
    }
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it is.
    pub place: Place,
    /// Of which key, dotted; `None` when it is the whole file's or the key is not known.
    pub key: Option<String>,
    /// What is wrong, and what to write instead. Never the value.
    pub sentence: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mistake {
            place,
            key,
            sentence,
        } = self;
        match key {
            Some(key) => write!(f, "{place}: `{key}` {sentence}"),
            None => write!(f, "{place}: {sentence}"),
        }
    }
}

/// More than this at a time tell nobody anything new.
const MISTAKES_MAX: usize = 100;

/// All mistakes that were found, in the order they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    told: Vec<Mistake>,
    untold: usize,
}

impl Mistakes {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.told.iter()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// Adds one.
    pub(crate) fn note(&mut self, place: Place, key: Option<&str>, sentence: impl Into<String>) {
        let mistake = Mistake {
            place,
            key: key.map(str::to_owned),
            sentence: sentence.into(),
        };
        if self.told.contains(&mistake) {
            return;
        }
        if self.told.len() < MISTAKES_MAX {
            self.told.push(mistake);
        } else {
            self.untold = self.untold.saturating_add(1);
        }
    }

    /// Leaves out mistakes that only follow from others.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&Mistake) -> bool) {
        self.told.retain(keep);
    }

    /// Puts them in the order of one file's lines, and what stands in no line of it last.
    pub(crate) fn sort(&mut self) {
        self.told.sort_by_key(|mistake| match &mistake.place {
            Place::File { line, .. } => (0, line.unwrap_or_default()),
            Place::Variable(_) | Place::Argument(_) | Place::Default => (1, 0),
        });
    }

    /// Adds all of another reading.
    pub(crate) fn append(&mut self, other: Mistakes) {
        self.untold = self.untold.saturating_add(other.untold);
        for Mistake {
            place,
            key,
            sentence,
        } in other.told
        {
            self.note(place, key.as_deref(), sentence);
        }
    }
}

/// A line for each, without a line end after the last.
impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.told.iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n" };
            write!(f, "{gap}{mistake}")?;
        }
        match self.untold {
            0 => Ok(()),
            untold => write!(f, "\n… and {untold} more"),
        }
    }
}

impl std::error::Error for Mistakes {}
