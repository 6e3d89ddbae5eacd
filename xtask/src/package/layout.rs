//! Which file of the package comes from where.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{EXAMPLE, NAME, wasm};
use crate::places;

/// Written by hand, and shipped as they are.
const SOURCES: &str = "npm";
/// Kinds of files in [`SOURCES`] that are shipped under their own names.
const SHIPPED: [&str; 3] = ["js", "ts", "md"];
/// Together they are the look inside the element: the page's own, and the element's.
const STYLES: [&str; 5] = [
    "static/tokens.css",
    "static/checkout.css",
    "static/marks.css",
    "static/controls.css",
    "npm/element.css",
];
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
/// Makes a folder anew beside the old one, and swaps them when it is whole.
pub(super) fn replace(place: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let fresh = place.with_extension("new");
    // A run that was stopped may have left one.
    remove(&fresh)?;
    fs::create_dir_all(&fresh).with_context(|| format!("creating {}", fresh.display()))?;
    fill(&fresh)?;
    remove(place)?;
    fs::rename(&fresh, place).with_context(|| format!("moving to {}", place.display()))
}

/// Fills a folder with the package.
pub(super) fn package(place: &Path) -> Result<()> {
    let sources = places::repository().join(SOURCES);
    for file in files_of(&sources)? {
        let is_shipped = file
            .extension()
            .is_some_and(|has| SHIPPED.iter().any(|kind| has == *kind));
        if is_shipped {
            copy_into(&file, place)?;
        }
    }
    for licence in LICENCES {
        copy_into(&places::repository().join(licence), place)?;
    }
    let manifest = read(&sources.join("package.json"))?
        .replace("{version}", env!("CARGO_PKG_VERSION"))
        .replace("{license}", env!("CARGO_PKG_LICENSE"))
        .replace("{repository}", env!("CARGO_PKG_REPOSITORY"));
    write(&place.join("package.json"), manifest.as_bytes())?;
    let styles = STYLES.map(|style| read(&places::repository().join(style)));
    let styles: Vec<String> = styles.into_iter().collect::<Result<_>>()?;
    write(
        &place.join(format!("{NAME}.css")),
        styles.join("\n").as_bytes(),
    )?;
    for built in wasm::files() {
        copy_into(&built, place)?;
    }
    Ok(())
}

/// Fills a folder with the example and a copy of the package beside its page.
pub(super) fn example(place: &Path, package: &Path) -> Result<()> {
    for file in files_of(&places::repository().join("examples").join(EXAMPLE))? {
        copy_into(&file, place)?;
    }
    let inside = place.join(NAME);
    fs::create_dir(&inside).with_context(|| format!("creating {}", inside.display()))?;
    for file in files_of(package)? {
        copy_into(&file, &inside)?;
    }
    Ok(())
}

/// The files of a folder, without those of its folders.
pub(super) fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let paths = entries.map(|entry| Ok(entry?.path()));
    let paths: Vec<PathBuf> = paths.collect::<Result<_>>()?;
    let mut files: Vec<PathBuf> = paths.into_iter().filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

pub(super) fn copy_into(file: &Path, folder: &Path) -> Result<()> {
    let name = file.file_name().context("a file without a name")?;
    let copied = fs::copy(file, folder.join(name));
    copied.with_context(|| format!("copying {}", file.display()))?;
    Ok(())
}

pub(super) fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(file, bytes).with_context(|| format!("writing {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_filled_leaves_the_former_one() -> Result<()> {
        let place = std::env::temp_dir().join(format!("layout-{}", std::process::id()));
        replace(&place, |fresh| write(&fresh.join("a"), b"1"))?;
        let failed = replace(&place, |fresh| {
            write(&fresh.join("b"), b"2")?;
            anyhow::bail!("no more")
        });
        assert!(failed.is_err());
        assert_eq!(files_of(&place)?, [place.join("a")]);
        replace(&place, |fresh| write(&fresh.join("c"), b"3"))?;
        assert_eq!(files_of(&place)?, [place.join("c")]);
        remove(&place)?;
        assert!(!place.with_extension("new").exists());
        Ok(())
    }
}
