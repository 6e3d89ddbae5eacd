//! How soon a buyer with a slow phone can pay: a measurement, run by `cargo xtask bench page`.
//!
//! The page comes straight from the server, compressed as in production, and the bridge is there
//! before it, as in WeChat; the simulated app with its proxy would slow the page down.

use std::env;
use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use wechat_checkout_simulator::Agent;

use crate::browser::Scheme;
use crate::device::Signal;
use crate::house::House;
use crate::phone::Phone;
use crate::stage::{Stage, play_in};

/// Slow 4G, with the delay of a phone that has to wake its radio.
const SIGNAL: Signal = Signal {
    latency_ms: 150,
    kbit_per_s: 1_600,
};
/// A cheap phone computes four times as slowly as a desk.
const SLOWER_BY: u32 = 4;
/// Starts unless `COLD_STARTS` says otherwise; the median counts.
const RUNS: usize = 5;
const RUNS_MAX: usize = 100;

/// The bridge, and a stopwatch that starts with the navigation.
const STOPWATCH: &str = r#"
window.noted = {};
const note = (what, when) => { window.noted[what] ??= when; };
window.WeixinJSBridge = {
  invoke: (name) => { if (name === "getBrandWCPayRequest") note("sheet", performance.now()); },
};
document.addEventListener("click", (event) => note("tap", event.timeStamp), true);
new MutationObserver(() => {
  if (document.querySelector("[data-test=pay-button]:enabled")) note("ready", performance.now());
}).observe(document, { subtree: true, childList: true, attributes: true });
"#;

/// What a run found, in tenths of milliseconds and in bytes as sent. Nothing may be asked for between
/// the tap and the sheet.
const READ_OFF: &str = r#"
const tenths = (ms) => Math.round(ms * 10);
const { ready, tap, sheet } = window.noted;
const loads = performance.getEntriesByType("resource");
const documents = performance.getEntriesByType("navigation");
const isPayable = (load) => load.startTime < ready;
return {
  first_paint: tenths(performance.getEntriesByName("first-contentful-paint")[0].startTime),
  ready: tenths(ready),
  tap_to_sheet: tenths(sheet - tap),
  bytes: [...documents, ...loads].filter(isPayable).reduce((sum, load) => sum + load.transferSize, 0),
  requests: 1 + loads.filter(isPayable).length,
  asked_after_tap: loads.filter((load) => load.startTime >= tap && load.startTime < sheet).length,
};
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: run `cargo xtask bench page`"]
async fn cold_start_on_a_slow_phone() -> Result<()> {
    let house = House::open_straight().await?;
    play_in(
        "cold_start_on_a_slow_phone",
        house,
        Scheme::Light,
        async |stage| {
            let figures = measure(stage).await?;
            let path = env::var("COLD_START_FIGURES").context("COLD_START_FIGURES is not set")?;
            fs::write(&path, figures.to_string()).with_context(|| format!("writing {path}"))
        },
    )
    .await
}

async fn measure(stage: &Stage) -> Result<Value> {
    let Stage { house, phone } = stage;
    phone.be_another_web_view(STOPWATCH).await?;
    phone.set_user_agent(Agent::Android.user_agent()).await?;
    let shop = house.outside_wechat();
    phone.open(&shop).await?;
    phone.tap("product-vip-month").await?;
    phone.see("pay-button").await?;
    let order = format!("{shop}?order={}", phone.order_id().await?);

    phone.set_signal(Some(SIGNAL)).await?;
    phone.be_slower_by(SLOWER_BY).await?;
    let mut runs = Vec::new();
    for _ in 0..wanted_runs()? {
        runs.push(start(phone, &order).await?);
    }
    let median = |name: &str| median(&runs, name);
    Ok(json!({
        "runs": runs.len(),
        "bytes": median("bytes")?,
        "requests": median("requests")?,
        "first_paint_tenth_ms": median("first_paint")?,
        "pay_ready_tenth_ms": median("ready")?,
        "tap_to_sheet_tenth_ms": median("tap_to_sheet")?,
    }))
}

/// One visit by somebody who was never here: from the link to the sheet.
async fn start(phone: &Phone, order: &str) -> Result<Value> {
    phone.open("about:blank").await?;
    phone.forget_downloads().await?;
    phone.open(order).await?;
    phone
        .find_by("return window.noted.ready !== undefined")
        .await?;
    phone.tap("pay-button").await?;
    phone
        .find_by("return window.noted.sheet !== undefined")
        .await?;
    let run = phone.run(READ_OFF).await?;
    ensure!(run["asked_after_tap"] == 0, "the tap waited: {run}");
    Ok(run)
}

fn wanted_runs() -> Result<usize> {
    let runs = match env::var("COLD_STARTS") {
        Ok(runs) => runs.parse().context("COLD_STARTS is not a number")?,
        Err(_) => RUNS,
    };
    ensure!(
        (1..=RUNS_MAX).contains(&runs),
        "COLD_STARTS is 1 to {RUNS_MAX}"
    );
    Ok(runs)
}

fn median(runs: &[Value], name: &str) -> Result<u64> {
    let figures = runs.iter().map(|run| run[name].as_u64());
    let mut figures: Vec<u64> = figures
        .collect::<Option<_>>()
        .with_context(|| format!("a run has no {name}"))?;
    figures.sort_unstable();
    let middle = figures.len() / 2;
    figures.get(middle).copied().context("there was no run")
}
