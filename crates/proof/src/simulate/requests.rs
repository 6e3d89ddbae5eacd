//! What buyers and time do to the server.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use wechat_checkout_protocol::{OpenId, OrderId, routes};
use wechat_checkout_server::session::{Purpose, SESSION_MS};

use super::world::World;

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

    /// A server that dies answers nothing, one without a database 503: both are fine here. What
    /// is not fine is an internal error, or no answer while it lives.
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
            .json(&body)
            .timeout(ANSWERED_WITHIN);
        let answered = tokio::select! {
            answered = request.send() => answered,
            () = self.disk.dead() => return Ok(()),
        };
        let status = answered?.status().as_u16();
        ensure!(
            ![401, 404, 500].contains(&status),
            "the server answered {status} to {path}"
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

    /// Whether an inquiry is due that nobody has taken up. A database that fails says no.
    async fn is_work_due(&self) -> bool {
        let Ok(life) = self.life() else {
            return false;
        };
        let due_at = life.app().store.next_inquiry_at().await;
        due_at
            .ok()
            .flatten()
            .is_some_and(|due_at| due_at <= self.clock.now())
    }
}
