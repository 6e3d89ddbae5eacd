//! A socket that dies, and one that never opens: the page asks instead, one question at a time, and
//! stops asking when the socket is back.

use anyhow::{Result, ensure};
use serde_json::json;
use wechat_checkout_protocol::OrderStatus;

use crate::house::House;
use crate::phone::Phone;
use crate::stage::{Stage, play};

/// A network that lets no socket through, until told; and a count of questions about the order that
/// are under way at the same time.
const NO_SOCKETS: &str = r#"
const RealSocket = window.WebSocket;
window.allowSockets = () => { window.WebSocket = RealSocket; };
window.WebSocket = function () { throw new Error("no sockets here"); };
const straight = window.fetch;
window.questions = { asked: 0, now: 0, most: 0 };
window.fetch = async (address, options) => {
  const isQuestion = /\/api\/orders\/[^/]+$/.test(address.url ?? address)
    && (options?.method ?? address.method) !== "POST";
  if (!isQuestion) return straight(address, options);
  const questions = window.questions;
  questions.asked += 1;
  questions.now += 1;
  questions.most = Math.max(questions.most, questions.now);
  try {
    return await straight(address, options);
  } finally {
    questions.now -= 1;
  }
};
"#;

/// Pays, and lets nobody hear of it yet.
async fn pay_without_news(house: &House, phone: &Phone) -> Result<()> {
    phone.open(&house.inside_wechat()).await?;
    phone.tap("product-vip-month").await?;
    phone.see_status(OrderStatus::Unprocessed).await?;
    house.hold_the_news();
    phone.tap("pay-button").await?;
    phone.tap("sheet-pay").await?;
    phone.see_status(OrderStatus::AwaitingConfirmation).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_socket_is_replaced_and_loses_no_news() -> Result<()> {
    play(
        "a_dead_socket_is_replaced_and_loses_no_news",
        async |stage| {
            let Stage { house, phone } = stage;
            pay_without_news(house, phone).await?;
            house.simulator.cut_sockets();
            house.let_the_news_through();
            phone.see_status(OrderStatus::Confirmed).await
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_sockets_the_page_asks_one_question_at_a_time() -> Result<()> {
    play(
        "without_sockets_the_page_asks_one_question_at_a_time",
        async |stage| {
            let Stage { house, phone } = stage;
            phone.be_another_web_view(NO_SOCKETS).await?;
            pay_without_news(house, phone).await?;
            phone.find_by("return window.questions.asked >= 3").await?;
            let most = phone.run("return window.questions.most").await?;
            ensure!(most == json!(1), "{most} questions were under way at once");

            house.let_the_news_through();
            phone.see_status(OrderStatus::Confirmed).await
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_socket_is_back_the_page_stops_asking() -> Result<()> {
    play(
        "when_the_socket_is_back_the_page_stops_asking",
        async |stage| {
            let Stage { house, phone } = stage;
            phone.be_another_web_view(NO_SOCKETS).await?;
            phone.open(&house.inside_wechat()).await?;
            phone.tap("product-vip-month").await?;
            phone.see_status(OrderStatus::Unprocessed).await?;
            phone.find_by("return window.questions.asked >= 1").await?;
            phone
                .run(
                    "window.allowSockets(); \
                 window.frames_seen = 0; \
                 const Real = window.WebSocket; \
                 window.WebSocket = function (...a) { \
                   const socket = new Real(...a); \
                   socket.addEventListener('message', () => { \
                     window.frames_seen += 1; window.questions.asked = 0; }); \
                   return socket; };",
                )
                .await?;
            // The second frame is a ping, fifteen seconds after the snapshot: had the questions gone on,
            // several would have been asked by then.
            phone.find_by("return window.frames_seen >= 1").await?;
            phone
                .find_by(
                    "window.wasAsked = Math.max(window.wasAsked ?? 0, window.questions.asked); \
                 return window.frames_seen >= 2",
                )
                .await?;
            let asked = phone.run("return window.wasAsked").await?;
            ensure!(
                asked == json!(0),
                "{asked} questions beside a living socket"
            );
            Ok(())
        },
    )
    .await
}
