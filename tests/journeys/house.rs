//! The house under test: simulated WeChat and the checkout server, wired to each other.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use url::Url;
use wechat_checkout_server::config::StoreAddress;
use wechat_checkout_server::{Config, Server};
use wechat_checkout_simulator::{Pace, Scenario, Simulator, SimulatorConfig};

use crate::program::Program;

/// WeChat, and a shop that takes its money.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) simulator: Simulator,
    server: Running,
    folder: PathBuf,
}

/// The server as a part of this process, or as the program that people run.
#[derive(Debug)]
enum Running {
    Library(Server),
    Program(Program),
}

impl House {
    /// Starts everything on free ports, with an empty store.
    pub(crate) async fn open() -> Result<House> {
        expect_page()?;
        House::open_as(|_| {}).await
    }

    /// The same for those who need no page.
    pub(crate) async fn open_without_page() -> Result<House> {
        House::open_as(|config| config.page_dir = None).await
    }

    async fn open_as(adapt: impl FnOnce(&mut Config)) -> Result<House> {
        let (simulator, folder) = prepare().await?;
        let mut config = config(&simulator, &folder)?;
        adapt(&mut config);
        let server = Server::start(config).await?;
        simulator.set_page(Url::parse(&server.url())?);
        Ok(House {
            simulator,
            server: Running::Library(server),
            folder,
        })
    }

    /// The same with the server as a program of its own, which can be killed.
    pub(crate) async fn open_with_program() -> Result<House> {
        expect_page()?;
        let (simulator, folder) = prepare().await?;
        let program = Program::start(&simulator, &folder).await?;
        simulator.set_page(program.url().clone());
        Ok(House {
            simulator,
            server: Running::Program(program),
            folder,
        })
    }

    /// Where a buyer inside WeChat finds the shop.
    pub(crate) fn inside_wechat(&self) -> String {
        self.simulator.client_url().to_string()
    }

    /// Where anybody else finds it.
    pub(crate) fn outside_wechat(&self) -> String {
        match &self.server {
            Running::Library(server) => server.url(),
            Running::Program(program) => program.url().to_string(),
        }
    }

    /// From now on nobody tells the server anything: notifications wait, and questions get no answer.
    pub(crate) fn hold_the_news(&self) {
        self.simulator.clock().set_pace(Pace::Held);
        self.simulator.set_scenario(Scenario::GatewayDown);
    }

    /// Lets the notifications go out, and questions be answered.
    pub(crate) fn let_the_news_through(&self) {
        self.simulator.set_scenario(Scenario::Pay);
        self.simulator.clock().set_pace(Pace::Running(1));
    }

    /// Ends the server as a power cut would, and starts it again over what it left behind.
    pub(crate) async fn kill_and_restart(&mut self) -> Result<()> {
        let Running::Program(program) = &mut self.server else {
            anyhow::bail!("only a program can be killed");
        };
        program
            .kill_and_restart(&self.simulator, &self.folder)
            .await
    }

    /// Stops everything and removes the store.
    pub(crate) async fn close(self) -> Result<()> {
        match self.server {
            Running::Library(server) => server.stop().await,
            Running::Program(program) => program.stop().await?,
        }
        self.simulator.stop().await;
        fs::remove_dir_all(&self.folder).context("removing the store")
    }
}

/// The demonstration's configuration file.
pub(crate) fn demo_config() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/server/config/demo.toml")
}

fn expect_page() -> Result<()> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist/index.html");
    ensure!(
        page.is_file(),
        "the page is not built: run `cargo xtask page` first"
    );
    Ok(())
}

async fn prepare() -> Result<(Simulator, PathBuf)> {
    let folder = empty_folder()?;
    let simulator = Simulator::start(SimulatorConfig::default()).await?;
    Ok((simulator, folder))
}

/// The demonstration's configuration on free ports, with this simulator as WeChat.
fn config(simulator: &Simulator, folder: &Path) -> Result<Config> {
    let mut config = Config::load(&demo_config())?;
    config.listen.set_port(0);
    config.public_origins = vec![simulator.client_url().origin().ascii_serialization()];
    config.store = StoreAddress::Sqlite(folder.join("checkout.db"));
    config.gateway_url = simulator.gateway_url().clone();
    config.oauth_authorize_url = simulator.gateway_url().join("/connect/oauth2/authorize")?;
    config.oauth_token_url = simulator.gateway_url().join("/sns/oauth2/access_token")?;
    Ok(config)
}

fn empty_folder() -> Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("journey-{}-{number}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    Ok(folder)
}
