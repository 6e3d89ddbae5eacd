//! Taps: two at once open one sheet, and none waits for the network.

use anyhow::{Result, ensure};
use wechat_checkout_protocol::OrderStatus;

use crate::phone::Phone;
use crate::stage::play;

/// Counts the calls into the bridge, and passes each on.
const COUNT_CALLS: &str = r#"
const straight = WeixinJSBridge.invoke;
window.sheetsAskedFor = 0;
WeixinJSBridge.invoke = (...call) => {
  window.sheetsAskedFor += 1;
  straight(...call);
};
"#;

/// Taps as often as told within one task of the browser; the calls at each moment come back. What is
/// counted right after a tap happened inside the buyer's gesture.
const TAP_TWICE: &str = r#"
const button = document.querySelector("[data-test=pay-button]");
return [0, 1].map(() => { button.click(); return window.sheetsAskedFor; });
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_tap_opens_one_sheet_within_the_gesture() -> Result<()> {
    play(
        "a_double_tap_opens_one_sheet_within_the_gesture",
        async |stage| {
            let phone = &stage.phone;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            expect_ready(phone).await?;
            phone.run(COUNT_CALLS).await?;
            // No answer of the server can come any more: the tap has to do without.
            phone.hold_requests().await?;
            let calls = phone.run(TAP_TWICE).await?;
            ensure!(
                calls == serde_json::json!([1, 1]),
                "sheets asked for after each tap: {calls}"
            );
            phone.see("sheet-pay").await?;
            phone.tap("sheet-pay").await?;
            phone.release_requests().await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            let calls = phone.run("return window.sheetsAskedFor").await?;
            ensure!(calls == 1, "in the end {calls} sheets were asked for");
            phone.expect_quiet_console().await
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_tap_on_a_product_places_one_order() -> Result<()> {
    play(
        "a_double_tap_on_a_product_places_one_order",
        async |stage| {
            let phone = &stage.phone;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.see("vip-state").await?;
            phone.see("product-vip-month").await?;
            phone
                .run(
                    "const card = document.querySelector('[data-test=product-vip-month]'); \
                 card.click(); card.click();",
                )
                .await?;
            expect_ready(phone).await?;
            let trades = stage.house.simulator.trades().len();
            ensure!(trades == 1, "WeChat knows {trades} orders");
            Ok(())
        },
    )
    .await
}

async fn expect_ready(phone: &Phone) -> Result<()> {
    phone
        .find_by("return document.querySelector('[data-test=pay-button]')?.disabled === false")
        .await
}
