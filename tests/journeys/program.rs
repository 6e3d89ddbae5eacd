//! The checkout server as the program that people run: it can be killed and started again.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use url::Url;
use wechat_checkout_simulator::Simulator;

use crate::house::demo_config;

const READY_WITHIN: Duration = Duration::from_secs(90);

/// A running server program.
#[derive(Debug)]
pub(crate) struct Program {
    process: Child,
    url: Url,
}

impl Program {
    /// Starts it on a free port.
    pub(crate) async fn start(simulator: &Simulator, folder: &Path) -> Result<Program> {
        Program::listen(simulator, folder, "127.0.0.1:0").await
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// SIGKILL: no handler runs, nothing is flushed. Then a new process on the same port, since
    /// WeChat was told that port.
    pub(crate) async fn kill_and_restart(
        &mut self,
        simulator: &Simulator,
        folder: &Path,
    ) -> Result<()> {
        self.process.kill().await.context("killing the server")?;
        let port = self.url.port().context("the server has no port")?;
        *self = Program::listen(simulator, folder, &format!("127.0.0.1:{port}")).await?;
        Ok(())
    }

    pub(crate) async fn stop(mut self) -> Result<()> {
        self.process.kill().await.context("stopping the server")
    }

    async fn listen(simulator: &Simulator, folder: &Path, address: &str) -> Result<Program> {
        let gateway = simulator.gateway_url().origin().ascii_serialization();
        let client = simulator.client_url().origin().ascii_serialization();
        let store = folder.join("checkout.db");
        let mut process = Command::new(program()?)
            .arg("--config")
            .arg(demo_config())
            .env("CHECKOUT_LISTEN", address)
            .env("CHECKOUT_PUBLIC_ORIGINS", format!("[\"{client}\"]"))
            .env("CHECKOUT_STORE", format!("sqlite://{}", store.display()))
            .env("CHECKOUT_GATEWAY__BASE_URL", &gateway)
            .env(
                "CHECKOUT_OAUTH__AUTHORIZE_URL",
                format!("{gateway}/connect/oauth2/authorize"),
            )
            .env(
                "CHECKOUT_OAUTH__TOKEN_URL",
                format!("{gateway}/sns/oauth2/access_token"),
            )
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("starting the server program")?;
        let pipe = process.stdout.take().context("the server has no output")?;
        let mut lines = BufReader::new(pipe).lines();
        let url = timeout(READY_WITHIN, async {
            while let Some(line) = lines.next_line().await? {
                if let Some(url) = line.strip_prefix("listening ") {
                    return Url::parse(url).context("the server's address");
                }
            }
            bail!("the server ended before it listened")
        });
        let url = url.await.context("the server does not come up")??;
        // It must never block on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Program { process, url })
    }
}

/// Beside this very test in the build folder.
fn program() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test
        .ancestors()
        .nth(2)
        .context("the test lies in no build folder")?;
    let program = folder.join(format!(
        "wechat-checkout-server{}",
        std::env::consts::EXE_SUFFIX
    ));
    ensure!(
        program.is_file(),
        "the server is not built: run `cargo build --package wechat-checkout-server` first"
    );
    Ok(program)
}
