//! The same screens in the other two languages, chosen, remembered and switched.

use anyhow::{Result, ensure};
use wechat_checkout_protocol::OrderStatus;

use super::album::Album;
use crate::stage::{Stage, play};

/// What one language says on its way from the shop to the goods.
struct Words {
    tag: &'static str,
    shop: &'static str,
    order: &'static str,
    paid: &'static [&'static str],
    orders: &'static str,
}

const OTHERS: [Words; 2] = [
    Words {
        tag: "en",
        shop: "You are not a VIP yet",
        order: "Please pay within",
        paid: &["Payment successful", "VIP until"],
        orders: "All orders",
    },
    Words {
        tag: "zh-TW",
        shop: "您還不是 VIP 會員",
        order: "內完成付款",
        paid: &["付款成功", "VIP 有效期至"],
        orders: "全部訂單",
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_in_other_languages() -> Result<()> {
    play("gallery_in_other_languages", async |stage| {
        let album = Album::open()?;
        let Stage { house, phone } = stage;
        for words in OTHERS {
            let tag = words.tag;
            let account = format!("speaks-{}", tag.to_lowercase());
            let language = format!("&lang={tag}");
            phone.open(&house.as_account(&account, &language)).await?;
            phone.see("vip-state").await?;
            phone.see("product-vip-month").await?;
            album
                .hang_light(phone, &format!("shop-{tag}"), &[words.shop])
                .await?;
            ensure!(
                phone.run("return document.documentElement.lang").await? == tag,
                "the document says another language"
            );
            phone.tap("product-vip-month").await?;
            phone.see("pay-button").await?;
            album
                .hang_light(phone, &format!("order-{tag}"), &[words.order])
                .await?;
            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            album
                .hang_light(phone, &format!("paid-{tag}"), words.paid)
                .await?;
            phone.tap("my-orders").await?;
            album
                .hang_light(phone, &format!("orders-{tag}"), &[words.orders])
                .await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_language_is_switched_by_a_tap_and_stays() -> Result<()> {
    play("a_language_is_switched_by_a_tap_and_stays", async |stage| {
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        phone.read("我的订单").await?;
        phone.tap_by("nav button[lang=en]").await?;
        phone.read("My orders").await?;
        phone.open(&house.inside_wechat()).await?;
        phone.read("My orders").await?;
        // A link that names a language wins over what was chosen, for this visit.
        phone
            .open(&format!("{}?lang=zh-TW", house.inside_wechat()))
            .await?;
        phone.read("我的訂單").await
    })
    .await
}
