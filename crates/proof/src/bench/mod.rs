//! How many notifications a second the real server confirms: durably, each exactly once.
//!
//! One run measures the whole road over HTTP, the store without HTTP and the database engine
//! alone, so that the ratios hold whatever else the machine is doing.

mod database;
mod engine;
mod growth;
mod load;
mod measurement;
mod notify;
mod report;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

/// What to measure, and with what.
#[derive(Clone, Debug, Args)]
pub struct Plan {
    /// Notifications a measurement.
    #[arg(long, default_value_t = 60_000, value_parser = clap::value_parser!(u64).range(1_000..=1_000_000))]
    pub notifications: u64,
    /// Measures with 10^4, 10^5 and 10^6 orders already stored, in SQLite.
    #[arg(long, conflicts_with = "store")]
    pub growth: bool,
    /// Prints one JSON object on the last line.
    #[arg(long)]
    pub json: bool,
    /// An empty PostgreSQL database to measure instead of a SQLite file:
    /// postgres://user:password@host/database.
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// The server's program.
    #[arg(long, default_value = "target/proof/wechat-checkout-server")]
    pub server: PathBuf,
    /// Where databases are written: a folder on a real disk.
    #[arg(long, default_value = "target/proof-data")]
    pub folder: PathBuf,
}

/// Measures and prints.
///
/// # Errors
/// When the server does not run, an answer is not an acknowledgement, or the database does not
/// hold exactly what was acknowledged.
pub async fn run(plan: &Plan) -> Result<()> {
    let figures = if plan.growth {
        growth::measure(plan).await?
    } else {
        notify::measure(plan).await?
    };
    report::print(&figures, plan.json);
    Ok(())
}
