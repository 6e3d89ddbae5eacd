//! Journeys in which the buyer reloads the page while nobody knows yet whether the money moved.

use anyhow::Result;
use wechat_checkout_protocol::OrderStatus;

use crate::stage::play;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_while_confirming_loses_nothing() -> Result<()> {
    play("a_reload_while_confirming_loses_nothing", async |stage| {
        let phone = &stage.phone;
        phone.open(&stage.house.inside_wechat()).await?;
        phone.tap("product-vip-month").await?;
        phone.see_status(OrderStatus::Unprocessed).await?;
        let placed = phone.order_id().await?;
        stage.house.hold_the_news();
        phone.tap("pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.see_status(OrderStatus::AwaitingConfirmation).await?;

        phone.reload().await?;
        phone.see_status(OrderStatus::AwaitingConfirmation).await?;
        phone.expect_order(&placed).await?;

        stage.house.let_the_news_through();
        phone.see_status(OrderStatus::Confirmed).await?;
        phone.expect_order(&placed).await
    })
    .await
}
