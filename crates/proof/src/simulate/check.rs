//! What must hold after every step, whatever happened.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use wechat_checkout_protocol::{Benefit, OpenId, OrderId, OrderStatus};
use wechat_checkout_server::order::Order;
use wechat_checkout_server::store::{JournalEvent, OrderRecord};
use wechat_checkout_simulator::{NotificationKind, NotificationStatus, TradeView};

use super::world::World;

/// A buyer has far fewer in one life.
const ORDERS_MAX: u32 = 100;

/// What was true before and must stay true.
#[derive(Debug, Default)]
pub(super) struct Memory {
    orders: BTreeMap<OrderId, OrderRecord>,
}

impl Memory {
    pub(super) fn ids(&self) -> Vec<OrderId> {
        self.orders.keys().cloned().collect()
    }

    pub(super) fn buyer_of(&self, id: &OrderId) -> Option<&OpenId> {
        self.orders.get(id).map(|record| &record.order.openid)
    }

    pub(super) fn orders_and_paid(&self) -> (u64, u64) {
        let paid = self
            .orders
            .values()
            .filter(|record| !record.order.is_open());
        let paid = paid.filter(|record| record.order.transaction_id.is_some());
        let count = |count| u64::try_from(count).unwrap_or(u64::MAX);
        (count(self.orders.len()), count(paid.count()))
    }
}

impl World {
    /// Looks at every order of every buyer, here and at WeChat.
    pub(super) async fn check(&mut self) -> Result<()> {
        let acknowledged = self.acknowledged();
        let mut orders = BTreeMap::new();
        let mut codes: HashMap<String, OrderId> = HashMap::new();
        for record in self.records().await? {
            let id = record.order.id.clone();
            let about = || format!("order {id}");
            let trade = self.wechat.trade(id.as_str());
            check_against_wechat(&record, trade.as_ref()).with_context(about)?;
            if let Some(before) = self.memory.orders.get(&id) {
                check_nothing_is_forgotten(before, &record).with_context(about)?;
            }
            ensure!(
                !(acknowledged.contains(&id) && record.order.is_open()),
                "order {id} was acknowledged and is open"
            );
            for benefit in &record.benefits {
                if let Benefit::Voucher { code } = benefit {
                    let other = codes.insert(code.clone(), id.clone());
                    ensure!(other.is_none(), "{other:?} and {id} share a voucher code");
                }
            }
            self.check_journal(&record).await.with_context(about)?;
            let _ = orders.insert(id, record);
        }
        for id in self.memory.orders.keys() {
            ensure!(orders.contains_key(id), "order {id} is gone");
        }
        self.memory.orders = orders;
        Ok(())
    }

    pub(super) async fn records(&self) -> Result<Vec<OrderRecord>> {
        let store = &self.life()?.app().store;
        let mut records = Vec::new();
        for buyer in &self.buyers {
            records.extend(store.orders_of(buyer, ORDERS_MAX).await?);
        }
        Ok(records)
    }

    /// Orders of which WeChat was told that the server has taken note.
    fn acknowledged(&self) -> Vec<OrderId> {
        let notifications = self.wechat.notifications().into_iter();
        notifications
            .filter(|one| one.kind == NotificationKind::Payment)
            .filter(|one| one.status == NotificationStatus::Acknowledged)
            .filter_map(|one| OrderId::parse(one.out_trade_no).ok())
            .collect()
    }

    /// One entry for every change, and the payment exactly once. A worker may have gone on since
    /// the row was read: only the entries up to it are judged.
    async fn check_journal(&self, record: &OrderRecord) -> Result<()> {
        let seq = record.order.seq;
        let mut journal = self
            .life()?
            .app()
            .store
            .journal_of(&record.order.id)
            .await?;
        journal.retain(|entry| entry.seq <= seq);
        let is_whole = (1..).zip(&journal).all(|(seq, entry)| entry.seq == seq);
        ensure!(
            is_whole && u64::try_from(journal.len())? == seq,
            "the journal has gaps"
        );
        let transaction = record.order.transaction_id.as_deref();
        let payments = journal.iter().filter(|entry| {
            matches!(&entry.event, JournalEvent::Paid { transaction_id, .. }
                if Some(transaction_id.as_str()) == transaction)
        });
        ensure!(
            payments.count() == usize::from(transaction.is_some()),
            "the payment is not in the journal exactly once"
        );
        Ok(())
    }
}

/// Paid and delivered here only if paid there, in the same amount; closed here only if closed or
/// unknown there, or paid too late.
fn check_against_wechat(record: &OrderRecord, trade: Option<&TradeView>) -> Result<()> {
    let OrderRecord { order, benefits } = record;
    ensure!(
        benefits.len() <= 1,
        "delivered more than once: {benefits:?}"
    );
    let paid = trade.and_then(|trade| Some((trade.transaction_id.as_ref()?, trade.paid_fee?)));
    if is_paid_here(order) {
        let (transaction_id, paid_fee) = paid.context("paid here and not at WeChat")?;
        ensure!(
            order.transaction_id.as_ref() == Some(transaction_id),
            "WeChat knows another payment"
        );
        ensure!(
            paid_fee == order.amount_total,
            "paid {paid_fee} for {}",
            order.amount_total
        );
    } else {
        ensure!(benefits.is_empty(), "delivered without payment");
    }
    if order.status == OrderStatus::Confirmed {
        ensure!(benefits.len() == 1, "confirmed and not delivered");
    }
    if let Some(trade) = trade {
        ensure!(
            trade.total_fee == order.amount_total,
            "WeChat asks for another amount"
        );
        ensure!(
            order.status != OrderStatus::Closed || trade.trade_state != "NOTPAY",
            "closed here while WeChat still takes money"
        );
    }
    Ok(())
}

/// What was confirmed stays confirmed, with the same payment and the same goods, through every
/// crash.
fn check_nothing_is_forgotten(before: &OrderRecord, now: &OrderRecord) -> Result<()> {
    ensure!(now.order.seq >= before.order.seq, "changes were forgotten");
    if is_paid_here(&before.order) {
        ensure!(is_paid_here(&now.order), "a payment was forgotten");
        ensure!(
            now.order.transaction_id == before.order.transaction_id,
            "another payment took the place of the first"
        );
        let is_taken_back = now.order.status == OrderStatus::Refunded;
        ensure!(
            is_taken_back || now.benefits == before.benefits,
            "what was delivered changed: {:?}, now {:?}",
            before.benefits,
            now.benefits
        );
    }
    ensure!(
        now.order.amount_total == before.order.amount_total,
        "the amount changed"
    );
    Ok(())
}

pub(super) const fn is_paid_here(order: &Order) -> bool {
    match order.status {
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => true,
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation | OrderStatus::Closed => false,
    }
}
