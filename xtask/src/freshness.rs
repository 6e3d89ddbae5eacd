//! Tells whether what was built from the page's sources still fits them, so that a second demo starts
//! in seconds.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::places;

/// Everything the page and the npm package's wasm depend on.
const SOURCES: [&str; 8] = [
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "index.html",
    "static",
    "src",
    "crates/protocol/src",
    // How the page is built is a source too.
    "xtask/src",
];

/// Whether a folder was built from the sources as they are now, and still holds `product`.
pub(crate) fn is_fresh(folder: &Path, product: &str) -> bool {
    let recorded = fs::read_to_string(record(folder)).ok();
    folder.join(product).is_file()
        && recorded.is_some_and(|recorded| fingerprint().is_ok_and(|now| now == recorded))
}

/// Tells the sources of now from all others. Taken before the build: what changes meanwhile counts as
/// not built.
///
/// # Errors
/// When a source cannot be read.
pub(crate) fn fingerprint() -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for source in SOURCES {
        hash_into(&mut hasher, &places::repository().join(source))?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Writes the fingerprint down after a successful build, inside the folder: `trunk serve` empties
/// `dist/`, and what it leaves there is no page for use.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn remember(folder: &Path, fingerprint: &str) -> Result<()> {
    fs::write(record(folder), fingerprint).context("remembering what was built from which sources")
}

fn record(folder: &Path) -> PathBuf {
    folder.join(".built-from")
}

fn hash_into(hasher: &mut DefaultHasher, path: &Path) -> Result<()> {
    path.hash(hasher);
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?;
        let mut paths = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        paths.sort();
        return paths.iter().try_for_each(|path| hash_into(hasher, path));
    }
    if path.is_file() {
        let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        bytes.hash(hasher);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_source_changes_the_fingerprint() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("freshness-{}", std::process::id()));
        fs::create_dir_all(folder.join("src"))?;
        let prints = ["fn a() {}", "fn b() {}", "fn a() {}"].map(|text| -> Result<u64> {
            fs::write(folder.join("src").join("main.rs"), text)?;
            let mut hasher = DefaultHasher::new();
            hash_into(&mut hasher, &folder)?;
            Ok(hasher.finish())
        });
        fs::remove_dir_all(&folder)?;
        let [first, second, third] = prints;
        let first = first?;
        assert_ne!(first, second?);
        assert_eq!(first, third?);
        Ok(())
    }
}
