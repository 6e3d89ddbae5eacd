//! The rigs in small, so that a change that breaks one is noticed without the long campaigns.

use std::path::PathBuf;

use wechat_checkout_proof::{power_cuts, simulate};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("proof-data")
}

#[test]
fn a_few_lives_go_well() -> anyhow::Result<()> {
    simulate::run(&simulate::Plan {
        seeds: 6,
        seed: Some(1),
        jobs: Some(2),
        folder: folder(),
    })
}

/// Passes only if FULL loses nothing and the same rig finds losses with NORMAL.
#[tokio::test]
async fn power_cuts_tell_full_from_normal() -> anyhow::Result<()> {
    let plan = power_cuts::Plan {
        cuts: 3,
        seed: Some(1),
        folder: folder(),
    };
    power_cuts::run(&plan).await
}
