//! Many small lives of a shop, each from a seed: buyers order, pay, report and leave; WeChat is
//! late, silent, wrong and doubled; the server crashes, the disk fails, the power goes. After
//! every step the money is checked, and at the end every order must have ended.
//!
//! Server and simulator are the real ones and talk HTTP over loopback; time is held and moved.

mod check;
mod ending;
mod life;
mod requests;
mod step;
mod world;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use anyhow::{Context, Result, bail};
use clap::Args;

use self::world::{Tally, World};

/// Which lives to live.
#[derive(Clone, Debug, Args)]
pub struct Plan {
    /// How many lives.
    #[arg(long, default_value_t = 1_000)]
    pub seeds: u64,
    /// The first seed; the others follow it. A random one when absent.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Lives at once; as many as there are cores when absent.
    #[arg(long)]
    pub jobs: Option<usize>,
    /// Where databases are written.
    #[arg(long, default_value = "target/proof-data")]
    pub folder: PathBuf,
}

/// What all threads share.
struct Progress {
    next: AtomicU64,
    is_failed: AtomicBool,
}

/// Lives all lives and prints the counts on the last line.
///
/// # Errors
/// At the first violation, after printing its seed and the steps that led to it.
pub fn run(plan: &Plan) -> Result<()> {
    let first = plan.seed.unwrap_or_else(|| rand::random::<u32>().into());
    let jobs = match plan.jobs {
        Some(jobs) => jobs.max(1),
        None => thread::available_parallelism()?.get(),
    };
    println!("seeds {} from seed {first}", plan.seeds);
    let progress = Progress {
        next: AtomicU64::new(0),
        is_failed: AtomicBool::new(false),
    };
    let tallies: Vec<Result<Tally>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs)
            .map(|_| scope.spawn(|| live_until_done(plan, first, &progress)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| bail!("a life panicked")))
            .collect()
    });
    let mut total = Tally::default();
    for tally in tallies {
        total.add(&tally?);
    }
    println!("seeds {} seed {first} {total} violations 0", plan.seeds);
    Ok(())
}

fn live_until_done(plan: &Plan, first: u64, progress: &Progress) -> Result<Tally> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut total = Tally::default();
    while !progress.is_failed.load(Ordering::Relaxed) {
        let index = progress.next.fetch_add(1, Ordering::Relaxed);
        if index >= plan.seeds {
            break;
        }
        if index > 0 && index.is_multiple_of(100) {
            println!("  {index} lives");
        }
        let seed = first.wrapping_add(index);
        let lived = runtime.block_on(live(plan, seed));
        match lived.with_context(|| format!("VIOLATION in seed {seed}")) {
            Ok(tally) => total.add(&tally),
            Err(violation) => {
                progress.is_failed.store(true, Ordering::Relaxed);
                return Err(violation);
            }
        }
    }
    Ok(total)
}

async fn live(plan: &Plan, seed: u64) -> Result<Tally> {
    let mut world = World::begin(plan, seed).await?;
    let lived = world.live().await;
    if lived.is_err() {
        for step in world.steps() {
            println!("seed {seed}: {step}");
        }
    }
    world.end().await;
    lived
}
