//! The steps of a test run, cheapest first.

use std::process::Command;

use anyhow::{Context, Result};

use crate::system::{self, Need};
use crate::{
    backend, browser, fuzz, interop, package, page, places, postgres, process, proof, tidy, tools,
};

/// Whether a step belongs into a quick round at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speed {
    Fast,
    Slow,
}

/// One check.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    /// What it proves.
    pub(super) what: &'static str,
    pub(super) speed: Speed,
    /// Earlier steps without which it makes no sense.
    pub(super) needs: &'static [&'static str],
    pub(super) run: fn() -> Result<()>,
}

pub(super) const STEPS: [Step; 17] = [
    Step {
        name: "format",
        what: "the code is laid out by rustfmt",
        speed: Speed::Fast,
        needs: &[],
        run: format,
    },
    Step {
        name: "tidy",
        what: "the rules of the house hold",
        speed: Speed::Fast,
        needs: &[],
        run: tidy::run,
    },
    Step {
        name: "clippy",
        what: "no lint speaks up in native code",
        speed: Speed::Fast,
        needs: &[],
        run: clippy,
    },
    Step {
        name: "clippy-page",
        what: "no lint speaks up in the page as wasm",
        speed: Speed::Fast,
        needs: &[],
        run: clippy_page,
    },
    Step {
        name: "tests",
        what: "units, tables, vectors, contracts and APIs",
        speed: Speed::Fast,
        needs: &[],
        run: native_tests,
    },
    Step {
        name: "doc-tests",
        what: "the examples in the documentation work",
        speed: Speed::Fast,
        needs: &[],
        run: doc_tests,
    },
    Step {
        name: "fuzz",
        what: "a fuzzer finds nothing that breaks the gateway's readers",
        speed: Speed::Slow,
        needs: &[],
        run: || fuzz::run(&fuzz::Arguments::default()),
    },
    Step {
        name: "simulate",
        what: "money is right after every step of 1,000 lives with faults",
        speed: Speed::Slow,
        needs: &[],
        run: || proof::run("simulate", &proof::Arguments::of(&["--seeds", "1000"])),
    },
    Step {
        name: "kills",
        what: "200 times kill -9 lose nothing and double nothing",
        speed: Speed::Slow,
        needs: &[],
        run: || proof::run("chaos", &proof::Arguments::of(&["--kills", "200"])),
    },
    Step {
        name: "storms",
        what: "64 notifications, inquiries and refunds at once have one effect, 300 times",
        speed: Speed::Slow,
        needs: &[],
        run: || proof::run("chaos", &proof::Arguments::of(&["--storms", "300"])),
    },
    Step {
        name: "power-cuts",
        what: "60 power cuts lose nothing that was acknowledged",
        speed: Speed::Slow,
        needs: &[],
        run: || proof::run("chaos", &proof::Arguments::of(&["--power-cuts", "60"])),
    },
    Step {
        name: "abuse",
        what: "hostile clients are shown out, and good buyers hardly notice them",
        speed: Speed::Slow,
        needs: &[],
        run: || proof::run("chaos", &proof::Arguments::of(&["--abuse"])),
    },
    Step {
        name: "wasm-tests",
        what: "the page's components work in a browser",
        speed: Speed::Slow,
        needs: &[],
        run: wasm_tests,
    },
    Step {
        name: "page",
        what: "the page builds for use and stays within its weight",
        speed: Speed::Slow,
        needs: &[],
        run: page_within_budget,
    },
    Step {
        name: "package",
        what: "the npm package is whole, and its types fit",
        speed: Speed::Slow,
        needs: &[],
        run: npm_package,
    },
    Step {
        name: "journeys",
        what: "a buyer in Chromium gets what was paid for",
        speed: Speed::Slow,
        needs: &["page"],
        run: journeys,
    },
    Step {
        name: "interop",
        what: "SDKs that others wrote agree with our signatures",
        speed: Speed::Slow,
        needs: &[],
        run: interop::run,
    },
];

/// The page's browser test binary; native test binaries have nothing to do in wasm.
const WASM_TESTS: &str = "components";
/// Journeys wait more than they work; more browsers at once than this make each other late on a small
/// machine.
const JOURNEYS_AT_ONCE: &str = "--test-threads=3";

/// A cargo command at the root; the lock file is law.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(places::repository());
    command
}

fn format() -> Result<()> {
    tools::ensure_linters()?;
    process::run(cargo(&["fmt", "--all", "--check"]))
        .context("run `cargo fmt --all` to lay the code out")
}

fn clippy() -> Result<()> {
    tools::ensure_linters()?;
    // Journeys are left out of plain test runs, and cargo does not hear their name beside "all".
    for targets in [["--workspace", "--all-targets"], ["--test", "journeys"]] {
        let mut command = cargo(&["clippy", "--locked"]);
        command.args(targets).args(["--", "--deny", "warnings"]);
        process::run(command)?;
    }
    Ok(())
}

fn clippy_page() -> Result<()> {
    tools::ensure_linters()?;
    tools::ensure_wasm_target()?;
    let mut command = cargo(&["clippy", "--locked", "--package", "wechat-checkout"]);
    command.args([
        "--package",
        "wechat-checkout-membership",
        "--target",
        tools::WASM_TARGET,
        "--lib",
        "--bins",
        "--test",
        WASM_TESTS,
    ]);
    command.args(["--", "--deny", "warnings"]);
    process::run(command)
}

fn native_tests() -> Result<()> {
    system::ensure(&[Need::PostgreSql])?;
    let cluster = postgres::Cluster::start()?;
    let mut command = if process::answers_version("cargo-nextest") {
        cargo(&["nextest", "run", "--locked", "--workspace"])
    } else {
        let arguments = [
            "test",
            "--locked",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
        ];
        cargo(&arguments)
    };
    command.env(postgres::URL_VARIABLE, cluster.url());
    process::run(command)
}

fn doc_tests() -> Result<()> {
    process::run(cargo(&["test", "--locked", "--workspace", "--doc"]))
}

fn wasm_tests() -> Result<()> {
    tools::ensure_wasm_target()?;
    let runner = tools::ensure_wasm_bindgen()?.join("wasm-bindgen-test-runner");
    system::ensure(&[Need::Browser, Need::ChineseFont])?;
    let driver = browser::driver().context("chromedriver is gone")?;
    let mut command = cargo(&["test", "--locked", "--package", "wechat-checkout"]);
    command
        .args(["--target", tools::WASM_TARGET, "--test", WASM_TESTS])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", driver);
    process::run(command)
}

fn page_within_budget() -> Result<()> {
    // The tools that make the page small come from npm.
    system::ensure(&[Need::Node])?;
    page::build_unless_fresh()?;
    page::budget::check()
}

fn npm_package() -> Result<()> {
    system::ensure(&[Need::Node])?;
    package::build()
}

fn journeys() -> Result<()> {
    system::ensure(&[Need::Browser, Need::ChineseFont, Need::Node])?;
    // One journey kills the real program.
    backend::build()?;
    // Some embed the checkout into pages of other people.
    package::lay_out()?;
    let mut command = cargo(&["test", "--locked", "--package", "wechat-checkout"]);
    command.args([
        "--test",
        "journeys",
        "--",
        JOURNEYS_AT_ONCE,
        "--skip",
        "foreign_sdks::",
    ]);
    // A failed journey says what the buyer missed; the stack of the test says nothing more.
    command.env("RUST_LIB_BACKTRACE", "0");
    process::run(browser::known_to(command)?)
}
