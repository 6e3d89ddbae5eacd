//! A journey of somebody who opens the link in an ordinary browser.

use anyhow::{Result, ensure};

use crate::stage::play;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outside_wechat_the_page_shows_the_way_in() -> Result<()> {
    play("outside_wechat_the_page_shows_the_way_in", async |stage| {
        let phone = &stage.phone;
        phone.open(&stage.house.outside_wechat()).await?;
        phone.see("open-in-wechat").await?;
        phone.read("请在微信中打开").await?;
        ensure!(
            !phone.sees("pay-button").await?,
            "there is a pay button where nobody can pay"
        );
        phone.expect_quiet_console().await
    })
    .await
}
