//! The proofs' command line: one subcommand a proof.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use wechat_checkout_proof::{bench, kills};

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
    /// Kills the real server again and again while it is being notified.
    Kills(kills::Plan),
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Durable exactly-once notifications a second, with latencies and memory.
    Notify(bench::Plan),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let result = match Arguments::parse().proof {
        Proof::Bench(Bench::Notify(plan)) => bench::run(&plan).await,
        Proof::Kills(plan) => kills::run(&plan).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
