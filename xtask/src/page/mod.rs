//! Builds the page for use: Trunk with the profile `page`, everything made small, a `.br` beside each
//! file.

pub(crate) mod budget;
mod compress;
mod imports;
mod shrink;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::tools::PageTools;
use crate::{freshness, places, process};

/// Folders inside `dist/` are few and shallow; deeper means a link that bites its tail.
const DEPTH_MAX: usize = 8;
/// The size-first profile in `Cargo.toml`.
pub(crate) const PROFILE: &str = "page";
/// What every build of the page leaves.
const INDEX: &str = "index.html";

/// Builds into `dist/`, unless what is there was built from the very sources of now.
///
/// # Errors
/// As [`build`].
pub(crate) fn build_unless_fresh() -> Result<()> {
    if freshness::is_fresh(&places::dist(), INDEX) {
        println!("• the page in dist/ is up to date");
        return Ok(());
    }
    build()
}

/// Builds into `dist/`.
///
/// # Errors
/// When a tool is missing or fails, or the build left no wasm behind.
pub(crate) fn build() -> Result<()> {
    let tools = PageTools::ensure()?;
    let fingerprint = freshness::fingerprint()?;
    let started = Instant::now();
    process::announce(
        "building the page",
        "Rust to wasm in the size-first profile `page`",
    );
    let mut trunk = tools.command("trunk")?;
    trunk.args([
        "build",
        "--skip-version-check",
        "--release",
        "--cargo-profile",
        PROFILE,
    ]);
    trunk.arg("--dist").arg(places::dist());
    // An inherited NO_COLOR=1 is no boolean to Trunk and stops it.
    trunk.env_remove("NO_COLOR");
    trunk.env("CARGO_ENCODED_RUSTFLAGS", without_local_paths()?);
    process::run(trunk).context("building the page with trunk")?;

    shrink_all(&tools, &places::dist())?;
    let sent = compress::all(&files_under(&places::dist(), DEPTH_MAX)?)?;
    freshness::remember(&places::dist(), &fingerprint)?;
    process::done(
        &format!("page built, {} kB to download", sent.div_ceil(1000)),
        started,
    );
    Ok(())
}

/// Flags that name the sources of crates without the folder in which this machine keeps them: panics
/// carry these names into the page, where they would tell buyers who built it, and weigh.
///
/// # Errors
/// When it cannot be told where cargo keeps them.
pub(crate) fn without_local_paths() -> Result<OsString> {
    let mut flags = env::var_os("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    for folder in places::crate_sources()? {
        if !flags.is_empty() {
            flags.push("\u{1f}");
        }
        flags.push("--remap-path-prefix=");
        flags.push(folder);
        flags.push("=");
    }
    Ok(flags)
}

/// Makes the wasm and the scripts of a folder small.
///
/// # Errors
/// When there is no wasm, or a tool fails.
pub(crate) fn shrink_all(tools: &PageTools, folder: &Path) -> Result<()> {
    let files = files_under(folder, DEPTH_MAX)?;
    let with_extension = |wanted| {
        files
            .iter()
            .filter(move |file| has_extension(file, &[wanted]))
    };
    let wasm = with_extension("wasm").next();
    let wasm = wasm.with_context(|| format!("{} holds no wasm", folder.display()))?;
    if let Some(wasm_opt) = tools.wasm_opt() {
        shrink::wasm(wasm_opt, wasm)?;
    }
    imports::shorten(wasm, &glue_of(wasm)?)?;
    for file in with_extension("js") {
        match tools.terser() {
            Some(terser) => shrink::script(terser, file)?,
            None => shrink::script_layout(file)?,
        }
    }
    Ok(())
}

/// wasm-bindgen's script beside its wasm: `page_bg.wasm` belongs to `page.js`.
fn glue_of(wasm: &Path) -> Result<PathBuf> {
    let name = wasm.file_name().and_then(|name| name.to_str());
    let stem = name.and_then(|name| name.strip_suffix("_bg.wasm"));
    let stem = stem.with_context(|| format!("{} is not named as expected", wasm.display()))?;
    Ok(wasm.with_file_name(format!("{stem}.js")))
}

fn has_extension(file: &Path, extensions: &[&str]) -> bool {
    file.extension()
        .is_some_and(|has| extensions.iter().any(|wanted| has == *wanted))
}

fn files_under(folder: &Path, depth_left: usize) -> Result<Vec<PathBuf>> {
    if depth_left == 0 {
        bail!("{} is nested too deeply", folder.display());
    }
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let path = entry
            .with_context(|| format!("reading {}", folder.display()))?
            .path();
        if path.is_dir() {
            files.extend(files_under(&path, depth_left - 1)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
