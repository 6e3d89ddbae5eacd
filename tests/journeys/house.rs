//! The house under test: simulated WeChat and the checkout server, wired to each other.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use url::Url;
use wechat_checkout_protocol::{Fen, OrderId};
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::config::StoreAddress;
use wechat_checkout_server::flow::ask_refund::{ask_refund, ask_refund_of_rest};
use wechat_checkout_server::{Config, Server};
use wechat_checkout_simulator::{CONTROL_HEADER, Pace, Scenario, Simulator, SimulatorConfig};

use crate::program::Program;

/// WeChat, and a shop that takes its money.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) simulator: Simulator,
    server: Running,
    /// The server's.
    clock: Clock,
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
        House::open_as(Clock::System, |_| {}).await
    }

    /// The same with a server whose clock moves by [`House::pass`] alone, and with a configuration
    /// of one's own.
    pub(crate) async fn open_timeless(adapt: impl FnOnce(&mut Config)) -> Result<House> {
        expect_page()?;
        let clock = Clock::held_at(Clock::System.now());
        House::open_as(clock, adapt).await
    }

    /// The same for those who come straight to the server, as in production.
    pub(crate) async fn open_straight() -> Result<House> {
        expect_page()?;
        // Its own address has to be among the server's origins before it starts.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        House::open_as(Clock::System, |config| {
            config.listen.set_port(port);
            let origin = format!("http://127.0.0.1:{port}");
            config.public_origins.push(origin);
        })
        .await
    }

    /// The same for those who need no page.
    pub(crate) async fn open_without_page() -> Result<House> {
        House::open_as(Clock::System, |config| config.page_dir = None).await
    }

    /// The same with another page than ours, of which the folder is given.
    pub(crate) async fn open_with_page(folder: PathBuf) -> Result<House> {
        House::open_as(Clock::System, |config| config.page_dir = Some(folder)).await
    }

    async fn open_as(clock: Clock, adapt: impl FnOnce(&mut Config)) -> Result<House> {
        let (simulator, folder) = prepare().await?;
        let mut config = config(&simulator, &folder)?;
        adapt(&mut config);
        let server = Server::start_at(config, clock.clone()).await?;
        simulator.set_page(Url::parse(&server.url())?);
        Ok(House {
            simulator,
            server: Running::Library(server),
            clock,
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
            clock: Clock::System,
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

    /// The shop as another account sees it, on another phone; `choices` are the simulator's.
    pub(crate) fn as_account(&self, name: &str, choices: &str) -> String {
        format!("{}?wechat_buyer={name}{choices}", self.inside_wechat())
    }

    /// Lets time pass for the shop and for WeChat, and what falls due meanwhile happen.
    pub(crate) async fn pass(&self, by: Duration) -> Result<()> {
        self.clock.advance_ms(i64::try_from(by.as_millis())?);
        self.simulator.step(by).await;
        let bells = &self.library()?.app().bells;
        bells.inquiry.notify_one();
        bells.refund.notify_one();
        Ok(())
    }

    /// Sends all of an order's money back that is still here, as the merchant's people would.
    pub(crate) async fn refund(&self, order_id: &str) -> Result<()> {
        let id = OrderId::parse(order_id).context("no order number")?;
        let asked = ask_refund_of_rest(self.library()?.app(), &id).await;
        asked.map(drop).context("asking for the refund")
    }

    /// Sends a part of it back.
    pub(crate) async fn refund_part(&self, order_id: &str, amount: Fen) -> Result<()> {
        let id = OrderId::parse(order_id).context("no order number")?;
        let number = format!("part-{order_id}");
        let asked = ask_refund(self.library()?.app(), &id, &number, amount).await;
        asked.map(drop).context("asking for the refund of a part")
    }

    fn library(&self) -> Result<&Server> {
        match &self.server {
            Running::Library(server) => Ok(server),
            Running::Program(_) => bail!("the server is a program of its own"),
        }
    }

    /// Takes an account's phone off the network, or back onto it.
    pub(crate) async fn set_offline(&self, account: &str, is_offline: bool) -> Result<()> {
        let body = serde_json::json!({ "buyer": account, "is_offline": is_offline });
        let url = self.simulator.gateway_url().join("/_control/offline")?;
        let call = reqwest::Client::new().put(url).json(&body);
        let answer = call.header(CONTROL_HEADER, "1").send().await?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Behind the app nobody answers any more, until [`House::restore_server`].
    pub(crate) fn lose_server(&self) -> Result<()> {
        // The discard port: nothing listens there.
        self.simulator.set_page(Url::parse("http://127.0.0.1:9/")?);
        Ok(())
    }

    /// The server answers again.
    pub(crate) fn restore_server(&self) -> Result<()> {
        self.simulator.set_page(Url::parse(&self.outside_wechat())?);
        Ok(())
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
