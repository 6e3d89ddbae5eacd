//! The same screens on other phones: narrow, wide, turned, on a desk, with large letters.

use anyhow::Result;
use wechat_checkout_protocol::OrderStatus;

use super::album::Album;
use crate::device::Shape;
use crate::phone::Phone;
use crate::stage::{Stage, play};

const fn phone_of(width: u32, height: u32) -> Shape {
    Shape {
        width,
        height,
        is_phone: true,
    }
}

/// Shapes that are judged on each screen, and photographed on those that fill them differently.
const SHAPES: [(&str, Shape); 4] = [
    ("320", phone_of(320, 568)),
    ("430", phone_of(430, 932)),
    ("landscape", phone_of(844, 390)),
    (
        "desk",
        Shape {
            width: 1280,
            height: 800,
            is_phone: false,
        },
    ),
];

/// The others look as one expects them to.
const PHOTOGRAPHED: [&str; 6] = [
    "shop-320",
    "order-320",
    "paid-320",
    "order-landscape",
    "order-desk",
    "outside-desk",
];

/// What WeChat does when its letters are set to the largest: every text grows, no box does.
const LARGE_LETTERS: &str = "document.body.style.webkitTextSizeAdjust = '150%'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_on_other_screens() -> Result<()> {
    play("gallery_on_other_screens", async |stage| {
        let album = Album::open()?;
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        phone.see("vip-state").await?;
        phone.see("product-vip-month").await?;
        in_all_shapes(phone, &album, "shop").await?;
        phone.tap("product-vip-month").await?;
        phone.see("pay-button").await?;
        in_all_shapes(phone, &album, "order").await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.see_status(OrderStatus::Confirmed).await?;
        in_all_shapes(phone, &album, "paid").await?;
        phone.tap("my-orders").await?;
        phone.see("order-row").await?;
        in_all_shapes(phone, &album, "orders").await?;
        phone.open(&house.outside_wechat()).await?;
        phone.see("open-in-wechat").await?;
        in_all_shapes(phone, &album, "outside").await
    })
    .await
}

/// The lowest edge of the first button that can be tapped lies on the screen.
const BUTTON_IN_VIEW: &str = r#"
window.scrollTo(0, 0);
const button = document.querySelector(".wc-actions .wc-button");
const box = button.getBoundingClientRect();
return box.top >= 0 && box.bottom <= innerHeight;
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_vouchers_are_bought_on_a_small_phone() -> Result<()> {
    play("two_vouchers_are_bought_on_a_small_phone", async |stage| {
        let album = Album::open()?;
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        // A document that is opened afterwards would have the usual shape again.
        phone.set_shape(phone_of(320, 568)).await?;
        phone.find_by("return innerWidth === 320").await?;
        phone.tap("quantity-more").await?;
        phone.read("¥15.00 ×2").await?;
        album.judge(phone, "shop-counted-320").await?;
        phone.tap("product-coffee-voucher").await?;
        phone.read("立即支付 ¥30.00").await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.see_status(OrderStatus::Confirmed).await?;
        phone.find_by(BUTTON_IN_VIEW).await?;
        album
            .hang_light(phone, "paid-vouchers-320", &["支付成功", "咖啡兑换券 ×2"])
            .await?;
        phone.tap("my-orders").await?;
        phone.read("咖啡兑换券 ×2").await
    })
    .await
}

async fn in_all_shapes(phone: &Phone, album: &Album, screen: &str) -> Result<()> {
    for (name, shape) in SHAPES {
        phone.set_shape(shape).await?;
        let name = format!("{screen}-{name}");
        if PHOTOGRAPHED.contains(&name.as_str()) {
            album.hang_light(phone, &name, &[]).await?;
        } else {
            album.judge(phone, &name).await?;
        }
    }
    phone.reset_shape().await?;
    phone.run(LARGE_LETTERS).await?;
    album
        .hang_light(phone, &format!("{screen}-large"), &[])
        .await?;
    phone
        .run("document.body.style.webkitTextSizeAdjust = ''")
        .await
        .map(drop)
}
