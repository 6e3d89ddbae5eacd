//! The server's program as a child process: started, listened to, killed.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A server that takes longer to start has a reason that waiting does not cure.
const START_WITHIN: Duration = Duration::from_secs(60);

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    /// Starts `program` on a configuration file and waits until it listens. Its log goes into a
    /// file next to the configuration, as a service manager would keep it.
    pub(crate) async fn start(program: &Path, config: &Path) -> Result<Program> {
        Program::start_on(program, config, None).await
    }

    /// The same, on another store than the configuration's.
    pub(crate) async fn start_on(
        program: &Path,
        config: &Path,
        store: Option<&str>,
    ) -> Result<Program> {
        let mut child = spawn(program, config, store)?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = tokio::time::timeout(START_WITHIN, lines.next_line())
            .await
            .context("the server does not say that it listens")??;
        let address = line
            .as_deref()
            .and_then(|line| line.strip_prefix("listening http://"))
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            bail!("the server does not start (its log is beside its configuration): {line:?}");
        };
        Ok(Program { child, address })
    }

    /// Starts it and kills it after a moment, wherever it is by then.
    pub(crate) async fn start_and_kill(
        program: &Path,
        config: &Path,
        moment: Duration,
    ) -> Result<()> {
        let mut child = spawn(program, config, None)?;
        tokio::time::sleep(moment).await;
        child.kill().await.context("cannot kill the server")
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `kill -9`: no destructor runs, no buffer is flushed. Returns when it is dead.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("cannot kill the server")
    }

    /// Memory that the process holds at present, in bytes; `None` where the system does not say.
    pub(crate) fn rss_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kib.checked_mul(1024)
    }
}

fn spawn(program: &Path, config: &Path, store: Option<&str>) -> Result<Child> {
    ensure!(
        program.is_file(),
        "there is no server program {}: build it, or run this through cargo xtask",
        program.display()
    );
    let log = File::options()
        .create(true)
        .append(true)
        .open(config.with_file_name("server.log"))?;
    Command::new(program)
        .arg("--config")
        .arg(config)
        .args(store.map(|url| ["--store", url]).into_iter().flatten())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))
}
