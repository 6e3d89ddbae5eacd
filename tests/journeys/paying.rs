//! Journeys in which the buyer decides in the pay sheet, and WeChat behaves.

use anyhow::{Result, ensure};
use wechat_checkout_protocol::OrderStatus;

use crate::stage::play;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_pays_for_a_month_and_gets_it() -> Result<()> {
    play("a_buyer_pays_for_a_month_and_gets_it", async |stage| {
        let phone = &stage.phone;
        phone.open(&stage.house.inside_wechat()).await?;
        phone.tap("product-vip-month").await?;
        phone.see_status(OrderStatus::Unprocessed).await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.see_status(OrderStatus::Confirmed).await?;
        phone.read("支付成功").await?;
        phone.read("VIP").await?;
        ensure!(
            !phone.sees("pay-button").await?,
            "a paid order can be paid again"
        );
        phone.expect_quiet_console().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_of_a_voucher_gets_its_code() -> Result<()> {
    play("a_buyer_of_a_voucher_gets_its_code", async |stage| {
        let phone = &stage.phone;
        phone.open(&stage.house.inside_wechat()).await?;
        phone.tap("product-coffee-voucher").await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.see_status(OrderStatus::Confirmed).await?;
        phone.read("券码").await?;
        phone.expect_quiet_console().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_who_cancels_pays_the_same_order_later() -> Result<()> {
    play(
        "a_buyer_who_cancels_pays_the_same_order_later",
        async |stage| {
            let phone = &stage.phone;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.tap("pay-button").await?;
            phone.tap("sheet-cancel").await?;
            phone.read("订单已为您保留").await?;
            phone.see_status(OrderStatus::Unprocessed).await?;
            let cancelled = phone.order_id().await?;

            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone.expect_order(&cancelled).await?;
            phone.expect_quiet_console().await
        },
    )
    .await
}
