//! Good buyers: they order, watch, pay and report while others misbehave, and every step is timed.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use futures_util::{SinkExt, StreamExt};
use reqwest::header::{CONTENT_TYPE, COOKIE};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use wechat_checkout_gateway::notification::ACK_SUCCESS;
use wechat_checkout_protocol::{ClientFrame, OpenId, OrderStatus, OrderView, ServerFrame, routes};

use super::scene::Scene;
use crate::shop::Cashier;

/// Buyers who are in the shop at the same time.
const AT_ONCE: usize = 4;

/// Each begins a life so often; together they stay far below what one buyer may ask.
const A_LIFE_EVERY: Duration = Duration::from_millis(250);

/// A good request that takes longer counts as failed: a buyer would have given up.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// A watch socket.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A signed-in buyer.
#[derive(Clone, Debug)]
pub(super) struct Buyer {
    /// What his browser sends.
    pub(super) cookie: String,
    /// As WeChat names him to this merchant.
    pub(super) openid: OpenId,
}

/// How long every step of every life took.
#[derive(Clone, Debug, Default)]
pub(super) struct Latencies {
    times: Vec<Duration>,
    /// Lives that did not end well, with why the first of them did not.
    pub(super) failed: u64,
    first_failure: Option<String>,
}

impl Latencies {
    /// The time within which 99 of 100 steps were done.
    pub(super) fn p99(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        let index = times.len().saturating_mul(99) / 100;
        times
            .get(index.min(times.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn count(&self) -> usize {
        self.times.len()
    }

    fn add(&mut self, life: Result<Vec<Duration>>) {
        match life {
            Ok(times) => self.times.extend(times),
            Err(error) => {
                self.failed += 1;
                let _ = self.first_failure.get_or_insert(format!("{error:#}"));
            }
        }
    }

    fn join(mut self, other: Latencies) -> Latencies {
        self.times.extend(other.times);
        self.failed += other.failed;
        self.first_failure = self.first_failure.or(other.first_failure);
        self
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, failed) = (self.count(), self.failed);
        write!(
            f,
            "{count} steps, p99 {} ms, {failed} lives failed",
            self.p99().as_millis()
        )?;
        match &self.first_failure {
            Some(why) => write!(f, " (the first: {why})"),
            None => Ok(()),
        }
    }
}

/// Lives good lives for a while, on a thread of their own, so that they are timed by the server's
/// pace and not by that of the hostile hands beside them.
pub(super) async fn measure(scene: &Scene, during: Duration) -> Result<Latencies> {
    let shop = scene.good_shop()?;
    let (done, measured) = oneshot::channel();
    let thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        // Nobody waits any more when the run was broken off.
        let _ = done.send(runtime.block_on(shop.trade(Instant::now() + during)));
        anyhow::Ok(())
    });
    let latencies = measured.await;
    let ended = thread.join();
    ended.map_err(|_| anyhow!("the good buyers' thread panicked"))??;
    latencies.context("the good buyers were never measured")
}

/// What good buyers need to trade.
#[derive(Debug)]
pub(super) struct GoodShop {
    pub(super) address: SocketAddr,
    pub(super) buyers: Vec<Buyer>,
    pub(super) cashier: Cashier,
    pub(super) http: reqwest::Client,
    /// No wish is made twice, and no payment has the number of another.
    pub(super) first_number: u64,
}

impl GoodShop {
    async fn trade(self, ends_at: Instant) -> Latencies {
        let number = AtomicU64::new(self.first_number);
        let hands = (0..AT_ONCE).map(|hand| self.live_again(hand, &number, ends_at));
        let all = futures_util::future::join_all(hands).await;
        all.into_iter().fold(Latencies::default(), Latencies::join)
    }

    /// Each hand has buyers of its own, who take turns.
    async fn live_again(&self, hand: usize, number: &AtomicU64, ends_at: Instant) -> Latencies {
        let mut latencies = Latencies::default();
        let mine = self.buyers.iter().skip(hand).step_by(AT_ONCE);
        for buyer in mine.cycle() {
            let began = Instant::now();
            if began >= ends_at {
                break;
            }
            let number = number.fetch_add(1, Ordering::Relaxed);
            latencies.add(self.live(buyer, number).await);
            sleep_until(began + A_LIFE_EVERY).await;
        }
        latencies
    }

    /// One life, every request on a connection of its own: place, watch, report, notify, see.
    async fn live(&self, buyer: &Buyer, number: u64) -> Result<Vec<Duration>> {
        let mut times = Vec::with_capacity(5);
        let order = timed(&mut times, self.place(buyer, number))
            .await
            .context("placing")?;
        let watching = watch(self.address, &order);
        let mut socket = timed(&mut times, watching).await.context("watching")?;
        let report = self.report(buyer, &order);
        timed(&mut times, report).await.context("reporting")?;
        let notify = self.notify(buyer, &order, number);
        timed(&mut times, notify).await.context("notifying")?;
        let seen = until_confirmed(&mut socket);
        timed(&mut times, seen).await.context("seeing the result")?;
        let _ = socket.close(None).await;
        Ok(times)
    }

    async fn place(&self, buyer: &Buyer, number: u64) -> Result<OrderView> {
        let key = format!("good-buyers-{number:020}");
        place(&self.http, self.address, buyer, &key).await
    }

    async fn report(&self, buyer: &Buyer, order: &OrderView) -> Result<()> {
        let url = format!("http://{}{}", self.address, routes::report(&order.id));
        let body = json!({ "outcome": "ok", "raw": "get_brand_wcpay_request:ok" });
        let call = self.http.post(url).header(COOKIE, &buyer.cookie);
        let answer = call.json(&body).send().await?;
        ensure!(answer.status().is_success(), "{}", answer.status());
        Ok(())
    }

    async fn notify(&self, buyer: &Buyer, order: &OrderView, number: u64) -> Result<()> {
        let transaction_id = format!("4201{number:024}");
        let amount = order.amount_total;
        let body = self
            .cashier
            .notification_of(&order.id, &buyer.openid, amount, &transaction_id);
        let url = format!("http://{}{}", self.address, routes::NOTIFY_PAYMENT);
        let call = self.http.post(url).header(CONTENT_TYPE, "text/xml");
        let answer = call.body(body).send().await?.text().await?;
        ensure!(answer == ACK_SUCCESS, "answered {answer}");
        Ok(())
    }
}

/// Places an order for a month.
pub(super) async fn place(
    http: &reqwest::Client,
    address: SocketAddr,
    buyer: &Buyer,
    key: &str,
) -> Result<OrderView> {
    let wish = json!({ "product_id": "vip-month", "quantity": 1, "idempotency_key": key });
    let url = format!("http://{address}{}", routes::ORDERS);
    let call = http.post(url).header(COOKIE, &buyer.cookie).json(&wish);
    let answer = call.send().await?;
    let status = answer.status();
    ensure!(status.is_success(), "{status}: {}", answer.text().await?);
    Ok(answer.json().await?)
}

/// Opens an order's watch socket and waits for the first snapshot.
pub(super) async fn watch(address: SocketAddr, order: &OrderView) -> Result<Socket> {
    let url = format!("ws://{address}{}", routes::watch(&order.id));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    let token = order.watch_token.clone().context("no watch token")?;
    let frame = serde_json::to_string(&ClientFrame::Watch { token })?;
    socket.send(Message::text(frame)).await?;
    let _ = next_snapshot(&mut socket).await?;
    Ok(socket)
}

async fn until_confirmed(socket: &mut Socket) -> Result<()> {
    while next_snapshot(socket).await?.status != OrderStatus::Confirmed {}
    Ok(())
}

async fn next_snapshot(socket: &mut Socket) -> Result<OrderView> {
    loop {
        let message = socket.next().await.context("the socket ended")??;
        let Message::Text(text) = message else {
            ensure!(!message.is_close(), "the server closed the socket");
            continue;
        };
        if let ServerFrame::Snapshot { order, .. } = serde_json::from_str(&text)? {
            return Ok(*order);
        }
    }
}

async fn timed<T>(times: &mut Vec<Duration>, step: impl Future<Output = Result<T>>) -> Result<T> {
    let began = Instant::now();
    let result = timeout(ANSWERED_WITHIN, step)
        .await
        .context("no answer in time")??;
    times.push(began.elapsed());
    Ok(result)
}
