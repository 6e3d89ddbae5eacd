//! The tools that turn Rust into a page: found in the user's cache, installed there when missing.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{places, process};

/// The newest Trunk that builds with the Rust version of this workspace.
const TRUNK: &str = "0.21.14";
/// The npm package that carries `wasm-opt`.
const BINARYEN: &str = "132.0.0";
/// Shortens scripts.
const TERSER: &str = "5.51.4";
/// Judges the page's accessibility.
const AXE_CORE: &str = "4.14.1";
/// Checks the types of the npm package.
const TYPESCRIPT: &str = "5.9.3";
/// What its React sample is checked against.
const REACT_TYPES: &str = "19.3.0";
/// What rustc compiles the page to.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Folders of the page's tools, ready to stand first on a `PATH`.
#[derive(Debug)]
pub(crate) struct PageTools {
    folders: Vec<PathBuf>,
    wasm_opt: Option<PathBuf>,
    terser: Option<PathBuf>,
}

impl PageTools {
    /// Finds or installs the wasm target, trunk, wasm-bindgen and, where npm is, wasm-opt and terser.
    ///
    /// # Errors
    /// When something cannot be installed.
    pub(crate) fn ensure() -> Result<PageTools> {
        ensure_wasm_target()?;
        let trunk = ensure_from_crates_io(
            "trunk",
            TRUNK,
            "trunk",
            "it builds and serves the page",
            &["--no-default-features", "--features", "rustls"],
        )?;
        let wasm_bindgen = ensure_wasm_bindgen()?;
        Ok(PageTools {
            folders: vec![trunk, wasm_bindgen],
            wasm_opt: ensure_from_npm("binaryen", BINARYEN, "wasm-opt")?,
            terser: ensure_from_npm("terser", TERSER, "terser")?,
        })
    }

    /// A command that finds these tools before any others.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        let mut command = Command::new(program);
        command
            .env("PATH", path_with(&self.folders)?)
            .current_dir(places::repository());
        Ok(command)
    }

    /// The optimiser for wasm, where it could be had.
    pub(crate) fn wasm_opt(&self) -> Option<&Path> {
        self.wasm_opt.as_deref()
    }

    /// The shortener of scripts, where it could be had.
    pub(crate) fn terser(&self) -> Option<&Path> {
        self.terser.as_deref()
    }
}

/// The folder of `wasm-bindgen` and `wasm-bindgen-test-runner`.
///
/// # Errors
/// When it cannot be installed.
pub(crate) fn ensure_wasm_bindgen() -> Result<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    let why = "it joins wasm and JavaScript, and must be the version in Cargo.lock";
    ensure_from_crates_io("wasm-bindgen-cli", &version, "wasm-bindgen", why, &[])
}

/// Adds the wasm target to the toolchain. `rust-toolchain.toml` could name it too, but does not
/// install it everywhere, and forces the download of another toolchain on some machines.
///
/// # Errors
/// When it is missing and `rustup` cannot add it.
pub(crate) fn ensure_wasm_target() -> Result<()> {
    let mut command = Command::new("rustc");
    command.args(["--print", "target-libdir", "--target", WASM_TARGET]);
    let installed = process::output(command).is_ok_and(|dir| Path::new(dir.trim()).is_dir());
    if installed {
        return Ok(());
    }
    if places::on_path("rustup").is_none() {
        bail!(
            "rustc cannot build for {WASM_TARGET} and rustup is not here to add it; \
             install that target with the package manager that brought rustc"
        );
    }
    process::announce(
        &format!("adding the target {WASM_TARGET}"),
        "the page is WebAssembly",
    );
    let mut command = Command::new("rustup");
    command.args(["target", "add", WASM_TARGET]);
    process::run(command)
}

/// Adds rustfmt and clippy where a minimal toolchain came without them.
///
/// # Errors
/// When they are missing and `rustup` cannot add them.
pub(crate) fn ensure_linters() -> Result<()> {
    for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if process::answers_version(program) {
            continue;
        }
        process::announce(&format!("adding {component}"), "the checks use it");
        let mut command = Command::new("rustup");
        command.args(["component", "add", component]);
        process::run(command).with_context(|| format!("{component} is missing"))?;
    }
    Ok(())
}

/// Installs a program from crates.io into its own folder of the cache and returns its `bin`.
fn ensure_from_crates_io(
    package: &str,
    version: &str,
    program: &str,
    why: &str,
    arguments: &[&str],
) -> Result<PathBuf> {
    let root = places::tool(package, version)?;
    let bin = root.join("bin");
    if process::answers_version(bin.join(program)) {
        return Ok(bin);
    }
    let what = format!("installing {package} {version}");
    process::announce(&what, &format!("{why}; a few minutes, once per machine"));
    let started = Instant::now();
    let mut command = Command::new("cargo");
    command
        .args([
            "install",
            "--locked",
            "--debug",
            "--force",
            package,
            "--version",
            version,
        ])
        .args(arguments)
        .arg("--root")
        .arg(&root)
        // A release build takes twice to four times as long and would not run noticeably faster.
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .current_dir(env::temp_dir());
    process::run_summarised(command).with_context(|| format!("installing {package}"))?;
    process::done(&what, started);
    Ok(bin)
}

/// A program from npm that makes the page smaller. Without npm the page is merely larger.
fn ensure_from_npm(package: &str, version: &str, program: &str) -> Result<Option<PathBuf>> {
    if let Some(program) = places::on_path(program) {
        return Ok(Some(program));
    }
    let installed = places::tool(package, version)?
        .join("node_modules")
        .join(".bin")
        .join(program);
    if process::answers_version(&installed) {
        return Ok(Some(installed));
    }
    if places::on_path("npm").is_none() {
        println!(
            "  {program} is left out: it comes from npm, which is not here; the page stays larger"
        );
        return Ok(None);
    }
    let why = format!("its {program} shrinks the page");
    if let Err(error) = install_from_npm(package, version, &why) {
        crate::interrupt::check()?;
        println!("  {program} is left out: {error}; the page stays larger");
        return Ok(None);
    }
    Ok(Some(installed))
}

/// The script of axe-core, which judges the page's accessibility in the journeys.
///
/// # Errors
/// When it cannot be installed.
pub(crate) fn ensure_axe() -> Result<PathBuf> {
    let script = places::tool("axe-core", AXE_CORE)?
        .join("node_modules")
        .join("axe-core")
        .join("axe.min.js");
    if !script.is_file() {
        install_from_npm("axe-core", AXE_CORE, "it judges the page's accessibility")?;
    }
    Ok(script)
}

/// The compiler of TypeScript and the types of React, each as the `node_modules` that holds it.
///
/// # Errors
/// When one cannot be installed.
pub(crate) fn ensure_typescript() -> Result<[PathBuf; 2]> {
    let why = "it checks the types of the npm package";
    Ok([
        ensure_modules("typescript", TYPESCRIPT, why)?,
        ensure_modules("@types/react", REACT_TYPES, why)?,
    ])
}

fn ensure_modules(package: &str, version: &str, why: &str) -> Result<PathBuf> {
    let modules = places::tool(package, version)?.join("node_modules");
    if !modules.join(package).join("package.json").is_file() {
        install_from_npm(package, version, why)?;
    }
    Ok(modules)
}

/// Installs a package of npm into its own folder of the cache.
fn install_from_npm(package: &str, version: &str, why: &str) -> Result<()> {
    let npm = places::on_path("npm").context("npm is not installed")?;
    let folder = places::tool(package, version)?;
    process::announce(&format!("installing {package} {version}"), why);
    std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let mut command = Command::new(npm);
    command
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--loglevel=error",
            "--prefix",
        ])
        .arg(&folder)
        .arg(format!("{package}@{version}"));
    process::run_summarised(command).with_context(|| format!("installing {package}"))
}

/// The version of a package in `Cargo.lock`.
fn locked_version(package: &str) -> Result<String> {
    let path = places::repository().join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).context("reading Cargo.lock")?;
    version_in(&lock, package).with_context(|| format!("{package} is not in Cargo.lock"))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    let version = lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')?;
    Some(version.to_owned())
}

fn path_with(first: &[PathBuf]) -> Result<OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = first.iter().cloned().chain(env::split_paths(&rest));
    env::join_paths(folders).context("joining the PATH")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.126\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.126"));
        assert_eq!(version_in(lock, "yew"), None);
    }
}
