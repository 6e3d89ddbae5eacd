//! The project's chores: `cargo xtask demo`, `cargo xtask test` and what they need.

mod backend;
mod browser;
mod cold_start;
mod demo;
mod freshness;
mod fuzz;
mod interop;
mod interrupt;
mod package;
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
    /// Makes the npm package with the custom element into `target/npm/`, and checks it.
    Package,
    /// Installs what the other chores need, so that they start at once.
    Setup(setup::Scope),
    /// Lives many simulated shops' lives with faults, and checks the money after every step.
    Simulate(proof::Arguments),
    /// Kills the server, cuts its power or storms it, again and again, and checks the money.
    Chaos(proof::Arguments),
    /// Measures the server and the page.
    #[command(subcommand)]
    Bench(Measurement),
    /// Lets a fuzzer look for messages and bills that break the gateway's readers.
    Fuzz(fuzz::Arguments),
    /// Takes the pictures in `docs/screenshots/` from the running page.
    Screenshots,
}

#[derive(Debug, Subcommand)]
enum Measurement {
    /// How many payment notifications a second are confirmed, durably and once.
    Notify(proof::Arguments),
    /// How soon a buyer with a slow phone can pay.
    Page(cold_start::Options),
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
        Chore::Package => package::build(),
        Chore::Setup(scope) => setup::run(&scope),
        Chore::Simulate(arguments) => proof::run("simulate", &arguments),
        Chore::Chaos(arguments) => proof::run("chaos", &arguments),
        Chore::Bench(Measurement::Notify(arguments)) => proof::run("bench notify", &arguments),
        Chore::Bench(Measurement::Page(options)) => cold_start::run(&options),
        Chore::Fuzz(arguments) => fuzz::run(&arguments),
        Chore::Screenshots => screenshots::run(),
    }
}
