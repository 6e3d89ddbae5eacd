//! Journeys in which WeChat's news comes too early, or never.

use anyhow::Result;
use wechat_checkout_protocol::OrderStatus;
use wechat_checkout_simulator::Scenario;

use crate::stage::{Stage, play};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notification_before_the_report_confirms_the_order() -> Result<()> {
    play(
        "a_notification_before_the_report_confirms_the_order",
        async |stage| pay_under(stage, Scenario::NotifyFirst).await,
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_notification_is_made_good_by_an_inquiry() -> Result<()> {
    play(
        "a_lost_notification_is_made_good_by_an_inquiry",
        async |stage| pay_under(stage, Scenario::NotifyLost).await,
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_bridge_does_not_hide_the_payment() -> Result<()> {
    play("a_silent_bridge_does_not_hide_the_payment", async |stage| {
        pay_under(stage, Scenario::SilentBridge).await
    })
    .await
}

async fn pay_under(stage: &Stage, scenario: Scenario) -> Result<()> {
    stage.house.simulator.set_scenario(scenario);
    let phone = &stage.phone;
    phone.open(&stage.house.inside_wechat()).await?;
    phone.tap("product-vip-month").await?;
    phone.tap("pay-button").await?;
    phone.tap("sheet-pay").await?;
    phone.see_status(OrderStatus::Confirmed).await?;
    phone.expect_quiet_console().await
}
