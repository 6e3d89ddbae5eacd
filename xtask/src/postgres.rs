//! A PostgreSQL cluster for the tests: one for all of them, which each would start otherwise.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::places;

/// Where the tests look for a cluster.
pub(crate) const URL_VARIABLE: &str = "CHECKOUT_TEST_POSTGRES";

const SCRIPT: &str = "crates/server/tests/postgres.sh";

/// Debian keeps the server's programs out of the path, in a folder of their version.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";

/// A running cluster in a temporary folder; both go when it is dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    keeper: Child,
    url: String,
}

impl Cluster {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// When PostgreSQL cannot start; its reason is in the message.
    pub(crate) fn start() -> Result<Cluster> {
        Cluster::start_with(&[])
    }

    /// The same, and it waits for its disk, as it should where somebody measures it.
    ///
    /// # Errors
    /// When PostgreSQL cannot start; its reason is in the message.
    pub(crate) fn start_durable() -> Result<Cluster> {
        Cluster::start_with(&[("TEST_POSTGRES_FSYNC", "on")])
    }

    fn start_with(variables: &[(&str, &str)]) -> Result<Cluster> {
        let mut command = Command::new("sh");
        command.arg(places::repository().join(SCRIPT));
        command
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut keeper = command.spawn().context("starting PostgreSQL")?;
        let mut line = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            let _ = BufReader::new(stdout)
                .read_line(&mut line)
                .context("hearing of PostgreSQL")?;
        }
        let cluster = Cluster {
            keeper,
            url: line.trim_start_matches("ready ").trim_end().to_owned(),
        };
        if !line.starts_with("ready ") {
            bail!("no PostgreSQL for the tests: {}", line.trim_end());
        }
        Ok(cluster)
    }

    /// Of a superuser.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Its standard input closes: the sign to clean up. A kill would leave the cluster behind.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Whether there is something to start.
pub(crate) fn is_installed() -> bool {
    places::on_path("initdb").is_some()
        || std::fs::read_dir(DEBIAN_FOLDER).is_ok_and(|versions| {
            versions
                .flatten()
                .any(|version| version.path().join("bin/initdb").is_file())
        })
}
