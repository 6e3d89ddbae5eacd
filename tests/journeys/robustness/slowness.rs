//! A slow phone network: the page stands still while it fills, and everything still works.

use anyhow::{Context, Result, ensure};
use wechat_checkout_protocol::OrderStatus;

use crate::device::Signal;
use crate::phone::Phone;
use crate::stage::{Stage, play};

/// A weak 3G signal.
const WEAK: Signal = Signal {
    latency_ms: 150,
    kbit_per_s: 1_600,
};
/// What has moved without the buyer's doing since the document began, by the browser's own measure,
/// in thousandths, and what it was.
const SHIFTS: &str = r#"
const done = arguments[arguments.length - 1];
const entries = [];
const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
observer.observe({ type: "layout-shift", buffered: true });
requestAnimationFrame(() => setTimeout(() => {
  entries.push(...observer.takeRecords());
  const unasked = entries.filter((entry) => !entry.hadRecentInput);
  const sum = unasked.reduce((sum, entry) => sum + entry.value, 0);
  const what = unasked.flatMap((entry) => entry.sources.map((source) =>
    `${source.node?.className ?? source.node?.nodeName} ` +
    `from ${source.previousRect.y} to ${source.currentRect.y}`));
  done([Math.round(sum * 1000), what.join("; ")]);
}, 0));
"#;

/// Where things are, and how tall, in whole pixels; the shape that the document brings is noted
/// before the page has started, and requests wait until they are released.
const NOTE_PLACES: &str = r#"
window.places = () => [".wc-vip", ".wc-group", ".wc-product", ".wc-summary", ".wc-details"]
  .flatMap((selector) => {
    const all = [...document.querySelectorAll(selector)];
    const seen = all.find((element) => element.getBoundingClientRect().height > 0);
    if (!seen) return [];
    const box = seen.getBoundingClientRect();
    return [`${selector} ${Math.round(box.y)} + ${Math.round(box.height)}`];
  })
  .join("; ");
document.addEventListener("DOMContentLoaded", () => { window.placesBefore = window.places(); });
const straight = window.fetch;
const released = new Promise((release) => { window.releaseRequests = release; });
window.fetch = (address, options) => String(address.url ?? address).includes("/api/")
  ? released.then(() => straight(address, options))
  : straight(address, options);
"#;

/// Replacing a shape by its content is no shift to a browser, but it is one to a buyer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shapes_stand_exactly_where_the_content_will() -> Result<()> {
    play(
        "shapes_stand_exactly_where_the_content_will",
        async |stage| {
            let Stage { house, phone } = stage;
            phone.open(&house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.see("pay-button").await?;
            let order = phone.order_id().await?;
            phone.be_another_web_view(NOTE_PLACES).await?;
            let shop = house.inside_wechat();
            let order = format!("{shop}?order={order}");
            for (address, arrived) in [(&shop, "product-vip-month"), (&order, "pay-button")] {
                phone.open(address).await?;
                phone
                    .find_by("return !!document.querySelector('#app nav, .wechat-checkout')")
                    .await?;
                let before = phone.run("return window.placesBefore").await?;
                let meanwhile = phone.run("return window.places()").await?;
                phone.release_requests().await?;
                phone.see(arrived).await?;
                phone
                    .find_by("return !document.querySelector('.wc-bone')")
                    .await?;
                let after = phone.run("return window.places()").await?;
                ensure!(
                    before == meanwhile && meanwhile == after,
                    "{address}: {before}, then {meanwhile}, then {after}"
                );
            }
            Ok(())
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_slow_network_nothing_jumps_and_everything_works() -> Result<()> {
    play(
        "on_a_slow_network_nothing_jumps_and_everything_works",
        async |stage| {
            let Stage { house, phone } = stage;
            phone.forget_downloads().await?;
            phone.set_signal(Some(WEAK)).await?;
            phone.open(&house.inside_wechat()).await?;
            phone.see("vip-state").await?;
            phone.see("product-vip-month").await?;
            expect_stillness(phone, "the shop").await?;
            phone.tap("product-vip-month").await?;
            phone.see("pay-button").await?;
            expect_stillness(phone, "the order").await?;
            phone.reload().await?;
            phone.see("pay-button").await?;
            expect_stillness(phone, "the order after a reload").await?;
            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await
        },
    )
    .await
}

async fn expect_stillness(phone: &Phone, screen: &str) -> Result<()> {
    let measured = phone.window().execute_async(SHIFTS, Vec::new()).await;
    let measured = measured.context("measuring what moved")?;
    let moved = measured.json().get(0).and_then(serde_json::Value::as_u64);
    ensure!(
        moved == Some(0),
        "{screen} moved by itself: {}",
        measured.json()
    );
    Ok(())
}
