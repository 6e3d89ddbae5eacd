//! The proofs' command line: one subcommand a proof.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use wechat_checkout_proof::{abuse, bench, kills, power_cuts, simulate, storms};

/// Proves that nothing is lost and nothing is delivered twice, and measures.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    proof: Proof,
}

#[derive(Debug, Subcommand)]
enum Proof {
    /// Measures the real server.
    #[command(subcommand)]
    Bench(Bench),
    /// Lives many small lives of a shop, with faults, and checks the money after every step.
    Simulate(simulate::Plan),
    /// Kills the server, cuts its power, tells it everything at once, or abuses it.
    Chaos(Chaos),
}

#[derive(Debug, Args)]
struct Chaos {
    #[command(flatten)]
    blow: Blow,
    /// How long the abuse lasts.
    #[arg(long, default_value_t = 6, value_name = "N", requires = "abuse")]
    seconds: u64,
    /// Repeats a run's decisions; a random one when absent.
    #[arg(long)]
    seed: Option<u64>,
    /// The server's program.
    #[arg(long, default_value = "target/proof/wechat-checkout-server")]
    server: PathBuf,
    /// Where databases are written.
    #[arg(long, default_value = "target/proof-data")]
    folder: PathBuf,
}

/// Which chaos, and how often.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Blow {
    /// How often the server's program is killed with `kill -9`.
    #[arg(long)]
    kills: Option<u32>,
    /// How often the disk forgets what was not synced.
    #[arg(long)]
    power_cuts: Option<u32>,
    /// How often 64 identical notifications, inquiries and refunds come at once.
    #[arg(long)]
    storms: Option<u32>,
    /// Hostile clients of every kind at once, while good buyers go on.
    #[arg(long)]
    abuse: bool,
}

impl Chaos {
    fn run(self) -> anyhow::Result<()> {
        let Chaos {
            blow,
            seconds,
            seed,
            server,
            folder,
        } = self;
        if blow.abuse {
            let plan = abuse::Plan {
                seconds,
                seed,
                server,
                folder,
            };
            return on_some_threads(abuse::run(&plan));
        }
        if let Some(storms) = blow.storms {
            return storms::run(&storms::Plan {
                storms,
                seed,
                folder,
            });
        }
        if let Some(kills) = blow.kills {
            let plan = kills::Plan {
                kills,
                seed,
                server,
                folder,
            };
            return on_one_thread(kills::run(&plan));
        }
        let cuts = blow.power_cuts.unwrap_or_default();
        on_one_thread(power_cuts::run(&power_cuts::Plan { cuts, seed, folder }))
    }
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Durable exactly-once notifications a second, with latencies and memory.
    Notify(bench::Plan),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().proof {
        Proof::Simulate(plan) => simulate::run(&plan),
        Proof::Bench(Bench::Notify(plan)) => on_one_thread(bench::run(&plan)),
        Proof::Chaos(chaos) => chaos.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Hostile clients are many, and WeChat is played beside them.
fn on_some_threads(proof: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(proof)
}

/// The load comes from one thread: the other cores are the server's.
fn on_one_thread(proof: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(proof)
}
