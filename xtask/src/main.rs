//! The project's chores: `cargo xtask demo`, `cargo xtask test` and what they need.

mod backend;
mod browser;
mod demo;
mod freshness;
mod fuzz;
mod interop;
mod interrupt;
mod page;
mod places;
mod postgres;
mod process;
mod proof;
mod screenshots;
mod service;
mod setup;
mod system;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of wechat-checkout.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Builds everything and serves the shop inside simulated WeChat until Ctrl-C.
    Demo(backend::Ports),
    /// Runs server and simulator for `trunk serve`; the page comes from trunk on port 8000.
    Backend(backend::Ports),
    /// Runs every check of the project and prints what each took.
    Test(test::Selection),
    /// Checks the rules of the house: file length, first lines, names, crate directions.
    Tidy,
    /// Builds the page into `dist/`, optimised and compressed.
    Page,
    /// Installs what the other chores need, so that they start at once.
    Setup(setup::Scope),
    /// Lives many simulated shops' lives with faults, and checks the money after every step.
    Simulate(proof::Arguments),
    /// Kills the server, or cuts its power, again and again, and checks the money.
    Chaos(proof::Arguments),
    /// Measures the server: `bench notify`.
    Bench(proof::Arguments),
    /// Lets a fuzzer look for messages and bills that break the gateway's readers.
    Fuzz(fuzz::Arguments),
    /// Takes the pictures in `docs/screenshots/` from the running page.
    Screenshots,
}

fn main() -> ExitCode {
    match run(Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of causes without a backtrace: the reader is somebody who ran a command.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> anyhow::Result<()> {
    interrupt::install()?;
    match chore {
        Chore::Demo(ports) => demo::run(&ports),
        Chore::Backend(ports) => backend::run(&ports),
        Chore::Test(selection) => test::run(&selection),
        Chore::Tidy => tidy::run(),
        Chore::Page => page::build(),
        Chore::Setup(scope) => setup::run(&scope),
        Chore::Simulate(arguments) => proof::run("simulate", &arguments),
        Chore::Chaos(arguments) => proof::run("chaos", &arguments),
        Chore::Bench(arguments) => proof::run("bench", &arguments),
        Chore::Fuzz(arguments) => fuzz::run(&arguments),
        Chore::Screenshots => screenshots::run(),
    }
}
