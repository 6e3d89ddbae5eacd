//! The whole account at the end: every order, its deliveries and its journal, through the store.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use wechat_checkout_protocol::{Benefit, OrderStatus};
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};
use wechat_checkout_server::store::{JournalEvent, Store};

use super::courier::Courier;
use crate::shop::OrderNumber;

/// What became of the money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    acknowledged: u64,
    pub(super) lost: u64,
    doubled: u64,
    undelivered: u64,
    /// Delivered although nobody paid.
    given_away: u64,
}

impl Counts {
    pub(super) const fn is_clean(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.undelivered == 0 && self.given_away == 0
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "acknowledged {} given-away {} lost {} doubled {} undelivered {}",
            self.acknowledged, self.given_away, self.lost, self.doubled, self.undelivered
        )
    }
}

/// What one order delivered, and how often its payment is in its journal.
struct Delivery {
    is_confirmed: bool,
    benefits: Vec<Benefit>,
    payments: usize,
    is_journal_whole: bool,
}

/// Compares what WeChat knows with what the database says.
pub(super) async fn audit(database: &Path, courier: &Courier) -> Result<Counts> {
    let store = SqliteStore::open(database, Durability::Full)?;
    let mut counts = Counts::default();
    let mut codes: HashMap<String, OrderNumber> = HashMap::new();
    for number in courier.paid_numbers() {
        let delivery = delivery(&store, *number).await?;
        let is_acknowledged = courier.acknowledged().contains(number);
        counts.acknowledged += u64::from(is_acknowledged);
        counts.lost += u64::from(is_acknowledged && !delivery.is_confirmed);
        counts.undelivered += u64::from(delivery.benefits.is_empty());
        let mut is_doubled =
            delivery.benefits.len() > 1 || delivery.payments > 1 || !delivery.is_journal_whole;
        for benefit in delivery.benefits {
            if let Benefit::Voucher { code } = benefit {
                is_doubled |= codes.insert(code, *number).is_some();
            }
        }
        counts.doubled += u64::from(is_doubled);
    }
    for number in courier.unpaid_numbers() {
        let delivery = delivery(&store, *number).await?;
        counts.given_away += u64::from(delivery.is_confirmed || !delivery.benefits.is_empty());
    }
    Ok(counts)
}

async fn delivery(store: &SqliteStore, number: OrderNumber) -> Result<Delivery> {
    let id = number.id()?;
    let record = store.order(&id).await?.context("a placed order is gone")?;
    let journal = store.journal_of(&id).await?;
    let payments = journal
        .iter()
        .filter(|entry| matches!(entry.event, JournalEvent::Paid { .. }))
        .count();
    let numbered = (1..).zip(&journal).all(|(seq, entry)| entry.seq == seq);
    Ok(Delivery {
        is_confirmed: record.order.status == OrderStatus::Confirmed,
        is_journal_whole: numbered && u64::try_from(journal.len())? == record.order.seq,
        benefits: record.benefits,
        payments,
    })
}
