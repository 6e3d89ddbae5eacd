//! Back and forward, another page and back again, the phone in the pocket.

use anyhow::{Result, ensure};
use wechat_checkout_protocol::OrderStatus;
use wechat_checkout_simulator::Scenario;

use crate::stage::{Stage, play};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_leads_to_the_shop_and_forward_to_the_order() -> Result<()> {
    play(
        "back_leads_to_the_shop_and_forward_to_the_order",
        async |stage| {
            let phone = &stage.phone;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.see("pay-button").await?;
            let order = phone.order_id().await?;
            phone.window().back().await?;
            phone.see("product-vip-month").await?;
            phone.window().forward().await?;
            phone.see("pay-button").await?;
            phone.expect_order(&order).await?;
            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await
        },
    )
    .await
}

/// WeChat's own browser keeps the page in memory when a link leads away from it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_left_and_returned_to_shows_what_happened_meanwhile() -> Result<()> {
    play(
        "a_page_left_and_returned_to_shows_what_happened_meanwhile",
        async |stage| {
            let Stage { house, phone } = stage;
            phone.open(&house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.see("pay-button").await?;
            let order = phone.order_id().await?;
            phone.run("window.wasHereBefore = true").await?;
            phone.run("location.assign('/healthz')").await?;
            phone
                .find_by("return location.pathname === '/healthz'")
                .await?;
            house.simulator.pay(&order)?;
            house
                .simulator
                .wait_until(|wechat| {
                    let notified = |attempt: &wechat_checkout_simulator::NotificationView| {
                        attempt.status
                            == wechat_checkout_simulator::NotificationStatus::Acknowledged
                    };
                    wechat.notifications().iter().any(notified)
                })
                .await;
            phone.window().back().await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone.expect_order(&order).await?;
            ensure!(
                !phone.sees("pay-button").await?,
                "a page out of the cache offers to pay what is paid"
            );
            Ok(())
        },
    )
    .await
}

/// The cashier covers the page, the system stops it, and the bridge never calls back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_slept_through_the_payment_wakes_up_to_it() -> Result<()> {
    play(
        "a_page_that_slept_through_the_payment_wakes_up_to_it",
        async |stage| {
            let Stage { house, phone } = stage;
            house.simulator.set_scenario(Scenario::SilentBridge);
            phone.open(&house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.tap("pay-button").await?;
            phone.see("sheet-pay").await?;
            let order = phone.order_id().await?;
            phone.freeze().await?;
            // Its sockets do not survive the sleep.
            house.simulator.cut_sockets();
            house.simulator.pay(&order)?;
            phone.thaw().await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone.expect_order(&order).await
        },
    )
    .await
}
