//! A buyer signs out, stays out over a reload, and comes back by his own tap.

use anyhow::Result;

use crate::stage::{Stage, play};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_signs_out_and_in_again() -> Result<()> {
    play("a_buyer_signs_out_and_in_again", async |stage| {
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        phone.see("vip-state").await?;
        phone.tap("my-orders").await?;
        phone.tap("sign-out").await?;
        phone.see("signed-out").await?;
        phone.see("product-vip-month").await?;
        phone.reload().await?;
        phone.see("signed-out").await?;
        phone.expect_quiet_console().await?;
        phone.tap("sign-in").await?;
        phone.see("vip-state").await.map(drop)
    })
    .await
}
