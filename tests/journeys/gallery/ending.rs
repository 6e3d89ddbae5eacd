//! How an order ends: paid, closed, refunded, too late, under review; and the list of them all.

use std::time::Duration;

use anyhow::{Context, Result};
use wechat_checkout_protocol::{Fen, OrderStatus};
use wechat_checkout_simulator::{Pace, Scenario};

use super::album::Album;
use super::one_of_each;
use crate::browser::Scheme;
use crate::buyer::Buyer;
use crate::house::House;
use crate::stage::{Stage, play_in};

/// Longer than an order can be paid, and than WeChat's five minutes before a close.
const PAST_EXPIRY: Duration = Duration::from_secs(901);
/// Longer than WeChat takes for a refund, or for its late payment.
const SOON: Duration = Duration::from_secs(20);
/// The heading of the result has the focus, which reads it; the region does not read it once more.
const RESULT_IS_SPOKEN_ONCE: &str = "return document.activeElement?.textContent === '支付成功' \
     && !document.querySelector('[role=status]').textContent.includes('支付成功')";
/// The focus is on the heading of the page that the buyer came to.
const HEADING_IS_FOCUSED: &str =
    "return document.activeElement?.classList.contains('wc-header__title') === true";
/// A third of a cup.
const PART_FEN: i64 = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_of_endings() -> Result<()> {
    let house = House::open_timeless(|_| {}).await?;
    play_in("gallery_of_endings", house, Scheme::Light, async |stage| {
        let album = Album::open()?;
        confirmed(stage, &album).await?;
        refunded(stage, &album).await?;
        closed(stage, &album).await?;
        listed(stage, &album).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_of_endings_that_need_people() -> Result<()> {
    let house = House::open_timeless(one_of_each).await?;
    play_in(
        "gallery_of_endings_that_need_people",
        house,
        Scheme::Light,
        async |stage| {
            let album = Album::open()?;
            paid_late(stage, &album).await?;
            paid_wrongly(stage, &album).await
        },
    )
    .await
}

async fn confirmed(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.open(&house.inside_wechat()).await?;
    phone.tap("product-coffee-voucher").await?;
    phone.tap("pay-button").await?;
    phone.tap("sheet-pay").await?;
    phone.see_status(OrderStatus::Confirmed).await?;
    album
        .hang(
            phone,
            "paid-voucher",
            &["支付成功", "券码", "复制", "¥15.00"],
        )
        .await?;
    phone.tap_by(".wc-delivered .wc-copy").await?;
    phone.read("已复制").await?;
    refunded_in_part(stage, album).await?;
    phone.tap("done").await?;

    // Orders are listed by their age.
    house.pass(SOON).await?;
    phone.tap("product-vip-month").await?;
    phone.see_status(OrderStatus::Unprocessed).await?;
    house.hold_the_news();
    phone.tap("pay-button").await?;
    phone.tap("sheet-pay").await?;
    phone.see_status(OrderStatus::AwaitingConfirmation).await?;
    album
        .hang(
            phone,
            "confirming",
            &["正在确认支付结果", "您可以离开此页", "我的订单"],
        )
        .await?;
    house.let_the_news_through();
    phone.see_status(OrderStatus::Confirmed).await?;
    album
        .hang(
            phone,
            "paid",
            &["支付成功", "已开通", "VIP 有效期至", "¥19.90", "支付方式"],
        )
        .await?;
    // A screen reader hears it, and a keyboard goes on from it.
    phone.find_by(RESULT_IS_SPOKEN_ONCE).await?;
    phone.tap("done").await?;
    phone.see("product-vip-month").await?;
    phone.find_by(HEADING_IS_FOCUSED).await?;
    album.hang(phone, "shop-vip", &["VIP 有效期至"]).await
}

/// A third of the price goes back; the page is open and hears of it, and the voucher stays.
async fn refunded_in_part(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    let order = phone.order_id().await?;
    house.simulator.clock().set_pace(Pace::Held);
    let part = Fen::new(PART_FEN).context("a part")?;
    house.refund_part(&order, part).await?;
    let stays = "其余 ¥10.00 不受影响，券码仍可使用";
    let words = ["支付成功", "¥5.00 退款中", "原路退回", stays, "¥15.00"];
    album.hang(phone, "part-refunding", &words).await?;
    phone.see("delivered").await?;
    house.pass(SOON).await?;
    let words = ["支付成功", "已退款 ¥5.00", stays, "¥15.00"];
    album.hang(phone, "part-refunded", &words).await?;
    phone.see("delivered").await?;
    phone.reload().await?;
    phone.see_status(OrderStatus::Confirmed).await?;
    phone.read("已退款 ¥5.00").await?;
    house.simulator.clock().set_pace(Pace::Running(1));
    Ok(())
}

/// The month of before goes back.
async fn refunded(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.tap("my-orders").await?;
    phone.tap("order-row").await?;
    phone.see_status(OrderStatus::Confirmed).await?;
    let order = phone.order_id().await?;
    house.simulator.clock().set_pace(Pace::Held);
    house.refund(&order).await?;
    phone.reload().await?;
    phone.see_status(OrderStatus::Refunding).await?;
    album
        .hang(phone, "refunding", &["退款中", "款项正在原路退回"])
        .await?;
    house.pass(SOON).await?;
    phone.see_status(OrderStatus::Refunded).await?;
    album
        .hang(phone, "refunded", &["已退款", "权益已收回", "重新下单"])
        .await?;
    house.simulator.clock().set_pace(Pace::Running(1));
    phone.tap("leave").await
}

async fn closed(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.tap("product-vip-season").await?;
    phone.see_status(OrderStatus::Unprocessed).await?;
    let closed = phone.order_id().await?;
    house.simulator.set_scenario(Scenario::GatewayDown);
    house.pass(PAST_EXPIRY).await?;
    phone.reload().await?;
    album
        .hang(phone, "expiring", &["支付时间已到", "正在关闭订单"])
        .await?;
    house.simulator.set_scenario(Scenario::Pay);
    house.pass(PAST_EXPIRY).await?;
    phone.see_status(OrderStatus::Closed).await?;
    album
        .hang(phone, "closed", &["订单已关闭", "您没有被扣款", "重新下单"])
        .await?;

    phone.tap("order-again").await?;
    phone.see("pay-button").await?;
    phone.see_status(OrderStatus::Unprocessed).await?;
    let again = phone.order_id().await?;
    anyhow::ensure!(again != closed, "a closed order is offered again");
    phone.tap("back-to-shop").await
}

async fn listed(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { phone, .. } = stage;
    phone.tap("product-vip-year").await?;
    phone.tap("pay-button").await?;
    phone.tap("sheet-pay").await?;
    phone.see_status(OrderStatus::Confirmed).await?;
    phone.tap("my-orders").await?;
    phone.see("order-list").await?;
    let words = [
        "VIP 有效期至",
        "我的券",
        "待支付",
        "已完成",
        "已退款 ¥5.00",
        "已关闭",
        "已退款",
    ];
    album.hang(phone, "orders", &words).await?;
    phone.expect_quiet_console().await
}

/// The cup is somebody else's by the time the money comes.
async fn paid_late(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    house.simulator.set_scenario(Scenario::PaidAfterClose);
    phone.open(&house.inside_wechat()).await?;
    phone.tap("product-coffee-voucher").await?;
    phone.see_status(OrderStatus::Unprocessed).await?;
    house.pass(PAST_EXPIRY).await?;
    phone.see_status(OrderStatus::Closed).await?;
    let faster = Buyer::sign_in(house, "faster").await?;
    faster.place_order("coffee-voucher").await?;
    house.pass(SOON).await?;
    album
        .hang(phone, "paid-late", &["订单关闭后收到付款", "原路退回"])
        .await
}

async fn paid_wrongly(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone
        .open(&house.as_account("xiaohong", "&scenario=wrong-amount"))
        .await?;
    phone.tap("product-vip-month").await?;
    phone.tap("pay-button").await?;
    phone.tap("sheet-pay").await?;
    album
        .hang(phone, "under-review", &["付款正在人工核实", "请勿重复支付"])
        .await
}
