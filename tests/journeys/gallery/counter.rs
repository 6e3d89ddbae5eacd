//! At the counter: the shop, the order, the sheet, and a buyer who thinks again.

use anyhow::Result;
use wechat_checkout_protocol::OrderStatus;

use super::album::Album;
use crate::browser::Scheme;
use crate::house::House;
use crate::stage::{Stage, play_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_at_the_counter() -> Result<()> {
    let house = House::open_timeless(|_| {}).await?;
    play_in(
        "gallery_at_the_counter",
        house,
        Scheme::Light,
        async |stage| {
            let album = Album::open()?;
            browse(stage, &album).await?;
            order(stage, &album).await
        },
    )
    .await
}

async fn browse(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.open(&house.inside_wechat()).await?;
    phone.see("product-vip-month").await?;
    album
        .hang(phone, "shop", &["您还不是 VIP 会员", "最划算", "已售罄"])
        .await?;

    phone.hold_requests().await?;
    phone.tap("my-orders").await?;
    album.hang(phone, "orders-loading", &["全部订单"]).await?;
    phone.release_requests().await?;
    album.hang(phone, "orders-empty", &["还没有订单"]).await?;
    phone.tap("back-to-shop").await
}

async fn order(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { phone, .. } = stage;
    phone.see("product-vip-month").await?;
    phone.hold_requests().await?;
    phone.tap("product-vip-month").await?;
    album
        .hang(phone, "order-loading", &["正在生成订单"])
        .await?;
    phone.release_requests().await?;
    phone.see_status(OrderStatus::Unprocessed).await?;
    album
        .hang(
            phone,
            "order",
            &[
                "立即支付 ¥19.90",
                "内完成支付",
                "收款方",
                "支付方式",
                "31 天",
                "支付后有效期至",
            ],
        )
        .await?;

    phone.tap("pay-button").await?;
    phone.see("sheet-pay").await?;
    album
        .hang(phone, "sheet", &["正在打开微信支付", "模拟支付"])
        .await?;

    phone.tap("sheet-cancel").await?;
    album
        .hang(
            phone,
            "cancelled",
            &["支付未完成", "订单已为您保留", "立即支付"],
        )
        .await?;
    phone.expect_quiet_console().await
}
