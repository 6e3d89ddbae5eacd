//! Journeys through pages of other people: plain HTML with the custom element, and the function.
//!
//! The pages are those of `examples/plain-html/`, with the npm package beside them, as
//! `cargo xtask package` lays them out.

mod element;
mod errors;
mod function;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use thirtyfour::prelude::*;

use crate::browser::Scheme;
use crate::house::House;
use crate::phone::Phone;
use crate::stage::{Stage, play_in};

/// Runs before the page's own scripts: keeps what bubbles up to the window.
const LISTEN: &str = r#"
    window.heard = [];
    for (const type of ["ready", "issued", "sheet_opened", "reported", "confirmed", "cancelled",
                        "failed", "expired", "halted", "done", "orders"]) {
        window.addEventListener(type, ({ target, detail }) => {
            if (target.localName === "wechat-checkout") window.heard.push({ type, detail });
        });
    }
"#;

/// Plays a journey through the example page.
async fn embed(name: &str, journey: impl AsyncFnOnce(&mut Stage) -> Result<()>) -> Result<()> {
    let page = example()?;
    let house = House::open_with_page(page).await?;
    play_in(name, house, Scheme::Light, async |stage| {
        stage.phone.be_another_web_view(LISTEN).await?;
        journey(stage).await
    })
    .await
}

fn example() -> Result<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("npm");
    let page = target.join("plain-html");
    ensure!(
        page.join("wechat-checkout/index.js").is_file(),
        "the example is not laid out: run `cargo xtask package` first"
    );
    Ok(page)
}

/// Waits until an element with this hook is inside the checkout, and enabled.
async fn inside(phone: &Phone, hook: &str) -> Result<WebElement> {
    let selector = format!("[data-test={hook}]:not(:disabled)");
    phone
        .find_by(&format!(
            "return Boolean(document.querySelector('wechat-checkout')?.shadowRoot\
             .querySelector('{selector}'))"
        ))
        .await?;
    let host = phone.window().find(By::Css("wechat-checkout")).await?;
    let root = host.get_shadow_root().await?;
    Ok(root.find(By::Css(&selector)).await?)
}

/// A buyer's own tap, which a script's `click()` is not.
async fn tap_inside(phone: &Phone, hook: &str) -> Result<()> {
    let tapped = inside(phone, hook).await?.click().await;
    tapped.with_context(|| format!("tapping `{hook}` in the checkout"))
}

async fn inside_text(phone: &Phone) -> Result<String> {
    let text = "return document.querySelector('wechat-checkout').shadowRoot.textContent";
    let text = phone.run(text).await?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

async fn state(phone: &Phone) -> Result<Value> {
    phone
        .run("return document.querySelector('wechat-checkout').state")
        .await
}

/// Waits for an event and returns its detail.
async fn heard(phone: &Phone, name: &str) -> Result<Value> {
    phone
        .find_by(&format!(
            "return heard.some(({{ type }}) => type === '{name}')"
        ))
        .await?;
    phone
        .run(&format!(
            "return heard.findLast(({{ type }}) => type === '{name}').detail"
        ))
        .await
}

/// A script that waits for something; the driver waits with it.
async fn run_async(phone: &Phone, script: &str) -> Result<Value> {
    phone
        .run(&format!("return (async () => {{ {script} }})()"))
        .await
}
