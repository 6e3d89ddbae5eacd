//! Power cuts: the disk forgets what no fsync has pressed down, at a random moment.
//!
//! `kill -9` cannot tell whether the store waits for the disk, since the system keeps what a dead
//! process wrote. Here it does not. With `synchronous=FULL` nothing acknowledged may be lost; with
//! `NORMAL` the same rig must find losses, or it would prove nothing.

mod campaign;

use std::fmt;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use wechat_checkout_server::store::sqlite::Durability;

use self::campaign::Campaign;

/// What to do to the disk.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How often the power is cut.
    pub cuts: u32,
    /// Repeats a run's decisions; a random one when absent.
    pub seed: Option<u64>,
    /// Where databases are written.
    pub folder: PathBuf,
}

/// What became of the money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    acknowledged: u64,
    lost: u64,
    doubled: u64,
    undelivered: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            acknowledged,
            lost,
            doubled,
            undelivered,
        } = self;
        write!(
            f,
            "acknowledged {acknowledged} lost {lost} doubled {doubled} undelivered {undelivered}"
        )
    }
}

/// Cuts the power with both settings and prints the counts of FULL on the last line.
///
/// # Errors
/// When FULL lost or doubled anything, when NORMAL lost nothing, and when a database was damaged.
pub async fn run(plan: &Plan) -> Result<()> {
    let seed = plan.seed.unwrap_or_else(rand::random);
    let cuts = plan.cuts;
    println!("seed {seed} power-cuts {cuts}");
    let normal = Campaign::start(plan, seed, Durability::Normal)
        .await?
        .run()
        .await?;
    println!("  synchronous=NORMAL, which must lose: {normal}");
    let full = Campaign::start(plan, seed, Durability::Full)
        .await?
        .run()
        .await?;
    println!("seed {seed} power-cuts {cuts} {full}");
    ensure!(
        normal.lost > 0,
        "the rig found no loss with NORMAL, so it proves nothing about FULL"
    );
    ensure!(
        normal.doubled == 0 && normal.undelivered == 0,
        "NORMAL may lose what was not synced, and nothing else"
    );
    ensure!(
        full.lost == 0 && full.doubled == 0 && full.undelivered == 0,
        "money went wrong"
    );
    Ok(())
}
