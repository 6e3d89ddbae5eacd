//! One campaign: payments are confirmed by many callers at once, the power goes, the store opens
//! again, every order is looked at.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wechat_checkout_protocol::{OrderStatus, UnixMillis};
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::order::OrderEvent;
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};
use wechat_checkout_server::store::{Advanced, JournalEvent, Store};

use super::{Counts, Plan};
use crate::disk::{Disk, Ending};
use crate::shop::{DATABASE, Folder, OrderNumber, place_all};

/// Orders paid between two cuts.
const ORDERS: u64 = 200;
/// Callers at once; each tells of its orders twice.
const CALLERS: u64 = 20;
/// The power goes within so many operations of the disk: some cuts come before the first commit,
/// most in the middle, some after checkpoints.
const OPERATIONS_MAX: u64 = 1_500;

/// The log is written back this often, so that many cuts come in the middle of that.
const LOG_PAGES: u32 = 300;

/// After every cut its own orders are looked at, after some of them all.
const THOROUGH_EVERY: u64 = 10;

/// A database, its disk, and what was promised.
pub(super) struct Campaign {
    folder: Folder,
    disk: Arc<Disk>,
    durability: Durability,
    chance: StdRng,
    now: UnixMillis,
    cuts: u32,
    acknowledged: BTreeSet<u64>,
    counts: Counts,
}

impl Campaign {
    pub(super) async fn start(plan: &Plan, seed: u64, durability: Durability) -> Result<Campaign> {
        let folder = Folder::new(&plan.folder, "power-cuts")?;
        let disk = Disk::plug_in(folder.path())?;
        let campaign = Campaign {
            folder,
            disk,
            durability,
            chance: StdRng::seed_from_u64(seed),
            now: Clock::System.now(),
            cuts: plan.cuts,
            acknowledged: BTreeSet::new(),
            counts: Counts::default(),
        };
        // The orders themselves are not at stake: they are on the disk before the first cut.
        let store = campaign.open(Durability::Full)?;
        let orders = ORDERS.saturating_mul(plan.cuts.into());
        place_all(&store, 0..orders, campaign.now).await?;
        drop(store);
        campaign.disk.die();
        campaign.disk.restore(Ending::Process).await?;
        Ok(campaign)
    }

    fn open(&self, durability: Durability) -> Result<SqliteStore> {
        Ok(SqliteStore::open_with_log(
            &self.folder.path().join(DATABASE),
            durability,
            LOG_PAGES,
        )?)
    }

    pub(super) async fn run(mut self) -> Result<Counts> {
        for cut in 0..u64::from(self.cuts) {
            let first = cut * ORDERS;
            self.confirm_until_the_power_goes(first).await?;
            let ending = match self.chance.random_range(0..3) {
                0 => Ending::Power,
                _ => Ending::TornPower(self.chance.random()),
            };
            self.disk.restore(ending).await?;
            // A cut in a checkpoint could damage what was safe long ago.
            let is_thorough = cut % THOROUGH_EVERY == 0 || cut + 1 == u64::from(self.cuts);
            self.count_lost(if is_thorough { 0 } else { first }).await?;
        }
        self.retry_and_audit().await?;
        self.disk.unplug();
        Ok(self.counts)
    }

    async fn confirm_until_the_power_goes(&mut self, first: u64) -> Result<()> {
        let store = self.open(self.durability)?;
        self.disk
            .die_after(self.chance.random_range(0..OPERATIONS_MAX));
        let acknowledged = RefCell::new(&mut self.acknowledged);
        let now = self.now;
        let _ = join_all((0..CALLERS).map(|caller| {
            let (store, acknowledged) = (&store, &acknowledged);
            async move {
                for _repeat in 0..2 {
                    for number in (first + caller..first + ORDERS).step_by(10) {
                        if confirm(store, number, now).await? {
                            let _ = acknowledged.borrow_mut().insert(number);
                        }
                    }
                }
                anyhow::Ok(())
            }
        }))
        .await;
        drop(store);
        // A life whose load ended first loses its power at the end, with nobody at work.
        self.disk.die();
        Ok(())
    }

    /// Looks at the acknowledged orders from a number on. A lost one is counted once.
    async fn count_lost(&mut self, from: u64) -> Result<()> {
        let store = self.open(self.durability)?;
        let mut lost = Vec::new();
        for number in self.acknowledged.range(from..) {
            if delivered(&store, *number).await? != Delivered::Once {
                lost.push(*number);
            }
        }
        for number in &lost {
            let _ = self.acknowledged.remove(number);
            self.counts.lost += 1;
        }
        self.counts.acknowledged += u64::try_from(lost.len())?;
        drop(store);
        // Closing tidies the log away; the next cut shall find the disk as this one left it.
        self.disk.die();
        self.disk.restore(Ending::Process).await
    }

    /// WeChat goes on until everything is acknowledged; then every order is delivered once.
    async fn retry_and_audit(&mut self) -> Result<()> {
        let store = self.open(self.durability)?;
        for number in 0..u64::from(self.cuts) * ORDERS {
            let is_acknowledged = confirm(&store, number, self.now).await?;
            ensure!(is_acknowledged, "payment {number} is never acknowledged");
            match delivered(&store, number).await? {
                Delivered::Once => {}
                Delivered::Nothing => self.counts.undelivered += 1,
                Delivered::Oddly => self.counts.doubled += 1,
            }
        }
        self.counts.acknowledged += u64::try_from(self.acknowledged.len())?;
        drop(store);
        self.disk.die();
        self.disk.restore(Ending::Process).await
    }
}

/// Whether the store promises that the payment is on the disk.
async fn confirm(store: &SqliteStore, number: u64, now: UnixMillis) -> Result<bool> {
    let number = OrderNumber(number);
    let event = OrderEvent::Paid(number.payment()?);
    let advanced = store.advance(&number.id()?, event, now).await?;
    Ok(matches!(
        advanced,
        Advanced::Applied(_) | Advanced::AlreadyApplied(_)
    ))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delivered {
    Nothing,
    Once,
    /// Twice, or without all of its rows: never right, whatever the disk did.
    Oddly,
}

async fn delivered(store: &SqliteStore, number: u64) -> Result<Delivered> {
    let id = OrderNumber(number).id()?;
    let record = store.order(&id).await?.context("a placed order is gone")?;
    let journal = store.journal_of(&id).await?;
    let payments = journal
        .iter()
        .filter(|entry| matches!(entry.event, JournalEvent::Paid { .. }))
        .count();
    let is_confirmed = record.order.status == OrderStatus::Confirmed;
    Ok(match (is_confirmed, record.benefits.len(), payments) {
        (false, 0, 0) => Delivered::Nothing,
        (true, 1, 1) => Delivered::Once,
        _ => Delivered::Oddly,
    })
}
