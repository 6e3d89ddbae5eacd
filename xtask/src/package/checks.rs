//! Checks the package as its users would find it: by TypeScript and by npm.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::NAME;
use super::layout::{copy_into, files_of, remove};
use crate::{places, process, tools};

/// What the compiler is given: correct uses, and marked wrong ones.
const SAMPLES: &str = "npm/sample";

/// Compiles the samples against the package, which lies where npm would put it.
pub(super) fn compile_samples(package: &Path) -> Result<()> {
    let [typescript, react] = tools::ensure_typescript()?;
    let place = places::target().join("npm").join("sample");
    remove(&place)?;
    let installed = place.join("node_modules").join(NAME);
    fs::create_dir_all(&installed).context("creating the sample's node_modules")?;
    for file in files_of(package)? {
        copy_into(&file, &installed)?;
    }
    for file in files_of(&places::repository().join(SAMPLES))? {
        copy_into(&file, &place)?;
    }
    for needed in ["@types", "csstype"] {
        link(
            &react.join(needed),
            &place.join("node_modules").join(needed),
        )?;
    }
    let mut tsc = Command::new(typescript.join(".bin").join("tsc"));
    tsc.args(["--project", "."]).current_dir(&place);
    process::run(tsc).context("the types of the package do not fit its samples")
}

/// Lets npm list what it would publish, and compares that with what is there.
pub(super) fn pack(package: &Path) -> Result<()> {
    let npm = places::on_path("npm").context("npm is gone")?;
    let mut command = Command::new(npm);
    command
        .args(["pack", "--dry-run", "--json", "--loglevel=error"])
        .current_dir(package);
    let listed = process::output(command)?;
    for file in files_of(package)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        ensure!(
            listed.contains(&format!("\"path\": \"{name}\"")),
            "npm would leave {name} out of the package: see `files` in npm/package.json"
        );
    }
    Ok(())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> Result<()> {
    std::os::unix::fs::symlink(from, to).with_context(|| format!("linking {}", from.display()))
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> Result<()> {
    std::os::windows::fs::symlink_dir(from, to)
        .with_context(|| format!("linking {}", from.display()))
}
