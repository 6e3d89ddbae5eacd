//! Back and forward, another page and back again, the phone in the pocket.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::time::timeout;
use wechat_checkout_protocol::OrderStatus;
use wechat_checkout_simulator::{NotificationStatus, NotificationView, Scenario};

use crate::stage::{Stage, play};

/// Counts the page's open sockets, and keeps how many there were when the page was left: browsers keep
/// no page in memory that has one, but not all browsers of all versions are so strict.
const COUNT_SOCKETS: &str = r#"
const RealSocket = window.WebSocket;
const open = new Set();
let isLeft = false;
const note = () => {
  if (isLeft) sessionStorage.setItem("sockets-when-left", open.size);
};
window.openSockets = () => open.size;
window.WebSocket = function (...address) {
  const socket = new RealSocket(...address);
  const close = socket.close.bind(socket);
  open.add(socket);
  socket.addEventListener("close", () => open.delete(socket));
  socket.close = (...why) => {
    open.delete(socket);
    note();
    close(...why);
  };
  return socket;
};
window.addEventListener("pagehide", () => { isLeft = true; note(); });
window.addEventListener("pageshow", () => { isLeft = false; });
"#;
/// Why the browser did not keep the page, in its own words (Chromium 123 and newer).
const WHY_NOT_KEPT: &str = "return JSON.stringify(\
     performance.getEntriesByType('navigation')[0]?.notRestoredReasons ?? 'no reason given')";

/// For a notification that is due at once.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_leads_to_the_shop_and_forward_to_the_order() -> Result<()> {
    play(
        "back_leads_to_the_shop_and_forward_to_the_order",
        async |stage| {
            let phone = &stage.phone;
            phone.open(&stage.house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.see("pay-button").await?;
            let order = phone.order_id().await?;
            phone.window().back().await?;
            phone.see("product-vip-month").await?;
            phone.window().forward().await?;
            phone.see("pay-button").await?;
            phone.expect_order(&order).await?;
            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await
        },
    )
    .await
}

/// WeChat's own browser keeps the page in memory when a link leads away from it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_left_and_returned_to_shows_what_happened_meanwhile() -> Result<()> {
    play(
        "a_page_left_and_returned_to_shows_what_happened_meanwhile",
        async |stage| {
            let Stage { house, phone } = stage;
            phone.be_another_web_view(COUNT_SOCKETS).await?;
            phone.open(&house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.see("pay-button").await?;
            let order = phone.order_id().await?;
            phone.find_by("return openSockets() === 1").await?;
            phone.run("window.wasHereBefore = true").await?;
            phone.run("location.assign('/healthz')").await?;
            phone
                .find_by("return location.pathname === '/healthz'")
                .await?;
            house.simulator.pay(&order)?;
            let is_told = |told: &NotificationView| told.status == NotificationStatus::Acknowledged;
            let all_told = house
                .simulator
                .wait_until(|wechat| wechat.notifications().iter().any(is_told));
            timeout(PATIENCE, all_told)
                .await
                .context("the server is not told")?;
            phone.window().back().await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            let left_open = phone
                .run("return sessionStorage.getItem('sockets-when-left')")
                .await?;
            ensure!(left_open == "0", "open sockets when left: {left_open}");
            let is_same = phone.run("return window.wasHereBefore === true").await?;
            let why = phone.run(WHY_NOT_KEPT).await?;
            ensure!(
                is_same == true,
                "the page was loaded anew, not restored; the browser says {why}"
            );
            phone.find_by("return openSockets() === 1").await?;
            phone.expect_order(&order).await?;
            ensure!(
                !phone.sees("pay-button").await?,
                "a page out of the cache offers to pay what is paid"
            );
            Ok(())
        },
    )
    .await
}

/// The cashier covers the page, the system stops it, and the bridge never calls back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_slept_through_the_payment_wakes_up_to_it() -> Result<()> {
    play(
        "a_page_that_slept_through_the_payment_wakes_up_to_it",
        async |stage| {
            let Stage { house, phone } = stage;
            house.simulator.set_scenario(Scenario::SilentBridge);
            phone.open(&house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.tap("pay-button").await?;
            phone.see("sheet-pay").await?;
            let order = phone.order_id().await?;
            phone.freeze().await?;
            // Its sockets do not survive the sleep.
            house.simulator.cut_sockets();
            house.simulator.pay(&order)?;
            phone.thaw().await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone.expect_order(&order).await
        },
    )
    .await
}
