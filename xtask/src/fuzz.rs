//! Coverage-guided fuzzing of what strangers can send: builds the targets of `fuzz/` and runs each for a while.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::system::{self, Need};
use crate::{places, process, test};

/// A target, and the folders that it starts from.
const TARGETS: [(&str, &[&str]); 3] = [
    ("xml", &[NOTIFICATIONS, "fuzz/seeds/xml"]),
    ("notification", &[NOTIFICATIONS, "fuzz/seeds/xml"]),
    ("bill", &["fuzz/seeds/bill"]),
];
/// The hostile and the good notifications of the gateway's tests.
const NOTIFICATIONS: &str = "crates/gateway/tests/gateway/data/notifications";

/// Makes the compiler count which edges were taken. The sanitizers, which only a nightly toolchain
/// has, would look for memory errors: there is no unsafe code to make them.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares \
    --cfg fuzzing";

/// Messages of WeChat's are far shorter; longer inputs only make every run slower.
const INPUT_BYTES_MAX: u32 = 4096;
/// An input that takes so long is a finding.
const PATIENCE_SECONDS: u32 = 5;

/// How long, and what.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// For each target.
    #[arg(long, default_value_t = SECONDS)]
    seconds: u32,
    /// Only this target: `xml`, `notification` or `bill`.
    target: Option<String>,
}

/// Enough to notice what a change broke; a night finds more.
const SECONDS: u32 = 15;

impl Default for Arguments {
    fn default() -> Arguments {
        Arguments {
            seconds: SECONDS,
            target: None,
        }
    }
}

/// Fuzzes every target, or one.
///
/// # Errors
/// When a target does not build, and with the file that holds the input when one is found that
/// breaks a promise.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let wanted = |name: &str| arguments.target.as_deref().is_none_or(|only| only == name);
    if !TARGETS.iter().any(|(name, _)| wanted(name)) {
        bail!("no such target: there are xml, notification and bill");
    }
    let programs = build()?;
    for (name, seeds) in TARGETS {
        if wanted(name) {
            fuzz(&programs, name, seeds, arguments.seconds)?;
        }
    }
    Ok(())
}

/// Where the programs are.
fn build() -> Result<PathBuf> {
    system::ensure(&[Need::CxxCompiler])?;
    let started = Instant::now();
    process::announce(
        "building the fuzz targets",
        "instrumented, in a folder of their own",
    );
    let host = host()?;
    let folder = places::target().join("fuzz");
    let mut command = test::cargo(&["build", "--locked", "--quiet", "--bins"]);
    command
        .args(["--manifest-path", "fuzz/Cargo.toml", "--target", &host])
        .arg("--target-dir")
        .arg(&folder)
        .env("RUSTFLAGS", INSTRUMENTED);
    process::run(command).context("building the fuzz targets")?;
    process::done("fuzz targets built", started);
    Ok(folder.join(host).join("debug"))
}

/// The machine's own target, by name: then only the targets are instrumented, and no build script.
fn host() -> Result<String> {
    let mut rustc = Command::new("rustc");
    rustc.arg("-vV");
    let version = process::output(rustc)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its host")?.to_owned())
}

fn fuzz(programs: &Path, name: &str, seeds: &[&str], seconds: u32) -> Result<()> {
    let started = Instant::now();
    // What one run finds, the next begins with; the seeds in the tree are only read.
    let found = places::target().join("fuzz").join("corpus").join(name);
    let broken = places::target().join("fuzz").join("broken");
    for folder in [&found, &broken] {
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    }
    let mut command = Command::new(programs.join(name));
    command
        .current_dir(places::repository())
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .arg(format!("-timeout={PATIENCE_SECONDS}"))
        .arg(format!("-artifact_prefix={}/{name}-", broken.display()))
        .arg("-dict=fuzz/wechat.dict")
        .arg("-print_final_stats=1")
        .arg(&found)
        .args(seeds);
    process::run_summarised(command).with_context(|| {
        format!(
            "fuzzing {name}: the input is in {}; put it into the tests before it is mended",
            broken.display()
        )
    })?;
    process::done(&format!("fuzzed {name} for {seconds} s"), started);
    Ok(())
}
