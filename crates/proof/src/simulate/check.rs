//! What must hold after every step, whatever happened.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context, Result, ensure};
use wechat_checkout_protocol::{Benefit, Fen, OpenId, OrderId, OrderStatus};
use wechat_checkout_server::order::Order;
use wechat_checkout_server::store::{JournalEvent, OrderRecord};
use wechat_checkout_simulator::{NotificationKind, NotificationStatus, TradeView};

use super::world::{Tally, World};

/// A buyer has far fewer in one life.
pub(super) const ORDERS_MAX: u32 = 100;

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

    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for OrderRecord { order, .. } in self.orders.values() {
            tally.orders += 1;
            tally.paid += u64::from(is_paid_here(order));
            tally.refunded += u64::from(order.amount_refunded > Fen::ZERO);
        }
        tally
    }
}

impl World {
    /// Looks at every order of every buyer, here and at WeChat.
    pub(super) async fn check(&mut self) -> Result<()> {
        let acknowledged = self.acknowledged();
        let mut orders = BTreeMap::new();
        let mut codes: HashMap<String, OrderId> = HashMap::new();
        let records = self.records().await?;
        let taken_back: HashSet<OpenId> = records
            .iter()
            .filter(|record| record.order.status == OrderStatus::Refunded)
            .map(|record| record.order.openid.clone())
            .collect();
        for record in records {
            let id = record.order.id.clone();
            let about = || format!("order {id}");
            let trade = self.wechat.trade(id.as_str());
            check_against_wechat(&record, trade.as_ref()).with_context(about)?;
            if let Some(trade) = &trade {
                check_refunds(&record.order, trade).with_context(about)?;
            }
            if let Some(before) = self.memory.orders.get(&id) {
                let may_move = taken_back.contains(&record.order.openid);
                check_nothing_is_forgotten(before, &record, may_move).with_context(about)?;
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
    let OrderRecord {
        order, benefits, ..
    } = record;
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

/// No more goes back than came, and nothing is back here that is not back at WeChat.
fn check_refunds(order: &Order, trade: &TradeView) -> Result<()> {
    let sum = |status: Option<&str>| {
        let refunds = trade.refunds.iter();
        refunds
            .filter(|refund| status.is_none_or(|status| refund.refund_status == status))
            .map(|refund| refund.refund_fee.get())
            .sum::<i64>()
    };
    let paid = trade.paid_fee.map_or(0, Fen::get);
    ensure!(sum(None) <= paid, "{} of {paid} go back", sum(None));
    let ours = order.amount_refunding.get() + order.amount_refunded.get();
    ensure!(
        sum(None) <= ours,
        "{} go back at WeChat, {ours} here",
        sum(None)
    );
    ensure!(
        order.amount_refunded.get() <= sum(Some("SUCCESS")),
        "{} are back here, {} at WeChat",
        order.amount_refunded,
        sum(Some("SUCCESS"))
    );
    Ok(())
}

/// What was confirmed stays confirmed, with the same payment and the same goods, through every
/// crash. Only days of a membership may move, when days of its buyer were taken back.
fn check_nothing_is_forgotten(
    before: &OrderRecord,
    now: &OrderRecord,
    may_move: bool,
) -> Result<()> {
    ensure!(now.order.seq >= before.order.seq, "changes were forgotten");
    if is_paid_here(&before.order) {
        ensure!(is_paid_here(&now.order), "a payment was forgotten");
        ensure!(
            now.order.transaction_id == before.order.transaction_id,
            "another payment took the place of the first"
        );
        let is_moved = may_move && have_moved_forward(&before.benefits, &now.benefits);
        ensure!(
            is_moved || now.benefits == before.benefits,
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

fn have_moved_forward(before: &[Benefit], now: &[Benefit]) -> bool {
    match (before, now) {
        ([Benefit::Vip { until: before }], [Benefit::Vip { until: now }]) => now <= before,
        _ => false,
    }
}

pub(super) const fn is_paid_here(order: &Order) -> bool {
    match order.status {
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => true,
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation | OrderStatus::Closed => false,
    }
}
