//! What buyers and time do to the server.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use wechat_checkout_protocol::{OpenId, OrderId, routes};
use wechat_checkout_server::session::{Purpose, SESSION_MS};

use super::world::World;
use crate::shop::ADMIN_TOKEN;

/// Fen of a refund that is not all; three of them are less than the cheapest order.
const A_PART: u32 = 400;
/// A request that the server answers later than this is a hang.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);
/// Due work is under way as soon as its bell rings; this bounds the wait for it.
const WORKED_OFF_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(1);

impl World {
    /// Orders as a page would. Whatever the server answers, the checks find what it did.
    pub(super) async fn order(&self, buyer: usize, is_voucher: bool, key: u32) -> Result<()> {
        let product = if is_voucher {
            "coffee-voucher"
        } else {
            "vip-month"
        };
        let wish = json!({
            "product_id": product,
            "quantity": 1,
            "idempotency_key": format!("key-of-wish-{key:08}"),
        });
        self.post(&self.buyers[buyer], routes::ORDERS, wish).await
    }

    pub(super) async fn report(&self, id: &OrderId, outcome: &str) -> Result<()> {
        let Some(buyer) = self.memory.buyer_of(id) else {
            return Ok(());
        };
        let path = format!("{}/{id}/report", routes::ORDERS);
        let report = json!({ "outcome": outcome, "raw": "simulated" });
        self.post(buyer, &path, report).await
    }

    /// Sends money back as an operator would; the machine knows whether there is any.
    pub(super) async fn refund(&self, id: &OrderId, number: u32, is_all: bool) -> Result<()> {
        let out_refund_no = format!("{id}-{number}");
        let body = if is_all {
            json!({ "out_refund_no": out_refund_no })
        } else {
            json!({ "out_refund_no": out_refund_no, "amount": A_PART })
        };
        let url = format!("{}/admin/orders/{id}/refunds", self.life()?.url());
        let request = self.http.post(url).bearer_auth(ADMIN_TOKEN).json(&body);
        self.send(request).await
    }

    async fn post(&self, buyer: &OpenId, path: &str, body: Value) -> Result<()> {
        let life = self.life()?;
        let ends_at = self.clock.now().plus_ms(SESSION_MS);
        let session = life
            .app()
            .session_key
            .seal(Purpose::Session, buyer, ends_at);
        let request = self
            .http
            .post(life.url() + path)
            .header("cookie", format!("checkout_session={session}"))
            .json(&body);
        self.send(request).await
    }

    /// A server that dies answers nothing, one without a database 503: both are fine here. What
    /// is not fine is an internal error, or no answer while it lives.
    async fn send(&self, request: RequestBuilder) -> Result<()> {
        let request = request.timeout(ANSWERED_WITHIN);
        let answered = tokio::select! {
            answered = request.send() => answered,
            () = self.disk.dead() => return Ok(()),
        };
        let answered = answered?;
        let status = answered.status().as_u16();
        ensure!(
            ![400, 401, 404, 429, 500].contains(&status),
            "the server answered {status} to {}",
            answered.url().path()
        );
        Ok(())
    }

    /// Lets time pass for both sides, and what falls due happen.
    pub(super) async fn pass(&self, by: Duration) -> Result<()> {
        self.clock.advance_ms(i64::try_from(by.as_millis())?);
        self.wechat.step(by).await;
        let deadline = Instant::now() + WORKED_OFF_WITHIN;
        self.ring()?;
        while !self.disk.is_dead() && self.is_work_due().await {
            ensure!(Instant::now() < deadline, "due work is not worked off");
            // A worker that met a failing disk rests for real seconds, unless somebody rings.
            self.ring()?;
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.wechat.settle().await;
        Ok(())
    }

    fn ring(&self) -> Result<()> {
        let bells = &self.life()?.app().bells;
        bells.inquiry.notify_one();
        bells.refund.notify_one();
        Ok(())
    }

    /// Whether an inquiry or a refund is due that nobody has taken up. A database that fails says no.
    async fn is_work_due(&self) -> bool {
        let Ok(life) = self.life() else {
            return false;
        };
        let store = &life.app().store;
        let dates = [store.next_inquiry_at().await, store.next_refund_at().await];
        dates
            .into_iter()
            .filter_map(|due_at| due_at.ok().flatten())
            .any(|due_at| due_at <= self.clock.now())
    }
}
