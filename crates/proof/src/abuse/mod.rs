//! Everything that hostile clients did at once, against the server's program under tight limits,
//! while good buyers go on: they hardly notice, nothing grows, every abuser's connection ends.
//!
//! ```text
//!   good buyers   ─▶ quiet ─────────▶ measured ──▶ measured again ──────────────────────┐
//!   hostile hands            slow heads, deaf readers, floods, forgeries ─▶ all ended? ─┴▶ verdict
//! ```

mod floods;
mod good;
mod holders;
mod scene;
mod sockets;
mod tally;
mod verdict;
mod watchman;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::{Instant, sleep_until};

use self::good::Latencies;
use self::scene::Scene;
use self::tally::Tallies;
use self::verdict::Verdict;
use self::watchman::Watchman;
use crate::shop::{Folder, SERVER_LOG};

/// What to do to the server.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How long the abuse lasts.
    pub seconds: u64,
    /// Repeats a run's decisions; a random one when absent.
    pub seed: Option<u64>,
    /// The server's program.
    pub server: PathBuf,
    /// Where databases are written.
    pub folder: PathBuf,
}

/// How long good buyers are measured in peace, for comparison.
const PEACE: Duration = Duration::from_secs(4);

/// Whoever stops at the end of the abuse and keeps the connection has to be shown out by then. The
/// server's longest patience is for an answer that is not taken, 15 s, and a slow machine is slower.
const SHOWN_OUT_WITHIN: Duration = Duration::from_secs(30);

/// The same for what shown-out clients leave behind: descriptors that are not closed yet.
const TIDIED_WITHIN: Duration = Duration::from_secs(10);

/// Plays it all and prints the counts on the last line.
///
/// # Errors
/// When good buyers suffer, the server grows, an abuser is held, something leaks, or a forgery is
/// believed; and when the server does not run.
pub async fn run(plan: &Plan) -> Result<()> {
    let seed = plan.seed.unwrap_or_else(rand::random);
    let mut folder = Folder::new(&plan.folder, "abuse")?;
    println!("seed {seed} seconds {}", plan.seconds);
    let outcome = play(plan, seed, &folder).await;
    let is_clean = outcome.as_ref().is_ok_and(Verdict::is_clean);
    if !is_clean {
        println!("the files are kept in {}", folder.keep().display());
    }
    let verdict = outcome?;
    println!("seed {seed} abuse: {verdict}");
    ensure!(is_clean, "the abuse was felt");
    Ok(())
}

async fn play(plan: &Plan, seed: u64, folder: &Folder) -> Result<Verdict> {
    let scene = Scene::set(&plan.server, folder.path(), seed).await?;
    let peace = good::measure(&scene, PEACE).await?;
    println!("  in peace: {peace}");
    let watchman = Watchman::begin(scene.server()?, &folder.path().join(SERVER_LOG))?;
    let ends_at = Instant::now() + Duration::from_secs(plan.seconds);
    let (abuse, tallies) = tokio::try_join!(
        good::measure(&scene, Duration::from_secs(plan.seconds)),
        abuse(&scene, ends_at)
    )?;
    println!("  under abuse: {abuse}\n{tallies}");
    let sights = watchman.end(TIDIED_WITHIN).await?;
    let is_forgery_believed = scene.is_victim_delivered().await?;
    let is_still_served = good::measure(&scene, Duration::from_secs(1)).await?;
    scene.close().await?;
    Ok(Verdict {
        peace,
        abuse: abuse.and(&is_still_served),
        tallies,
        sights,
        is_forgery_believed,
    })
}

/// All hostile hands at once, until their time is over and everybody was shown out.
async fn abuse(scene: &Scene, ends_at: Instant) -> Result<Tallies> {
    let tallies = Tallies::default();
    let floods = floods::all(scene, &tallies, ends_at);
    let sockets = sockets::all(scene, &tallies, ends_at);
    let holders = holders::all(scene, &tallies, ends_at);
    let everybody = async {
        tokio::join!(floods, sockets, holders);
    };
    let too_late = sleep_until(ends_at + SHOWN_OUT_WITHIN);
    tokio::select! {
        () = everybody => {}
        // Whoever is still there is counted as held: opened, and never ended.
        () = too_late => {}
    }
    Ok(tallies)
}

/// For the reports: good buyers' times under abuse, with those right after it.
impl Latencies {
    fn and(mut self, after: &Latencies) -> Latencies {
        self.failed += after.failed;
        self
    }
}
