//! The server's command line: reads the configuration, serves until it is told to stop, or does
//! what an operator asks of a running server.

mod check;
mod operate;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use url::Url;
use wechat_checkout_server::clock::{self, Clock};
use wechat_checkout_server::telemetry::{self, LogFormat};
use wechat_checkout_server::{Config, Server};

use crate::operate::{Operation, operate};

/// A request makes many small allocations and frees them on another thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Takes WeChat Pay orders, confirms payments, delivers, and tells the page.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The configuration file (TOML); CHECKOUT_… variables win over it.
    #[arg(long, env = "CHECKOUT_CONFIG_FILE", default_value = "checkout.toml")]
    config: PathBuf,
    /// The database instead of the file's `store`: sqlite://… or postgres://user:password@host/db.
    /// Other users of the machine see a command line; CHECKOUT_STORE they do not.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Takes the time from a simulated WeChat: its gateway's address, for example
    /// http://127.0.0.1:8089. Refused unless that and the gateway are on this machine.
    #[arg(long, value_name = "URL")]
    clock: Option<Url>,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t)]
    log_format: LogFormat,
    /// Where the running server is, for operators; its configured listen address when absent.
    #[arg(long, global = true)]
    server: Option<String>,
    /// What operators' commands print: JSON for programs, with amounts in fen.
    #[arg(long, global = true)]
    json: bool,
    /// Without a command this process serves.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Says every mistake of configuration and catalogue, or what the server would run with.
    /// Opens no database.
    Check,
    #[command(flatten)]
    Operation(Operation),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    telemetry::start(arguments.log_format);
    let (path, store) = (arguments.config, arguments.store.as_deref());
    if let Some(Command::Check) = arguments.command {
        return check::check(&path, store);
    }
    let config = match Config::load_for_store(&path, store) {
        Ok(config) => config,
        Err(mistakes) => {
            eprintln!("wechat-checkout-server: the configuration cannot be used:\n{mistakes}");
            return ExitCode::FAILURE;
        }
    };
    let done = match arguments.command {
        Some(Command::Operation(operation)) => {
            operate(&config, arguments.server, operation, arguments.json).await
        }
        Some(Command::Check) | None => serve(config, arguments.clock.as_ref())
            .await
            .map(|()| ExitCode::SUCCESS),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            // One sentence and its reasons, not a stack: this is for whoever wrote the file.
            eprintln!("wechat-checkout-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config, clock: Option<&Url>) -> anyhow::Result<()> {
    let clock = match clock {
        Some(control) => clock::follow(control, &config.wechat_urls()).await?,
        None => Clock::System,
    };
    let server = Server::start_at(config, clock).await?;
    announce(&server.url());
    told_to_stop().await.context("cannot listen for signals")?;
    server.stop().await;
    Ok(())
}

/// Standard output carries this one line: scripts wait for it.
#[expect(clippy::print_stdout, reason = "the line that scripts wait for")]
fn announce(url: &str) {
    println!("listening {url}");
}

async fn told_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
