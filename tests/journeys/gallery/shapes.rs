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

async fn in_all_shapes(phone: &Phone, album: &Album, screen: &str) -> Result<()> {
    for (name, shape) in SHAPES {
        phone.set_shape(shape).await?;
        album
            .hang_light(phone, &format!("{screen}-{name}"), &[])
            .await?;
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
