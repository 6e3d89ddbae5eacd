//! Where nobody knows yet whether money moved, or nothing opened at all.

use std::time::Duration;

use anyhow::{Result, ensure};
use wechat_checkout_protocol::OrderStatus;
use wechat_checkout_simulator::Scenario;

use super::album::Album;
use crate::stage::{Stage, play};

/// The page's own patience with WeChat, and a slow machine's with the page.
const AT_LAST: Duration = Duration::from_secs(180);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_after_a_failure() -> Result<()> {
    play("gallery_after_a_failure", async |stage| {
        let album = Album::open()?;
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        phone.tap("product-vip-month").await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-fail").await?;
        phone.see_status(OrderStatus::AwaitingConfirmation).await?;
        let failed = phone.order_id().await?;
        // As soon as WeChat, asked, knows of no payment.
        phone.see("pay-again").await?;
        let words = [
            "暂未查询到付款",
            "微信提示：银行系统繁忙",
            "微信查询结果：订单未支付",
            "再次查询",
            "我没有付款，继续支付此订单",
        ];
        album.hang(phone, "pay-again", &words).await?;
        phone.tap("pay-again").await?;
        phone.tap("sheet-pay").await?;
        phone.see_status(OrderStatus::Confirmed).await?;
        phone.expect_order(&failed).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_after_ok_without_news() -> Result<()> {
    play("gallery_after_ok_without_news", async |stage| {
        let album = Album::open()?;
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        phone.tap("product-vip-month").await?;
        phone.see_status(OrderStatus::Unprocessed).await?;
        house.hold_the_news();
        phone.tap("pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.see_within(AT_LAST, "retry").await?;
        let words = ["支付结果确认中", "请勿重复支付", "再次查询"];
        album.hang(phone, "not-yet-confirmed", &words).await?;
        ensure!(
            !phone.sees("pay-again").await? && !phone.sees("pay-button").await?,
            "the bridge said ok and one can pay again"
        );
        let order = phone.order_id().await?;
        phone.reload().await?;
        phone.see_status(OrderStatus::AwaitingConfirmation).await?;
        phone.expect_order(&order).await?;
        house.let_the_news_through();
        phone.see_status(OrderStatus::Confirmed).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_without_an_answer() -> Result<()> {
    play("gallery_without_an_answer", async |stage| {
        let album = Album::open()?;
        let Stage { house, phone } = stage;
        house.simulator.set_scenario(Scenario::NoBridge);
        phone.open(&house.inside_wechat()).await?;
        phone.tap("product-vip-month").await?;
        phone.tap("pay-button").await?;
        let words = ["支付未成功", "无法连接微信", "立即支付"];
        album.hang(phone, "failed", &words).await?;
        let order = phone.order_id().await?;
        phone.see_status(OrderStatus::Unprocessed).await?;

        // The same order in the same account, opened again where the bridge is.
        house.simulator.set_scenario(Scenario::Pay);
        phone.reload().await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-silent").await?;
        phone.see_status(OrderStatus::AwaitingConfirmation).await?;
        phone.read("暂未查询到付款").await?;
        phone.expect_order(&order).await
    })
    .await
}
