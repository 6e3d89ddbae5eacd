//! Journeys in which the buyer reloads the page, wherever it stands.

use anyhow::{Context, Result, ensure};
use wechat_checkout_protocol::OrderStatus;

use crate::phone::Phone;
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

/// Where nobody knows whether money moved, and where the time is over: in the gallery and above.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_brings_back_the_same_order_at_every_step() -> Result<()> {
    play(
        "a_reload_brings_back_the_same_order_at_every_step",
        async |stage| {
            let phone = &stage.phone;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.tap("product-coffee-voucher").await?;
            phone.see("pay-button").await?;
            let placed = phone.order_id().await?;

            for step in [Step::Payable, Step::SheetOpen, Step::Cancelled] {
                match step {
                    Step::Payable => {}
                    Step::SheetOpen => {
                        phone.tap("pay-button").await?;
                        phone.see("sheet-pay").await?;
                    }
                    Step::Cancelled => {
                        phone.tap("pay-button").await?;
                        phone.tap("sheet-cancel").await?;
                        phone.read("支付未完成").await?;
                    }
                }
                phone.reload().await?;
                phone.see_status(OrderStatus::Unprocessed).await?;
                phone.expect_order(&placed).await?;
            }

            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            let code = delivered_code(phone).await?;
            phone.reload().await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone.expect_order(&placed).await?;
            ensure!(
                delivered_code(phone).await? == code,
                "a reload delivered again"
            );
            phone.expect_quiet_console().await
        },
    )
    .await
}

#[derive(Clone, Copy)]
enum Step {
    Payable,
    SheetOpen,
    Cancelled,
}

async fn delivered_code(phone: &Phone) -> Result<String> {
    phone.see("delivered").await?;
    let code = phone
        .run("return document.querySelector('.wc-delivered .wc-code').textContent")
        .await?;
    Ok(code.as_str().context("no code")?.to_owned())
}
