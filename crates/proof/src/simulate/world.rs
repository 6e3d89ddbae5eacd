//! One life: a simulated WeChat, a server that can crash, a disk that can fail, and chance.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wechat_checkout_protocol::OpenId;
use wechat_checkout_server::Config;
use wechat_checkout_server::clock::Clock;
use wechat_checkout_simulator::{Pace, Simulator, SimulatorConfig};

use super::Plan;
use super::check::Memory;
use super::life::Life;
use super::step::Step;
use crate::disk::{Disk, Ending};
use crate::shop::{Folder, ShopFiles};

/// Steps of one life, at least and at most.
const STEPS: std::ops::Range<u32> = 16..48;
const BUYERS: usize = 4;
/// Few enough that lives meet an empty shelf.
const VOUCHER_CODES: u32 = 5;

/// What happened in one life, or in many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) orders: u64,
    pub(super) paid: u64,
    pub(super) refunded: u64,
    pub(super) steps: u64,
    pub(super) crashes: u64,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Tally) {
        self.orders += other.orders;
        self.paid += other.paid;
        self.refunded += other.refunded;
        self.steps += other.steps;
        self.crashes += other.crashes;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "orders {} paid {} refunded {} steps {} crashes {}",
            self.orders, self.paid, self.refunded, self.steps, self.crashes
        )
    }
}

/// One life. Dropping it leaves nothing behind.
pub(super) struct World {
    pub(super) chance: StdRng,
    pub(super) wechat: Simulator,
    pub(super) clock: Clock,
    pub(super) disk: Arc<Disk>,
    pub(super) buyers: Vec<OpenId>,
    pub(super) memory: Memory,
    pub(super) http: reqwest::Client,
    config: Config,
    /// `None` only while it is being replaced.
    life: Option<Life>,
    steps: Vec<String>,
    tally: Tally,
    _folder: Folder,
}

impl World {
    pub(super) async fn begin(plan: &Plan, seed: u64) -> Result<World> {
        let folder = Folder::new(&plan.folder, "simulate")?;
        let disk = Disk::plug_in(folder.path())?;
        let wechat = Simulator::start(SimulatorConfig {
            pace: Pace::Held,
            ..SimulatorConfig::default()
        })
        .await?;
        let files = ShopFiles {
            gateway: wechat.gateway_url().as_str(),
            origin: wechat.client_url().as_str(),
            sign_type: wechat_checkout_gateway::SignType::HmacSha256,
            voucher_codes: VOUCHER_CODES,
        };
        let mut config = files.load(folder.path())?;
        let clock = Clock::held_at(wechat.clock().now());
        let life = Life::begin(&config, &clock).await?;
        // WeChat remembers where to notify; after a crash the server must be found there again.
        config.listen = life.address()?;
        let buyers = (0..BUYERS)
            .map(|index| OpenId::parse(format!("oSimulatedBuyer{seed:020}{index}")))
            .collect::<Result<_, _>>()?;
        Ok(World {
            chance: StdRng::seed_from_u64(seed),
            wechat,
            clock,
            disk,
            buyers,
            memory: Memory::default(),
            http: reqwest::Client::builder().no_proxy().build()?,
            config,
            life: Some(life),
            steps: Vec::new(),
            tally: Tally::default(),
            _folder: folder,
        })
    }

    /// Lives it to the end and says what happened.
    pub(super) async fn live(&mut self) -> Result<Tally> {
        for _ in 0..self.chance.random_range(STEPS) {
            let step = Step::draw(self);
            self.note(format!("{step:?}"));
            self.play(step).await.context("the step itself failed")?;
            self.recover_and_check().await?;
        }
        self.let_everything_end().await?;
        Ok(Tally {
            steps: self.tally.steps,
            crashes: self.tally.crashes,
            ..self.memory.tally()
        })
    }

    /// Ends it. Nothing can go wrong here that matters.
    pub(super) async fn end(mut self) {
        self.disk.die();
        if let Some(life) = self.life.take() {
            life.crash().await;
        }
        let _ = self.disk.restore(Ending::Process).await;
        self.disk.unplug();
        self.wechat.stop().await;
    }

    pub(super) fn note(&mut self, what: String) {
        self.tally.steps += 1;
        self.steps.push(what);
    }

    pub(super) fn steps(&self) -> &[String] {
        &self.steps
    }

    pub(super) fn life(&self) -> Result<&Life> {
        self.life.as_ref().context("the server is not running")
    }

    /// A server whose disk died is gone; another one starts on what is left.
    pub(super) async fn recover(&mut self) -> Result<()> {
        if self.disk.is_dead() {
            let ending = self.draw_ending();
            self.crash(ending).await?;
        }
        Ok(())
    }

    /// Looks at everything, on a server that is alive: a worker may meet the disk's last moment
    /// while we look, and then there is another server to look at.
    async fn recover_and_check(&mut self) -> Result<()> {
        loop {
            self.recover().await?;
            match self.check().await {
                Err(_) if self.disk.is_dead() => {}
                checked => return checked,
            }
        }
    }

    pub(super) fn draw_ending(&mut self) -> Ending {
        match self.chance.random_range(0..4) {
            0 => Ending::Power,
            1 => Ending::TornPower(self.chance.random()),
            _ => Ending::Process,
        }
    }

    /// Ends the server at once and starts another one; at times that one dies while starting.
    pub(super) async fn crash(&mut self, ending: Ending) -> Result<()> {
        self.tally.crashes += 1;
        self.steps.push(format!("  the server is gone: {ending:?}"));
        self.disk.die();
        if let Some(life) = self.life.take() {
            life.crash().await;
        }
        self.disk.restore(ending).await?;
        if self.chance.random_ratio(1, 8) {
            self.disk.die_after(self.chance.random_range(0..6));
            if let Ok(stillborn) = Life::begin(&self.config, &self.clock).await {
                stillborn.crash().await;
            }
            self.disk.die();
            self.disk.restore(ending).await?;
        }
        self.life = Some(Life::begin(&self.config, &self.clock).await?);
        Ok(())
    }
}
