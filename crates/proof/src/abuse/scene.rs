//! The scene of the abuse: a server under tight limits, WeChat, good buyers, a victim and Mallory.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::cookie::{CookieStore, Jar};
use serde_json::Value;
use wechat_checkout_gateway::SignType;
use wechat_checkout_protocol::{OpenId, OrderStatus, OrderView, routes};
use wechat_checkout_simulator::{Scenario, Simulator, SimulatorConfig};

use super::good::{self, Buyer, GoodShop, Socket};
use crate::shop::{Cashier, Limits, Observed, Program, ShopFiles};

/// What a shell gives a program on most systems, and may not be exceeded here.
const DESCRIPTORS: u32 = 1_024;

/// Few enough to sign in before the show, many enough that none asks too often.
const GOOD_BUYERS: usize = 32;

/// Setting up takes moments; what takes longer hangs.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// Numbers of good lives of one measurement; they pay some thousands.
const NUMBERS_EACH: u64 = 1 << 32;

/// Everything that a run needs.
#[derive(Debug)]
pub(super) struct Scene {
    server: Program,
    wechat: Simulator,
    http: reqwest::Client,
    buyers: Vec<Buyer>,
    victim: (Buyer, OrderView),
    mallory: Buyer,
    measurements: AtomicU64,
    seed: u64,
}

impl Scene {
    pub(super) async fn set(program: &Path, folder: &Path, seed: u64) -> Result<Scene> {
        let wechat = Simulator::start(SimulatorConfig::default()).await?;
        // The good buyers bring the notifications themselves.
        wechat.set_scenario(Scenario::NotifyLost);
        let config = ShopFiles {
            gateway: wechat.gateway_url().as_str(),
            origin: wechat.client_url().as_str(),
            sign_type: SignType::HmacSha256,
            voucher_codes: 1,
        }
        .write(folder)?;
        let page = folder.join("page");
        std::fs::create_dir_all(&page)?;
        std::fs::write(
            page.join("index.html"),
            "<!doctype html><title>shop</title>",
        )?;
        let limits = Limits {
            descriptors: DESCRIPTORS,
            page: &page,
        };
        let server = Program::start_within(program, &config, limits).await?;
        wechat.set_page(format!("http://{}", server.address()).parse()?);
        let mut buyers = Vec::with_capacity(GOOD_BUYERS);
        for number in 0..GOOD_BUYERS {
            buyers.push(sign_in(&wechat, &server, &format!("good-{number}")).await?);
        }
        // Each request has a connection of its own, as those of many buyers have.
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(READY_WITHIN)
            .build()?;
        let victim = sign_in(&wechat, &server, "victim").await?;
        let key = "the-order-of-the-victim";
        let order = good::place(&http, server.address(), &victim, key).await?;
        let mallory = sign_in(&wechat, &server, "mallory").await?;
        Ok(Scene {
            server,
            wechat,
            http,
            buyers,
            victim: (victim, order),
            mallory,
            measurements: AtomicU64::new(0),
            seed,
        })
    }

    pub(super) const fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn server(&self) -> Result<Observed> {
        self.server.observed().context("the server has ended")
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The open order that everybody is after.
    pub(super) const fn victim(&self) -> &OrderView {
        &self.victim.1
    }

    /// The session of another buyer, whom the victim's order is no business of.
    pub(super) fn mallory(&self) -> &str {
        &self.mallory.cookie
    }

    pub(super) fn good_shop(&self) -> Result<GoodShop> {
        let measurement = self.measurements.fetch_add(1, Ordering::Relaxed);
        Ok(GoodShop {
            address: self.address(),
            buyers: self.buyers.clone(),
            cashier: Cashier::new(SignType::HmacSha256)?,
            http: self.http.clone(),
            first_number: measurement * NUMBERS_EACH,
        })
    }

    /// A socket with the token that belongs to it: whoever misbehaves on it is a buyer, too.
    pub(super) async fn watch_as_victim(&self) -> Result<Socket> {
        good::watch(self.address(), self.victim()).await
    }

    /// Whether anything that was said of the victim's order had an effect.
    pub(super) async fn is_victim_delivered(&self) -> Result<bool> {
        let (victim, order) = &self.victim;
        let url = format!("http://{}{}", self.address(), routes::order(&order.id));
        let call = self.http.get(url).header("cookie", &victim.cookie);
        let answer = call.send().await?.error_for_status()?;
        let order: OrderView = answer.json().await?;
        Ok(order.status != OrderStatus::Unprocessed || order.confirmed_at.is_some())
    }

    pub(super) async fn close(self) -> Result<()> {
        self.server.kill().await?;
        self.wechat.stop().await;
        Ok(())
    }
}

/// Signs in inside simulated WeChat, as a browser does.
async fn sign_in(wechat: &Simulator, server: &Program, name: &str) -> Result<Buyer> {
    let app = wechat.client_url();
    let jar = Arc::new(Jar::default());
    jar.add_cookie_str(&format!("wechat_buyer={name}"), app);
    let http = reqwest::Client::builder()
        .no_proxy()
        .cookie_provider(Arc::clone(&jar))
        .timeout(READY_WITHIN)
        .build()?;
    let start = app.join("oauth/start?return_to=/api/session")?;
    let session: Value = http.get(start).send().await?.json().await?;
    ensure!(
        session["is_signed_in"] == true,
        "{name} is not signed in: {session}"
    );
    let cookies = jar.cookies(app).context("no cookie")?.to_str()?.to_owned();
    let openid = openid_of(wechat, server, &cookies).await?;
    Ok(Buyer {
        cookie: cookies,
        openid,
    })
}

/// WeChat tells the merchant who somebody is; here, what he orders tells it.
async fn openid_of(wechat: &Simulator, server: &Program, cookie: &str) -> Result<OpenId> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let nobody = Buyer {
        cookie: cookie.to_owned(),
        openid: OpenId::parse("unknown")?,
    };
    let order = good::place(&http, server.address(), &nobody, "the-order-that-tells-who").await?;
    let trade = wechat.trade(order.id.as_str()).context("no trade")?;
    OpenId::parse(trade.openid.context("a trade of nobody")?).context("an openid")
}
