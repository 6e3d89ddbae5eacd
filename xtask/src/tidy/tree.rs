//! The files that the rules look at.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold what tools made, not what people wrote.
const SKIPPED: [&str; 6] = [
    ".git",
    "target",
    "dist",
    "demo-data",
    "node_modules",
    ".venv",
];
/// Kinds of files that some rule looks at.
const KINDS: [&str; 7] = ["rs", "js", "css", "html", "md", "toml", "py"];

/// One text file of the tree.
#[derive(Debug)]
pub(super) struct Source {
    /// From the root of the repository, with forward slashes.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Source {
    /// Whether its name ends in `.` and this.
    pub(super) fn is_kind(&self, extension: &str) -> bool {
        self.path.extension().is_some_and(|has| has == extension)
    }

    /// Whether it lies somewhere under this folder.
    pub(super) fn is_under(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// Its lines counted from 1, each without its `//` comment.
    ///
    /// A `//` inside a text literal ends the line too early. That can only hide a finding, never
    /// invent one, and the rules that use it look for code that does not share lines with URLs.
    pub(super) fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = self
            .text
            .lines()
            .map(|line| line.split("//").next().unwrap_or(line));
        code.enumerate().map(|(index, code)| (index + 1, code))
    }
}

/// Reads every file of a known kind.
pub(super) fn read(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                if !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
                    folders.push(path);
                }
            } else if path
                .extension()
                .is_some_and(|has| KINDS.iter().any(|kind| has == *kind))
            {
                let text = fs::read_to_string(&path)
                    .with_context(|| format!("reading {} as text", path.display()))?;
                sources.push(Source {
                    path: path.strip_prefix(root)?.to_owned(),
                    text,
                });
            }
        }
    }
    Ok(sources)
}

#[cfg(test)]
impl Source {
    /// A file that exists only in a test.
    pub(super) fn sample(path: &str, text: &str) -> Source {
        Source {
            path: path.into(),
            text: text.to_owned(),
        }
    }
}
