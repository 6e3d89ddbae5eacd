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

/// Where the server's log goes, next to its configuration.
pub(crate) const SERVER_LOG: &str = "server.log";

/// Narrow circumstances.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits<'a> {
    /// File descriptors, which the server cannot raise.
    pub(crate) descriptors: u32,
    /// The folder of a page, whose files strangers ask for.
    pub(crate) page: &'a Path,
}

/// A running server as the system shows it to anybody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed(u32);

impl Observed {
    /// Memory that the process holds at present, in bytes; `None` where the system does not say.
    pub(crate) fn rss_bytes(self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0)).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kib.checked_mul(1024)
    }

    /// File descriptors that are open at present.
    pub(crate) fn descriptors(self) -> Result<usize> {
        let open = std::fs::read_dir(format!("/proc/{}/fd", self.0));
        Ok(open.context("the system hides open files")?.count())
    }
}

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
        let mut command = Command::new(program);
        command.args(store.map(|url| ["--store", url]).into_iter().flatten());
        Program::listening(spawn(program, config, command)?).await
    }

    /// The same under limits that it cannot raise.
    pub(crate) async fn start_within(
        program: &Path,
        config: &Path,
        limits: Limits<'_>,
    ) -> Result<Program> {
        let mut command = Command::new("sh");
        // The shell lowers the limit of itself and then becomes the server.
        let lower = format!("ulimit -n {} && exec \"$0\" \"$@\"", limits.descriptors);
        command.arg("-c").arg(lower).arg(program);
        command.env("CHECKOUT_PAGE_DIR", limits.page);
        Program::listening(spawn(program, config, command)?).await
    }

    async fn listening(mut child: Child) -> Result<Program> {
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
        let mut child = spawn(program, config, Command::new(program))?;
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

    /// For those who watch it from outside; `None` when it has ended.
    pub(crate) fn observed(&self) -> Option<Observed> {
        self.child.id().map(Observed)
    }
}

/// Starts the program by a command that is, or becomes, the program.
fn spawn(program: &Path, config: &Path, mut command: Command) -> Result<Child> {
    ensure!(
        program.is_file(),
        "there is no server program {}: build it, or run this through cargo xtask",
        program.display()
    );
    let log = File::options()
        .create(true)
        .append(true)
        .open(config.with_file_name(SERVER_LOG))?;
    command
        .arg("--config")
        .arg(config)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))
}
