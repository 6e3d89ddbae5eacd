//! The package's own wasm: the checkout for scripts of other pages, without the shop around it.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::tools::{self, PageTools};
use crate::{freshness, page, places, process};

/// The program in `src/bin/element.rs`; wasm-bindgen names its files after it.
const PROGRAM: &str = "wechat-checkout-element";

/// The files that the package takes.
pub(super) fn files() -> [PathBuf; 2] {
    ["_bg.wasm", ".js"].map(|end| folder().join(format!("{PROGRAM}{end}")))
}

/// Builds it, unless what is there was built from the very sources of now.
pub(super) fn build_unless_fresh() -> Result<()> {
    let glue = format!("{PROGRAM}.js");
    if freshness::is_fresh(&folder(), &glue) {
        return Ok(());
    }
    let tools = PageTools::ensure()?;
    let fingerprint = freshness::fingerprint()?;
    let started = Instant::now();
    let why = "pages without Yew load it alone, and the page of this project carries none of it";
    process::announce("building the npm package's wasm", why);
    compile(&tools)?;
    join(&tools)?;
    page::shrink_all(&tools, &folder())?;
    freshness::remember(&folder(), &fingerprint)?;
    process::done("wasm of the npm package", started);
    Ok(())
}

/// With the very flags of the page, so that cargo compiles what the two share once.
fn compile(tools: &PageTools) -> Result<()> {
    let mut cargo = tools.command("cargo")?;
    cargo.args(["build", "--locked", "--package", "wechat-checkout"]);
    cargo.args(["--bin", PROGRAM, "--target", tools::WASM_TARGET]);
    cargo.args(["--profile", page::PROFILE]);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", page::without_local_paths()?);
    process::run(cargo).context("building the npm package's wasm")
}

/// Writes the script that loads it, and the wasm that fits the script.
fn join(tools: &PageTools) -> Result<()> {
    // Files of an older build must not pass for this one's.
    super::layout::remove(&folder())?;
    fs::create_dir_all(folder()).context("creating the folder of the package's wasm")?;
    let built = places::target()
        .join(tools::WASM_TARGET)
        .join(page::PROFILE);
    let mut command = tools.command("wasm-bindgen")?;
    command.args(["--target", "web", "--no-typescript", "--out-dir"]);
    command.arg(folder());
    command.arg(built.join(PROGRAM).with_extension("wasm"));
    process::run(command).context("joining the npm package's wasm and its script")
}

fn folder() -> PathBuf {
    places::target().join("npm").join("wasm")
}
