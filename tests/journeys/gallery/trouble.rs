//! What is in the way of an order, and what the page does about it by itself.

use anyhow::{Context, Result};
use wechat_checkout_protocol::OrderStatus;

use super::album::Album;
use super::one_of_each;
use crate::browser::Scheme;
use crate::buyer::Buyer;
use crate::house::House;
use crate::stage::{Stage, play, play_in};

/// A number that nobody's order has.
const NO_ORDER: &str = "00000000000000000000000000000000";
/// When the page notes its last trip to WeChat's sign-in.
const SIGNED_IN_NOW: &str =
    "sessionStorage.setItem('wechat-checkout:sign-in-at', String(Date.now()))";
/// A web-view that never finishes with the wasm, as a very slow phone.
const COMPILES_FOR_EVER: &str = "WebAssembly.compileStreaming = () => new Promise(() => {});";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_of_dead_networks() -> Result<()> {
    let house = House::open().await?;
    play_in(
        "gallery_of_dead_networks",
        house,
        Scheme::Light,
        async |stage| {
            let album = Album::open()?;
            sign_in_failed(stage, &album).await?;
            offline(stage, &album).await?;
            without_server(stage, &album).await?;
            without_catalogue(stage, &album).await
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_of_refusals() -> Result<()> {
    let house = House::open_timeless(|config| {
        config.open_orders_max = 1;
        one_of_each(config);
    })
    .await?;
    play_in("gallery_of_refusals", house, Scheme::Light, async |stage| {
        let album = Album::open()?;
        without_session(stage, &album).await?;
        too_many(stage, &album).await?;
        sold_out(stage, &album).await?;
        unknown(stage, &album).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_of_pages_that_do_not_start() -> Result<()> {
    play("gallery_of_pages_that_do_not_start", async |stage| {
        let album = Album::open()?;
        let Stage { house, phone } = stage;
        let address = format!("{}?order={NO_ORDER}", house.inside_wechat());
        phone.block(&["*.wasm"]).await?;
        phone.open(&address).await?;
        let words = ["页面加载失败", "请勿重复支付", NO_ORDER, "重新加载"];
        album.hang(phone, "boot-failed", &words).await?;

        phone.block(&[]).await?;
        phone.tap("reload").await?;
        phone.read("没有找到此订单").await?;

        phone.be_another_web_view(COMPILES_FOR_EVER).await?;
        phone.open(&house.inside_wechat()).await?;
        phone
            .find_by("return !!document.querySelector('.boot-shop')")
            .await?;
        album.hang(phone, "boot-loading", &[]).await?;
        phone.open(&address).await?;
        album
            .hang(phone, "boot-loading-order", &["正在加载"])
            .await?;
        phone.read("加载时间较长").await?;
        phone.read("页面加载失败").await?;
        phone.read(NO_ORDER).await
    })
    .await
}

async fn offline(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.open(&house.as_account("offline", "")).await?;
    phone.see("product-vip-month").await?;
    house.set_offline("offline", true).await?;
    phone.tap("product-vip-month").await?;
    album
        .hang(phone, "offline", &["网络不可用", "尚未生成订单"])
        .await?;
    house.set_offline("offline", false).await?;
    phone.see("pay-button").await?;
    phone.see_status(OrderStatus::Unprocessed).await?;

    house.set_offline("offline", true).await?;
    let words = ["网络不可用", "恢复后自动刷新", "订单已为您保留", "立即支付"];
    album.hang(phone, "order-offline", &words).await?;
    house.set_offline("offline", false).await?;
    phone
        .find_by("return !document.querySelector('.wc-notice')")
        .await
}

async fn without_server(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.open(&house.as_account("patient", "")).await?;
    phone.see("product-vip-month").await?;
    house.lose_server()?;
    phone.tap("product-vip-month").await?;
    album
        .hang(
            phone,
            "server-down",
            &["服务繁忙", "正在自动重试", "尚未生成订单"],
        )
        .await?;
    house.restore_server()?;
    phone.see("pay-button").await.map(drop)
}

async fn without_catalogue(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.block(&["*/api/catalog"]).await?;
    phone.open(&house.inside_wechat()).await?;
    album
        .hang(phone, "shop-offline", &["网络不可用", "重试"])
        .await?;
    phone.block(&[]).await?;
    phone.see("product-vip-month").await.map(drop)
}

async fn without_session(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.open(&house.inside_wechat()).await?;
    phone.see("vip-state").await?;
    phone.forget_cookies().await?;
    // The sign-in was a moment ago, on slow machines too: going there again by itself would be a circle.
    phone.run(SIGNED_IN_NOW).await?;
    phone.tap("product-vip-month").await?;
    let words = ["登录已过期", "请重新登录后继续", "重新登录"];
    album.hang(phone, "session-expired", &words).await?;

    // Another view of the same app has made no such trip and signs in by itself.
    phone.open_another_tab().await?;
    phone.open(&house.inside_wechat()).await?;
    phone.tap("product-vip-month").await?;
    phone.see_status(OrderStatus::Unprocessed).await
}

/// WeChat's sign-in failed, and the server said so in the address.
async fn sign_in_failed(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone
        .open(&format!("{}?sign_in=unavailable", house.inside_wechat()))
        .await?;
    let words = ["登录未完成", "微信登录服务繁忙", "重新登录"];
    album.hang(phone, "sign-in-failed", &words).await?;
    phone.tap("retry").await?;
    phone.see("product-vip-month").await.map(drop)
}

async fn too_many(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { phone, .. } = stage;
    phone.tap("back-to-shop").await?;
    phone.tap("product-vip-season").await?;
    let words = ["未支付的订单过多", "我的订单"];
    album.hang(phone, "too-many-orders", &words).await
}

/// Both look at the last cup; the other is faster.
async fn sold_out(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.open(&house.as_account("slower", "")).await?;
    phone.see("vip-state").await?;
    phone.see("product-coffee-voucher").await?;
    let faster = Buyer::sign_in(house, "faster").await?;
    faster.place_order("coffee-voucher").await?;
    phone.tap("product-coffee-voucher").await?;
    album
        .hang(phone, "sold-out", &["已售罄", "请选择其他商品", "返回选购"])
        .await
        .context("the last cup")
}

async fn unknown(stage: &Stage, album: &Album) -> Result<()> {
    let Stage { house, phone } = stage;
    phone
        .open(&format!("{}?order={NO_ORDER}", house.inside_wechat()))
        .await?;
    album
        .hang(phone, "order-not-found", &["没有找到此订单"])
        .await
}
