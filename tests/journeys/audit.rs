//! Looks at a screen as somebody does who sees little, taps with a thumb or hears the page.
//!
//! axe-core judges by WCAG 2.2 AA. It asks for targets of 24 px only and cannot see what a thumb
//! needs or what sticks out of the screen, so these are asked here.

use std::env;
use std::fs;
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::phone::Phone;

/// Runs axe-core over the document and calls back with one line for each violation.
const JUDGE: &str = r#"
const done = arguments[arguments.length - 1];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const options = arguments[0]
    ? { runOnly: ["color-contrast"] }
    : { runOnly: tags, rules: { "target-size": { enabled: true } } };
const line = (rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`);
axe.run(document, { ...options, resultTypes: ["violations"] })
    .then((found) => done(found.violations.flatMap(line)), (error) => done([String(error)]));
"#;

/// What a thumb cannot hit, where the focus jumps back, and what does not fit the screen.
const MEASURE: &str = r##"
const found = [];
const ours = (element) => !element.closest(
  "[class^=wechat-sheet], [class^=wechat-drawer], details:not([open]) > :not(summary)");
const name = (element) => `${element.tagName} ${element.className} "${element.innerText ?? ""}"`;
for (const element of document.querySelectorAll("button, a[href], [role=button]")) {
  const box = element.getBoundingClientRect();
  const isShown = box.width > 0 && getComputedStyle(element).visibility === "visible";
  if (isShown && ours(element) && (box.width < 44 || box.height < 44)) {
    found.push(`${name(element)} is ${box.width} × ${box.height} px, less than 44`);
  }
}
const top = (element) => element.getBoundingClientRect().top;
const stops = [...document.querySelectorAll("button:not(:disabled), a[href]")]
  .filter((element) => ours(element) && element.getBoundingClientRect().width > 0);
stops.forEach((stop, at) => {
  // Half a row of tolerance: things in one line are of different heights.
  if (at > 0 && top(stop) < top(stops[at - 1]) - 22) {
    found.push(`the focus jumps up from ${name(stops[at - 1])} to ${name(stop)}`);
  }
});
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth) {
  found.push(`the page is ${root.scrollWidth} px wide on a screen of ${root.clientWidth}`);
}
for (const element of document.querySelectorAll("#app *")) {
  const box = element.getBoundingClientRect();
  if (box.width > 1 && (box.right > root.clientWidth + 0.5 || box.left < -0.5)) {
    found.push(`${name(element)} sticks out: ${box.left} to ${box.right}`);
  }
}
return found;
"##;

/// How much axe-core has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    All,
    /// All that changes with the colours.
    Contrast,
}

/// That the screen as it is now has no violation.
pub(crate) async fn expect_accessible(phone: &Phone, rules: Rules, screen: &str) -> Result<()> {
    if phone.run("return typeof axe === 'undefined'").await? == Value::Bool(true) {
        phone.run(axe()?).await?;
    }
    let is_contrast_only = Value::Bool(rules == Rules::Contrast);
    let judged = phone.window().execute_async(JUDGE, vec![is_contrast_only]);
    let judged = judged.await.context("running axe-core")?;
    let mut found = lines(judged.json());
    found.extend(lines(&phone.run(MEASURE).await?));
    ensure!(found.is_empty(), "{screen}: {}", found.join("\n"));
    Ok(())
}

fn lines(found: &Value) -> Vec<String> {
    let found = found.as_array().map(Vec::as_slice).unwrap_or_default();
    found
        .iter()
        .map(|line| line.as_str().map_or(line.to_string(), str::to_owned))
        .collect()
}

/// The script of axe-core, which the chore installs.
fn axe() -> Result<&'static str> {
    static AXE: OnceLock<String> = OnceLock::new();
    if let Some(script) = AXE.get() {
        return Ok(script);
    }
    let path = env::var_os("JOURNEY_AXE")
        .context("JOURNEY_AXE is not set: `cargo xtask test --only journeys` sets it")?;
    let script = fs::read_to_string(&path).context("reading axe-core")?;
    Ok(AXE.get_or_init(|| script))
}
