//! The proofs and the benchmark: builds them and the server optimised, and runs one.

use std::ffi::OsString;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use crate::system::{self, Need};
use crate::test::cargo;
use crate::{backend, places, postgres, process};

/// The program of all proofs; its own `--help` knows their options.
const PROOFS: &str = "wechat-checkout-proof";
/// One optimised profile for the proofs and the server they start.
const PROFILE: &str = "proof";

/// Stands for `--store` and a PostgreSQL that is started for this run.
const POSTGRES: &str = "--postgres";

/// What the proof's program is told.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// Passed on; `--help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    passed_on: Vec<OsString>,
}

impl Arguments {
    /// For a step of the test run.
    pub(crate) fn of(words: &[&str]) -> Arguments {
        Arguments {
            passed_on: words.iter().map(OsString::from).collect(),
        }
    }
}

/// Builds and runs one proof, named by one or two words; its output is the chore's output.
///
/// # Errors
/// When something does not build, and when the proof finds a violation.
pub(crate) fn run(proof: &str, arguments: &Arguments) -> Result<()> {
    build()?;
    let folder = places::target().join(PROFILE);
    let mut command = Command::new(folder.join(PROOFS));
    command
        .args(proof.split(' '))
        .current_dir(places::repository());
    let mut cluster = None;
    for argument in &arguments.passed_on {
        if argument == POSTGRES {
            system::ensure(&[Need::PostgreSql])?;
            let cluster = cluster.insert(postgres::Cluster::start_durable()?);
            command.arg("--store").arg(cluster.url());
        } else {
            command.arg(argument);
        }
    }
    process::run(command)
}

fn build() -> Result<()> {
    let started = Instant::now();
    process::announce(
        "building the server and the proofs",
        "optimised, since a proof is worth what it gets done",
    );
    let mut command = cargo(&[
        "build",
        "--locked",
        "--quiet",
        "--profile",
        PROFILE,
        "--bins",
    ]);
    command.args(["--package", backend::SERVER, "--package", PROOFS]);
    process::run(command).context("building the server and the proofs")?;
    process::done("server and proofs built", started);
    Ok(())
}
