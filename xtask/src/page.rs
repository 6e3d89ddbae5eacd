//! Builds the page for use: Trunk with the profile `page`, wasm-opt, and a `.br` beside each file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::tools::PageTools;
use crate::{freshness, places, process};

/// Files that compress well. Pictures and fonts in compressed formats would only grow.
const COMPRESSIBLE: [&str; 8] = [
    "html",
    "js",
    "css",
    "wasm",
    "svg",
    "json",
    "txt",
    "webmanifest",
];
/// Highest quality: files are compressed once and sent for ever.
const BROTLI_QUALITY: u32 = 11;
/// log2 of the window: 4 MiB, more than any of our files.
const BROTLI_WINDOW: u32 = 22;
const BROTLI_BUFFER_BYTES: usize = 64 * 1024;
/// Folders inside `dist/` are few and shallow; deeper means a link that bites its tail.
const DEPTH_MAX: usize = 8;

/// Builds into `dist/`, unless what is there was built from the very sources of now.
///
/// # Errors
/// As [`build`].
pub(crate) fn build_unless_fresh() -> Result<()> {
    if freshness::is_fresh() {
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
        "page",
    ]);
    trunk.arg("--dist").arg(places::dist());
    // An inherited NO_COLOR=1 is no boolean to Trunk and stops it.
    trunk.env_remove("NO_COLOR");
    process::run(trunk).context("building the page with trunk")?;

    let files = files_under(&places::dist(), DEPTH_MAX)?;
    if !files.iter().any(|file| has_extension(file, &["wasm"])) {
        bail!("trunk ended well, yet dist/ holds no wasm");
    }
    if let Some(wasm_opt) = tools.wasm_opt() {
        for file in files.iter().filter(|file| has_extension(file, &["wasm"])) {
            optimise(wasm_opt, file)?;
        }
    }
    for file in files.iter().filter(|file| has_extension(file, &["js"])) {
        strip_layout(file)?;
    }
    let sent = compress_all(&files)?;
    freshness::remember(&fingerprint)?;
    process::done(
        &format!("page built, {} kB to download", sent.div_ceil(1000)),
        started,
    );
    Ok(())
}

/// Shrinks a wasm file in place. It enables exactly the features that the file itself declares.
fn optimise(wasm_opt: &Path, file: &Path) -> Result<()> {
    let shrunk = file.with_extension("wasm-opt");
    let mut command = Command::new(wasm_opt);
    // Inlining everything that has one caller saves raw bytes and costs compressed ones.
    command
        .arg("-Oz")
        .arg("--one-caller-inline-max-function-size=20")
        .args([
            "--strip-debug",
            "--strip-producers",
            "--strip-target-features",
        ]);
    command.arg(file).arg("-o").arg(&shrunk);
    process::run_summarised(command).context("shrinking the page with wasm-opt")?;
    fs::rename(&shrunk, file).with_context(|| format!("replacing {}", file.display()))
}

/// Takes indentation and comment lines out of a script, a tenth of wasm-bindgen's glue. No script of
/// ours has a text of several lines, where leading blanks would matter.
fn strip_layout(file: &Path) -> Result<()> {
    let script = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
    let lines: Vec<&str> = script
        .lines()
        .map(str::trim_start)
        .filter(is_code)
        .collect();
    fs::write(file, lines.join("\n")).with_context(|| format!("writing {}", file.display()))
}

/// Writes a `.br` beside each compressible file and returns what a browser downloads in all.
fn compress_all(files: &[PathBuf]) -> Result<u64> {
    let mut sent: u64 = 0;
    for file in files
        .iter()
        .filter(|file| has_extension(file, &COMPRESSIBLE))
    {
        let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let compressed = compress(&bytes)?;
        sent += u64::try_from(compressed.len())?;
        let mut name = file.clone().into_os_string();
        name.push(".br");
        fs::write(&name, compressed).with_context(|| format!("writing {}", name.display()))?;
    }
    Ok(sent)
}

fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(
        &mut compressed,
        BROTLI_BUFFER_BYTES,
        BROTLI_QUALITY,
        BROTLI_WINDOW,
    );
    writer.write_all(bytes).context("compressing")?;
    drop(writer);
    Ok(compressed)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_comes_back_whole() -> Result<()> {
        let page = "<html>轻松会员商城</html>".repeat(200);
        let compressed = compress(page.as_bytes())?;
        assert!(
            compressed.len() < page.len() / 10,
            "{} bytes",
            compressed.len()
        );
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut compressed.as_slice(), &mut back)?;
        assert_eq!(back, page.as_bytes());
        Ok(())
    }

    #[test]
    fn pictures_are_not_compressed_again() {
        assert!(has_extension(
            Path::new("dist/page-1f2e_bg.wasm"),
            &COMPRESSIBLE
        ));
        assert!(!has_extension(Path::new("dist/icon.png"), &COMPRESSIBLE));
        assert!(!has_extension(
            Path::new("dist/index.html.br"),
            &COMPRESSIBLE
        ));
    }
}
