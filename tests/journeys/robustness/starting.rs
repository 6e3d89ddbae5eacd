//! Web-views that cannot do everything: no streaming of wasm, no storage, a wrong clock, a page that
//! dies.

use anyhow::{Result, ensure};
use wechat_checkout_protocol::OrderStatus;

use crate::stage::{Stage, play};

/// Some Android web-views refuse it, some proxies change the content type.
const NO_STREAMING: &str = "WebAssembly.compileStreaming = () => Promise.reject(new TypeError());";
/// Private modes and some web-views throw instead of storing.
const NO_STORAGE: &str = r#"
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });
}
"#;
/// A phone that never asked for the time.
const THREE_HOURS_FAST: &str =
    "const now = Date.now; Date.now = () => now.call(Date) + 3 * 3_600_000;";
/// A script of somebody else breaks the document under the page's feet.
const BREAK_DOCUMENT: &str =
    "document.createElement = () => { throw new Error('broken by another script'); };";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_view_without_streaming_starts_the_page_all_the_same() -> Result<()> {
    play(
        "a_web_view_without_streaming_starts_the_page_all_the_same",
        async |stage| {
            let phone = &stage.phone;
            phone.be_another_web_view(NO_STREAMING).await?;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.see_status(OrderStatus::Unprocessed).await?;
            phone.expect_quiet_console().await
        },
    )
    .await
}

/// The wasm stays away until it is let through, and the guard's patience ends soon.
const LATE: &str = r#"
const wait = window.setTimeout;
window.setTimeout = (work, ms, ...more) => wait(work, ms === 20000 ? 200 : ms, ...more);
const ask = window.fetch;
const released = new Promise((release) => { window.releaseWasm = release; });
window.fetch = (address, options) => String(address.url ?? address).endsWith(".wasm")
  ? released.then(() => ask(address, options))
  : ask(address, options);
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_starts_late_wins_over_the_panel() -> Result<()> {
    play(
        "a_page_that_starts_late_wins_over_the_panel",
        async |stage| {
            let phone = &stage.phone;
            // The sign-in would load the page a second time.
            phone.open(&stage.house.inside_wechat()).await?;
            phone.see("vip-state").await?;
            phone.be_another_web_view(LATE).await?;
            phone.reload().await?;
            phone.read("页面加载失败").await?;
            phone.run("window.releaseWasm()").await?;
            phone.see("product-vip-month").await?;
            ensure!(!phone.sees("reload").await?, "the panel is still there");
            Ok(())
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_visit_leaves_the_console_quiet() -> Result<()> {
    play("a_first_visit_leaves_the_console_quiet", async |stage| {
        let Stage { house, phone } = stage;
        phone.open(&house.as_account("newcomer", "")).await?;
        phone.see("vip-state").await?;
        phone.expect_quiet_console().await?;
        let orders = house.as_account("another-newcomer", "&view=orders");
        phone.open(&orders).await?;
        phone.see("order-list").await?;
        phone.expect_quiet_console().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_view_without_storage_lets_a_buyer_pay() -> Result<()> {
    play(
        "a_web_view_without_storage_lets_a_buyer_pay",
        async |stage| {
            let phone = &stage.phone;
            phone.be_another_web_view(NO_STORAGE).await?;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await
        },
    )
    .await
}

/// The order has fifteen minutes by the server's clock, whatever the phone believes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_whose_clock_is_wrong_counts_down_rightly() -> Result<()> {
    play(
        "a_phone_whose_clock_is_wrong_counts_down_rightly",
        async |stage| {
            let phone = &stage.phone;
            phone.be_another_web_view(THREE_HOURS_FAST).await?;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone
                .find_by("return /请在 1[45]:\\d\\d 内完成支付/.test(document.body.innerText)")
                .await?;
            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_dies_shows_the_order_and_a_way_back() -> Result<()> {
    play(
        "a_page_that_dies_shows_the_order_and_a_way_back",
        async |stage| {
            let phone = &stage.phone;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.see_status(OrderStatus::Unprocessed).await?;
            let order = phone.order_id().await?;
            phone.run(BREAK_DOCUMENT).await?;
            phone.tap("back-to-shop").await?;
            phone.read("页面加载失败").await?;
            phone.tap("reload").await?;
            phone.see("product-vip-month").await?;

            phone
                .open(&format!("{}?order={order}", stage.house.inside_wechat()))
                .await?;
            phone.see_status(OrderStatus::Unprocessed).await?;
            phone.run(BREAK_DOCUMENT).await?;
            phone.tap("pay-button").await?;
            phone.read("页面加载失败").await?;
            phone.read(&order).await?;
            phone.tap("reload").await?;
            phone.expect_order(&order).await
        },
    )
    .await
}
