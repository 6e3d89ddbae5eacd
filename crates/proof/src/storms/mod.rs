//! Storms: sixty-four identical notifications, inquiries, reports and refunds of one order at the
//! same moment, again and again. Each storm must have one effect.
//!
//! Server and simulator are the real ones and talk HTTP over loopback, on several threads; time is
//! held, so that nothing but the storm happens.

mod shop;
mod storm;

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use self::shop::Shop;

/// What to let loose.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many storms, each on an order of its own.
    pub storms: u32,
    /// Repeats a run's decisions; a random one when absent. Threads are not repeated.
    pub seed: Option<u64>,
    /// Where the database is written.
    pub folder: PathBuf,
}

/// What became of the money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    acknowledged: u64,
    refunded: u64,
    lost: u64,
    doubled: u64,
    undelivered: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            acknowledged,
            refunded,
            lost,
            doubled,
            undelivered,
        } = self;
        write!(
            f,
            "acknowledged {acknowledged} refunded {refunded} \
             lost {lost} doubled {doubled} undelivered {undelivered}"
        )
    }
}

/// Lets the storms loose and prints the counts on the last line.
///
/// # Errors
/// When a storm had another effect than one payment alone would have had.
pub fn run(plan: &Plan) -> Result<()> {
    let seed = plan.seed.unwrap_or_else(rand::random);
    println!("seed {seed} storms {}", plan.storms);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let counts = runtime.block_on(weather(plan, seed))?;
    println!("seed {seed} storms {} {counts}", plan.storms);
    ensure!(
        counts.lost == 0 && counts.doubled == 0 && counts.undelivered == 0,
        "money went wrong"
    );
    Ok(())
}

async fn weather(plan: &Plan, seed: u64) -> Result<Counts> {
    let mut shop = Shop::open(&plan.folder, plan.storms, seed).await?;
    for number in 1..=plan.storms {
        shop.storm(number)
            .await
            .with_context(|| format!("in storm {number} of seed {seed}"))?;
        if number % 50 == 0 {
            println!("  {number} storms, {}", shop.counts);
        }
    }
    let counts = shop.counts;
    shop.close().await;
    Ok(counts)
}
