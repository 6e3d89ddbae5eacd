//! Doubt about money: answers that are none, a network that comes back, a sheet that answers twice, a
//! sign-in that brought nobody.

use anyhow::{Result, ensure};
use serde_json::json;
use wechat_checkout_protocol::OrderStatus;

use crate::stage::{Stage, play};

/// A firewall's page in the place of every answer of the server, and no sockets, while the tab says so.
const FIREWALL: &str = r#"
const isUp = () => sessionStorage.getItem("firewall") === "up";
const RealSocket = window.WebSocket;
const open = new Set();
window.WebSocket = function (...address) {
  if (isUp()) throw new Error("no sockets here");
  const socket = new RealSocket(...address);
  open.add(socket);
  return socket;
};
window.raiseFirewall = () => {
  sessionStorage.setItem("firewall", "up");
  for (const socket of open) socket.close();
};
window.lowerFirewall = () => sessionStorage.removeItem("firewall");
const straight = window.fetch;
window.fetch = (address, options) => isUp() && String(address.url ?? address).includes("/api/")
  ? Promise.resolve(new Response("<h1>Blocked</h1>", { headers: { "content-type": "text/html" } }))
  : straight(address, options);
"#;
/// Notes what the page reports about the sheet.
const NOTE_REPORTS: &str = r#"
const straight = window.fetch;
window.reports = [];
window.fetch = async (address, options) => {
  const url = String(address.url ?? address);
  if (url.endsWith("/report")) {
    const body = options?.body ?? await address.clone().text();
    window.reports.push(JSON.parse(body).outcome);
  }
  return straight(address, options);
};
"#;

/// What no page may say while nobody knows.
const DENIALS: [&str; 4] = ["被扣款", "未扣款", "没有付款", "未支付"];

async fn expect_no_denial(stage: &Stage) -> Result<()> {
    let text = stage.phone.text().await?;
    let denial = DENIALS.iter().find(|denial| text.contains(*denial));
    ensure!(denial.is_none(), "the page denies a charge: {text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_none_denies_no_charge() -> Result<()> {
    play("an_answer_that_is_none_denies_no_charge", async |stage| {
        let Stage { house, phone } = &*stage;
        phone.be_another_web_view(FIREWALL).await?;
        phone.open(&house.inside_wechat()).await?;
        phone.tap("product-vip-month").await?;
        phone.tap("pay-button").await?;
        phone.see("sheet-pay").await?;
        phone.run("raiseFirewall()").await?;
        phone.tap("sheet-pay").await?;
        phone.read("正在确认支付结果").await?;
        phone.read("请勿重复支付").await?;
        expect_no_denial(stage).await?;

        // The same order, paid long since, after a reload.
        phone.reload().await?;
        phone.read("请勿重复支付").await?;
        expect_no_denial(stage).await?;
        phone.run("lowerFirewall()").await?;
        phone.tap("retry").await?;
        phone.see_status(OrderStatus::Confirmed).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_is_back_takes_its_notice_along() -> Result<()> {
    play(
        "a_network_that_is_back_takes_its_notice_along",
        async |stage| {
            let Stage { house, phone } = stage;
            phone.open(&house.as_account("tunnel", "")).await?;
            phone.tap("product-vip-month").await?;
            phone.see("pay-button").await?;
            let order = phone.order_id().await?;
            house.set_offline("tunnel", true).await?;
            phone.read("网络不可用").await?;
            house.simulator.pay(&order)?;
            house.set_offline("tunnel", false).await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone
                .find_by("return !document.querySelector('.wc-notice')")
                .await?;

            // And once more on the result.
            house.set_offline("tunnel", true).await?;
            phone.read("网络不可用").await?;
            phone.read("支付成功").await?;
            house.set_offline("tunnel", false).await?;
            phone
                .find_by("return !document.querySelector('.wc-notice')")
                .await
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_answer_of_a_sheet_is_taken() -> Result<()> {
    play("the_second_answer_of_a_sheet_is_taken", async |stage| {
        let Stage { house, phone } = stage;
        phone.be_another_web_view(NOTE_REPORTS).await?;
        phone
            .open(&house.as_account("twice", "&scenario=cancel-then-ok"))
            .await?;
        phone.tap("product-vip-month").await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.find_by("return window.reports.length === 2").await?;
        let reports = phone.run("return window.reports").await?;
        ensure!(reports == json!(["cancel", "ok"]), "reported: {reports}");
        phone.see_status(OrderStatus::Confirmed).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_failed_says_why_and_leads_back() -> Result<()> {
    play(
        "a_sign_in_that_failed_says_why_and_leads_back",
        async |stage| {
            let Stage { house, phone } = stage;
            for (reason, words) in [
                ("refused", "微信没有完成登录"),
                ("snapshot", "使用完整服务"),
                ("expired", "登录链接已过期"),
                ("unavailable", "微信登录服务繁忙"),
            ] {
                let address = format!("{}?view=orders&sign_in={reason}", house.inside_wechat());
                phone.open(&address).await?;
                phone.read("登录未完成").await?;
                phone.read(words).await?;
                let search = phone.run("return location.search").await?;
                ensure!(search == "?view=orders", "the address still says {search}");
                phone.tap("retry").await?;
                phone.see("order-list").await?;
                phone.forget_cookies().await?;
            }
            Ok(())
        },
    )
    .await
}
