//! The rules of the house as a program: what reviewers would otherwise have to repeat.

mod directions;
mod first_line;
mod floats;
mod length;
mod lints;
mod markdown;
mod marks;
mod names;
mod references;
mod tree;
mod wildcards;

use std::fmt;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::places;
use tree::Source;

/// A rule that looks at one file at a time.
type FileRule = fn(&Source) -> Vec<Finding>;

const FILE_RULES: [FileRule; 8] = [
    first_line::check,
    floats::check,
    length::check,
    lints::check,
    marks::check,
    markdown::check,
    names::check,
    wildcards::check,
];

/// One place where a rule is broken.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: PathBuf,
    /// Counted from 1; `None` when the whole file is meant.
    line: Option<usize>,
    /// What is wrong and what to do instead.
    message: String,
}

impl Finding {
    fn in_file(source: &Source, message: impl Into<String>) -> Finding {
        Finding {
            path: source.path.clone(),
            line: None,
            message: message.into(),
        }
    }

    fn at(source: &Source, line: usize, message: impl Into<String>) -> Finding {
        Finding {
            path: source.path.clone(),
            line: Some(line),
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Checks every rule on every file.
///
/// # Errors
/// When a rule is broken, after printing all findings.
pub(crate) fn run() -> Result<()> {
    let sources = tree::read(places::repository())?;
    let mut findings: Vec<Finding> = sources
        .iter()
        .flat_map(|source| FILE_RULES.iter().flat_map(|rule| rule(source)))
        .collect();
    findings.extend(references::check(&sources));
    findings.extend(directions::check()?);
    findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files keep the rules of the house", sources.len());
            Ok(())
        }
        count => bail!("tidy: {count} findings"),
    }
}
