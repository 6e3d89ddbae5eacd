//! Web-views that cannot do everything: no streaming of wasm, no storage, a page that dies.

use anyhow::Result;
use wechat_checkout_protocol::OrderStatus;

use crate::stage::play;

/// Some Android web-views refuse it, some proxies change the content type.
const NO_STREAMING: &str = "WebAssembly.compileStreaming = () => Promise.reject(new TypeError());";
/// Private modes and some web-views throw instead of storing.
const NO_STORAGE: &str = r#"
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });
}
"#;
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
