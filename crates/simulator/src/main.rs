//! The command `wechat-checkout-simulator`: reads its arguments, starts, and runs until Ctrl-C.

mod merchants_file;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use url::Url;
use wechat_checkout_simulator::{
    Agent, Drawer, MerchantAccount, Pace, Scenario, Simulator, SimulatorConfig, TlsConfig, demo,
};

/// WeChat on a laptop: gateway, OAuth, notifications and the in-app browser.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: RunArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the scenarios, a line each, name first.
    Scenarios,
}

#[derive(Debug, Args)]
struct RunArguments {
    /// Where the gateway, OAuth and the control API listen.
    #[arg(long, default_value = "127.0.0.1:8089", value_name = "ADDRESS")]
    gateway: SocketAddr,
    /// Where the simulated WeChat app listens: open it in a browser.
    #[arg(long, default_value = "127.0.0.1:8088", value_name = "ADDRESS")]
    client: SocketAddr,
    /// A further name under which gateway and app answer, besides 127.0.0.1, localhost and, when
    /// they listen on the network, this machine's addresses; may be given several times.
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// The page that the app opens.
    #[arg(long, value_name = "URL")]
    page: Option<Url>,
    /// Simulated seconds per second; 0 holds the clock.
    #[arg(long, default_value_t = 1, value_name = "N")]
    clock_speed: u32,
    /// What happens unless a link or the control API chooses otherwise.
    #[arg(long, default_value = "pay", value_name = "NAME")]
    scenario: Scenario,
    /// android, ios, windows, mac, devtools or mini-program.
    #[arg(long, default_value = "android", value_name = "NAME")]
    agent: Agent,
    /// Leaves the tester's drawer away, for screenshots.
    #[arg(long)]
    no_drawer: bool,
    #[command(flatten)]
    tls: TlsArguments,
    #[command(flatten)]
    merchant: MerchantArguments,
}

/// HTTPS for the gateway: all three, or none.
#[derive(Debug, Args)]
struct TlsArguments {
    /// The gateway's certificate (PEM); the gateway then speaks HTTPS only.
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_key",
        requires = "merchant_ca"
    )]
    tls_certificate: Option<PathBuf>,
    /// Its key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// The authority of merchants' certificates (PEM), which refunds then demand.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    merchant_ca: Option<PathBuf>,
}

impl TlsArguments {
    fn config(&self) -> anyhow::Result<Option<TlsConfig>> {
        let files = (&self.tls_certificate, &self.tls_key, &self.merchant_ca);
        let (Some(certificate), Some(key), Some(merchant_ca)) = files else {
            return Ok(None);
        };
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
        };
        Ok(Some(TlsConfig {
            certificate_pem: read(certificate)?,
            key_pem: read(key)?,
            merchant_ca_pem: read(merchant_ca)?,
        }))
    }
}

/// One merchant's values; without any, those of the demo.
#[derive(Debug, Args)]
struct MerchantArguments {
    /// The official account's appid.
    #[arg(long, default_value = demo::APPID, env = "WECHAT_APPID")]
    appid: String,
    /// The merchant number.
    #[arg(long, default_value = demo::MCH_ID, env = "WECHAT_MCH_ID")]
    mch_id: String,
    /// The API key of 32 characters. Invent one; never give a real one to a test.
    #[arg(long, default_value = demo::API_KEY, env = "WECHAT_API_KEY", hide_env_values = true)]
    api_key: String,
    /// The official account's secret for OAuth.
    #[arg(long, default_value = demo::APP_SECRET, env = "WECHAT_APP_SECRET", hide_env_values = true)]
    app_secret: String,
    /// What the pay sheet shows as the payee.
    #[arg(long, default_value = demo::MERCHANT_NAME)]
    merchant_name: String,
    /// A registered payment directory; may be given several times. Without any, every page may pay.
    #[arg(long = "directory", value_name = "URL")]
    directories: Vec<Url>,
    /// Several merchants: a TOML file of [[merchant]] tables with appid, mch_id, api_key,
    /// app_secret, name and directories. The values above are not used then.
    #[arg(long, value_name = "FILE")]
    merchants: Option<PathBuf>,
}

impl MerchantArguments {
    fn accounts(self) -> anyhow::Result<Vec<MerchantAccount>> {
        if let Some(file) = &self.merchants {
            return merchants_file::read(file);
        }
        let (key, secret) = (&self.api_key, &self.app_secret);
        let account =
            MerchantAccount::new(&self.appid, &self.mch_id, key, secret, &self.merchant_name);
        let account = account.context("the merchant's values are malformed")?;
        Ok(vec![account.with_directories(self.directories)])
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Some(Command::Scenarios) => list_scenarios(),
        None => run(arguments.run).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line with every cause, and no backtrace: this is a sentence for people.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn list_scenarios() -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for scenario in Scenario::ALL {
        writeln!(out, "{scenario:<18} {}", scenario.summary())?;
    }
    Ok(())
}

async fn run(arguments: RunArguments) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "warn,wechat_checkout_simulator=info".into()),
        )
        .init();
    let simulator = Simulator::start(config(arguments)?)
        .await
        .context("simulator did not start")?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "gateway {}", simulator.gateway_url())?;
    writeln!(out, "client {}", simulator.client_url())?;
    out.flush()?;
    drop(out);
    stop_requested().await?;
    simulator.stop().await;
    Ok(())
}

fn config(arguments: RunArguments) -> anyhow::Result<SimulatorConfig> {
    Ok(SimulatorConfig {
        gateway: arguments.gateway,
        client: arguments.client,
        page: arguments.page,
        hosts: arguments.hosts,
        tls: arguments.tls.config()?,
        merchants: arguments.merchant.accounts()?,
        pace: match arguments.clock_speed {
            0 => Pace::Held,
            speed => Pace::Running(speed),
        },
        scenario: arguments.scenario,
        agent: arguments.agent,
        drawer: if arguments.no_drawer {
            Drawer::Absent
        } else {
            Drawer::Present
        },
    })
}

/// Ctrl-C, or the signal with which other programs ask a process to end.
async fn stop_requested() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
