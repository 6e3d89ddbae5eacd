//! A journey over a server that dies without warning and comes back.

use anyhow::Result;
use wechat_checkout_protocol::OrderStatus;

use crate::browser::Scheme;
use crate::house::House;
use crate::stage::{Stage, play_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_survive_the_death_of_the_server() -> Result<()> {
    let house = House::open_with_program().await?;
    play_in(
        "orders_survive_the_death_of_the_server",
        house,
        Scheme::Light,
        async |stage| {
            let Stage { house, phone } = stage;
            phone.open(&house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.see_status(OrderStatus::Unprocessed).await?;
            let placed = phone.order_id().await?;
            house.kill_and_restart().await?;

            // The page is still the one from before; its order must be payable at the new server.
            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            house.kill_and_restart().await?;

            phone.reload().await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone.expect_order(&placed).await
        },
    )
    .await
}
