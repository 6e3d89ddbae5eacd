//! Places where one cannot pay: each says so, shows no pay button, and hands over.

use anyhow::{Result, ensure};
use wechat_checkout_protocol::OrderStatus;

use super::album::Album;
use crate::phone::Phone;
use crate::stage::{Stage, play};

const WECOM: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36 \
                     wxwork/4.1.36 MicroMessenger/7.0.1 NetType/WIFI Language/zh";
const TOO_OLD: &str =
    "Mozilla/5.0 (Linux; U; Android 4.1) AppleWebKit/534.30 Safari/534.30 MicroMessenger/4.5.255";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_outside_wechat() -> Result<()> {
    play("gallery_outside_wechat", async |stage| {
        let album = Album::open()?;
        let Stage { house, phone } = stage;
        phone.open(&house.outside_wechat()).await?;
        let words = ["请在微信中打开", "扫一扫", "复制链接"];
        album.hang(phone, "outside", &words).await?;
        expect_hand_over(phone).await?;
        phone.expect_quiet_console().await?;

        let scenario = format!("{}?scenario=outside-wechat", house.inside_wechat());
        phone.open(&scenario).await?;
        expect_hand_over(phone).await?;

        for (name, agent, words) in [
            ("wecom", WECOM, "企业微信中不能完成此支付"),
            ("wechat-too-old", TOO_OLD, "当前微信版本过低"),
        ] {
            phone.set_user_agent(agent).await?;
            phone.open(&house.outside_wechat()).await?;
            album.hang(phone, name, &[words]).await?;
            expect_hand_over(phone).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_inside_wechat_without_payment() -> Result<()> {
    play("gallery_inside_wechat_without_payment", async |stage| {
        let album = Album::open()?;
        let Stage { house, phone } = stage;
        for (name, choice, words) in [
            ("desktop-wechat", "&wechat_agent=windows", "电脑版微信"),
            ("desktop-wechat-mac", "&wechat_agent=mac", "电脑版微信"),
            ("mini-program", "&scenario=mini-program", "小程序内的网页"),
            ("devtools", "&scenario=devtools", "开发者工具中不能真实支付"),
        ] {
            phone.open(&house.as_account(name, choice)).await?;
            phone.tap("product-vip-month").await?;
            phone.see_status(OrderStatus::Unprocessed).await?;
            let order = phone.order_id().await?;
            let all = [
                "请在手机微信中继续支付",
                words,
                "支付完成后，此页会自动更新",
            ];
            album.hang(phone, name, &all).await?;
            expect_hand_over(phone).await?;

            // The phone that scanned the code pays the very order, and this page learns of it.
            house.simulator.pay(&order)?;
            phone.see_status(OrderStatus::Confirmed).await?;
        }
        phone.expect_quiet_console().await
    })
    .await
}

async fn expect_hand_over(phone: &Phone) -> Result<()> {
    phone.see("open-in-wechat").await?;
    ensure!(
        !phone.sees("pay-button").await?,
        "there is a pay button where nobody can pay"
    );
    // A code that did not load is hidden and has no size.
    phone
        .find_by("return document.querySelector('.wc-qr img').naturalWidth > 0")
        .await
}
