//! A shop in a storm: what buyers, operators, WeChat and time can do to it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use wechat_checkout_gateway::SignType;
use wechat_checkout_protocol::{OpenId, OrderId, routes};
use wechat_checkout_server::Server;
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::session::{Purpose, SESSION_MS};
use wechat_checkout_simulator::{Pace, Scenario, Simulator, SimulatorConfig};

use super::Counts;
use crate::shop::{ADMIN_TOKEN, Folder, ShopFiles};

/// An answer that comes later than this is a hang.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// A refund takes WeChat minutes, and our questions about it come at their own pace.
const STRIDE: Duration = Duration::from_secs(120);
const STRIDES_MAX: usize = 40;
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// One server, one WeChat.
pub(super) struct Shop {
    pub(super) wechat: Simulator,
    pub(super) server: Server,
    pub(super) chance: StdRng,
    pub(super) counts: Counts,
    /// Voucher codes that orders have received.
    pub(super) codes: std::collections::HashSet<String>,
    clock: Clock,
    http: reqwest::Client,
    _folder: Folder,
}

impl Shop {
    pub(super) async fn open(folder: &Path, storms: u32, seed: u64) -> Result<Shop> {
        let folder = Folder::new(folder, "storms")?;
        let wechat = Simulator::start(SimulatorConfig {
            pace: Pace::Held,
            ..SimulatorConfig::default()
        })
        .await?;
        // The storm brings the notifications.
        wechat.set_scenario(Scenario::NotifyLost);
        let config = ShopFiles {
            gateway: wechat.gateway_url().as_str(),
            origin: wechat.client_url().as_str(),
            sign_type: SignType::HmacSha256,
            voucher_codes: storms,
        }
        .load(folder.path())?;
        let clock = Clock::held_at(wechat.clock().now());
        Ok(Shop {
            server: Server::start_at(config, clock.clone()).await?,
            wechat,
            clock,
            chance: StdRng::seed_from_u64(seed),
            counts: Counts::default(),
            codes: std::collections::HashSet::new(),
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(ANSWERED_WITHIN)
                .build()?,
            _folder: folder,
        })
    }

    pub(super) async fn close(self) {
        self.server.stop().await;
        self.wechat.stop().await;
    }

    pub(super) async fn place(&self, buyer: &OpenId, product: &str) -> Result<OrderId> {
        let wish = json!({
            "product_id": product,
            "quantity": 1,
            "idempotency_key": "the-one-key-of-this-buyer",
        });
        let answer = self
            .as_buyer(buyer, routes::ORDERS)
            .json(&wish)
            .send()
            .await?;
        let order: Value = answer.error_for_status()?.json().await?;
        let id = order["id"].as_str().context("an order without id")?;
        Ok(OrderId::parse(id)?)
    }

    /// The page says that the sheet said ok.
    pub(super) async fn report(&self, buyer: &OpenId, id: &OrderId) -> Result<()> {
        let path = format!("{}/{id}/report", routes::ORDERS);
        let report = json!({ "outcome": "ok", "raw": "storm" });
        let answer = self.as_buyer(buyer, &path).json(&report).send().await?;
        let _ = answer.error_for_status()?;
        Ok(())
    }

    fn as_buyer(&self, buyer: &OpenId, path: &str) -> RequestBuilder {
        let ends_at = self.clock.now().plus_ms(SESSION_MS);
        let key = &self.server.app().session_key;
        let session = key.seal(Purpose::Session, buyer, ends_at);
        self.http
            .post(self.server.url() + path)
            .header("cookie", format!("checkout_session={session}"))
    }

    /// An operator makes the server ask WeChat now.
    pub(super) async fn inquire(&self, id: &OrderId) -> Result<()> {
        let answer = self.as_operator(id, "inquire").send().await?;
        let _ = answer.error_for_status()?;
        Ok(())
    }

    /// An operator wants all of the money to go back; whether the server agreed.
    pub(super) async fn ask_refund(&self, id: &OrderId) -> Result<bool> {
        let answer = self
            .as_operator(id, "refunds")
            .json(&json!({}))
            .send()
            .await?;
        match answer.status() {
            StatusCode::OK => Ok(true),
            // Not paid yet, as far as the server knows.
            StatusCode::CONFLICT => Ok(false),
            status => bail!("the server answered {status} to a refund"),
        }
    }

    fn as_operator(&self, id: &OrderId, what: &str) -> RequestBuilder {
        self.http
            .post(format!("{}/admin/orders/{id}/{what}", self.server.url()))
            .bearer_auth(ADMIN_TOKEN)
    }

    /// Lets time pass until no refund is on its way.
    pub(super) async fn until_refunds_ended(&self) -> Result<()> {
        for _ in 0..STRIDES_MAX {
            if self.next_refund_in_ms().await?.is_none() {
                return Ok(());
            }
            self.clock.advance_ms(i64::try_from(STRIDE.as_millis())?);
            self.wechat.step(STRIDE).await;
            let deadline = Instant::now() + ANSWERED_WITHIN;
            while self.next_refund_in_ms().await?.is_some_and(|ms| ms <= 0) {
                ensure!(Instant::now() < deadline, "a refund is not worked off");
                self.server.app().bells.refund.notify_one();
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        bail!("a refund never ended");
    }

    async fn next_refund_in_ms(&self) -> Result<Option<i64>> {
        let due_at = self.server.app().store.next_refund_at().await?;
        Ok(due_at.map(|due_at| due_at.since_ms(self.clock.now())))
    }
}
