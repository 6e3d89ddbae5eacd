//! The same order in two views of the app.

use anyhow::{Result, ensure};
use wechat_checkout_protocol::OrderStatus;

use crate::stage::play;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tabs_share_one_order_and_one_payment() -> Result<()> {
    play("two_tabs_share_one_order_and_one_payment", async |stage| {
        let phone = &stage.phone;
        phone.open(&stage.house.inside_wechat()).await?;
        phone.tap("product-vip-month").await?;
        phone.see("pay-button").await?;
        let order = phone.order_id().await?;

        phone.open_another_tab().await?;
        phone.open(&stage.house.inside_wechat()).await?;
        phone.tap("product-vip-month").await?;
        phone.see("pay-button").await?;
        phone.expect_order(&order).await?;
        phone.tap("pay-button").await?;
        phone.see("sheet-pay").await?;

        // Both sheets are open. The second payment is refused by WeChat itself.
        phone.look_at_tab(0).await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.see_status(OrderStatus::Confirmed).await?;
        phone.look_at_tab(1).await?;
        phone.see_status(OrderStatus::Confirmed).await?;
        if phone.sees("sheet-pay").await? {
            phone.tap("sheet-pay").await?;
        }
        phone.see_status(OrderStatus::Confirmed).await?;

        let trades = stage.house.simulator.trades();
        ensure!(trades.len() == 1, "WeChat knows {} orders", trades.len());
        Ok(())
    })
    .await
}
