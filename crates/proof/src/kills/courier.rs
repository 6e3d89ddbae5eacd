//! WeChat's courier, who never believes that one telling is enough: which order is notified about
//! next, and what was acknowledged.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::Result;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wechat_checkout_gateway::SignType;

use crate::shop::{Cashier, OrderNumber, request};

/// Repeats are about one of the last so many orders, so that many connections tell of one order
/// at the same moment.
const RECENT: usize = 24;

/// Decides and remembers.
#[derive(Debug)]
pub(super) struct Courier {
    cashier: Cashier,
    chance: StdRng,
    numbers: Vec<OrderNumber>,
    /// Orders before this one have been paid.
    paid: usize,
    acknowledged: BTreeSet<OrderNumber>,
    /// Acknowledged since the last look at the database.
    unseen: Vec<OrderNumber>,
    /// Acknowledgements of all notifications, repeats included.
    told: u64,
}

impl Courier {
    pub(super) fn new(
        numbers: Vec<OrderNumber>,
        sign_type: SignType,
        seed: u64,
    ) -> Result<Courier> {
        Ok(Courier {
            cashier: Cashier::new(sign_type)?,
            chance: StdRng::seed_from_u64(seed),
            numbers,
            paid: 0,
            acknowledged: BTreeSet::new(),
            unseen: Vec::new(),
            told: 0,
        })
    }

    /// The next notification: a quarter are news, most repeat recent news, some repeat old news.
    pub(super) fn next(&mut self) -> Result<(OrderNumber, Vec<u8>)> {
        let dice = self.chance.random_range(0..16);
        let index = if self.paid == 0 || dice < 4 && self.paid < self.numbers.len() {
            self.paid += 1;
            self.paid - 1
        } else if dice < 15 {
            self.chance
                .random_range(self.paid.saturating_sub(RECENT)..self.paid)
        } else {
            self.chance.random_range(0..self.paid)
        };
        let number = self.numbers[index];
        Ok((number, self.notification(number)?))
    }

    pub(super) fn notification(&self, number: OrderNumber) -> Result<Vec<u8>> {
        Ok(request(&self.cashier.notification(number)?))
    }

    pub(super) fn note_acknowledged(&mut self, number: OrderNumber) {
        self.told += 1;
        if self.acknowledged.insert(number) {
            self.unseen.push(number);
        }
    }

    /// What was acknowledged since the last call.
    pub(super) fn take_unseen(&mut self) -> Vec<OrderNumber> {
        std::mem::take(&mut self.unseen)
    }

    /// Orders whose notification WeChat would go on sending.
    pub(super) fn unacknowledged(&self) -> Vec<OrderNumber> {
        let paid = self.paid_numbers().iter();
        paid.filter(|number| !self.acknowledged.contains(number))
            .copied()
            .collect()
    }

    pub(super) fn paid_numbers(&self) -> &[OrderNumber] {
        &self.numbers[..self.paid]
    }

    pub(super) fn unpaid_numbers(&self) -> &[OrderNumber] {
        &self.numbers[self.paid..]
    }

    pub(super) fn acknowledged(&self) -> &BTreeSet<OrderNumber> {
        &self.acknowledged
    }
}

impl fmt::Display for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} orders paid, {} acknowledged, {} acknowledgements in all",
            self.paid,
            self.acknowledged.len(),
            self.told
        )
    }
}
