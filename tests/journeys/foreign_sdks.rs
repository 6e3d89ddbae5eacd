//! Foreign SDKs as judges: `wechatpy` and `tenpay` deal with the simulator, and sign for the server.
//!
//! Client, simulator and server share their signing code and cannot judge each other.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;
use wechat_checkout_protocol::OrderStatus;

use crate::buyer::Buyer;
use crate::house::House;

/// A judge who takes longer hangs.
const JUDGED_WITHIN: Duration = Duration::from_secs(120);
/// Fewer checks than this mean that a script left out a part without saying so.
const CHECKS_MIN: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wechatpy_agrees() -> Result<()> {
    let mut python = Command::new(from_environment("INTEROP_PYTHON")?);
    python.arg(scripts().join("judge_wechatpy.py"));
    judge(python).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenpay_agrees() -> Result<()> {
    let mut node = Command::new("node");
    node.arg(scripts().join("judge_tenpay.cjs"));
    node.env("NODE_PATH", from_environment("INTEROP_NODE_MODULES")?);
    judge(node).await
}

/// Lets a judge run against a house of its own, with an unpaid order that it is to notify about.
async fn judge(mut script: Command) -> Result<()> {
    let house = House::open_without_page().await?;
    let buyer = Buyer::sign_in(&house, "sdk").await?;
    let order = buyer.place_order("vip-month").await?;
    let trade = house
        .simulator
        .trade(order.id.as_str())
        .context("WeChat knows no such order")?;
    script
        .env(
            "INTEROP_GATEWAY_URL",
            house.simulator.gateway_url().as_str(),
        )
        .env("INTEROP_CLIENT_URL", house.simulator.client_url().as_str())
        .env("INTEROP_NOTIFY_URL", &trade.notify_url)
        .env("INTEROP_ORDER", order.id.as_str())
        .env("INTEROP_TOTAL_FEE", order.amount_total.get().to_string())
        .env(
            "INTEROP_OPENID",
            trade.openid.context("the order has no payer")?,
        )
        .kill_on_drop(true);
    let output = timeout(JUDGED_WITHIN, script.output())
        .await
        .context("the judge hangs")?;
    let output = output.context("starting the judge")?;
    let words = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "the judge disagrees: {words}{complaints}"
    );

    let verdict: Value = serde_json::from_str(words.trim()).context("the judge's verdict")?;
    let checks = verdict["checks"].as_array().map_or(0, Vec::len);
    ensure!(checks >= CHECKS_MIN, "only {checks} checks: {words}");
    let notified = buyer.look_at(&order).await?;
    ensure!(
        notified.status == OrderStatus::Confirmed,
        "notified by the judge, the order is {:?}",
        notified.status
    );
    house.close().await
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/simulator/tests/interop")
}

fn from_environment(name: &str) -> Result<String> {
    env::var(name).with_context(|| {
        format!(
            "{name} is not set: `cargo xtask test --only interop` installs the SDKs and sets it"
        )
    })
}
