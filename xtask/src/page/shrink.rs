//! Takes out of the built files what no browser needs.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// Shrinks a wasm file in place. It enables exactly the features that the file itself declares.
pub(super) fn wasm(wasm_opt: &Path, file: &Path) -> Result<()> {
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
            // The last 1,024 bytes of the stack stay unused: whoever came so near to its end would
            // have run over it.
            "--low-memory-unused",
            // Zeros cost nothing once they are compressed, and each gap costs a header.
            "--skip-pass=memory-packing",
            // Functions of one crate look alike; side by side they compress better.
            "--reorder-functions-by-name",
        ]);
    command.arg(file).arg("-o").arg(&shrunk);
    process::run_summarised(command).context("shrinking the page with wasm-opt")?;
    fs::rename(&shrunk, file).with_context(|| format!("replacing {}", file.display()))
}

/// Shortens the names inside a script, in place. The guard that runs where modules do not exist keeps
/// its old syntax, since terser only ever writes what it has read.
pub(super) fn script(terser: &Path, file: &Path) -> Result<()> {
    let shrunk = file.with_extension("terser");
    let mut command = Command::new(terser);
    command.args([
        "--module",
        "--ecma",
        "5",
        "--compress",
        "passes=2",
        "--mangle",
    ]);
    command.arg("--output").arg(&shrunk).arg("--").arg(file);
    process::run_summarised(command).context("shrinking a script with terser")?;
    fs::rename(&shrunk, file).with_context(|| format!("replacing {}", file.display()))
}

/// What can be done to a script without terser: indentation and comment lines go. No script of ours
/// has a text of several lines, where leading blanks would matter.
pub(super) fn script_layout(file: &Path) -> Result<()> {
    let script = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
    let lines: Vec<&str> = script
        .lines()
        .map(str::trim_start)
        .filter(is_code)
        .collect();
    fs::write(file, lines.join("\n")).with_context(|| format!("writing {}", file.display()))
}
