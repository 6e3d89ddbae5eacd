//! One storm: everything at once about one order, and a look at what it left behind.

use anyhow::{Context, Result, ensure};
use futures_util::future::join_all;
use rand::RngExt;
use rand::seq::SliceRandom;
use wechat_checkout_protocol::{Benefit, OpenId, OrderId, OrderStatus};
use wechat_checkout_server::store::JournalEvent;

use super::shop::Shop;

/// Copies of each in one storm.
const NOTIFICATIONS: usize = 64;
const INQUIRIES: usize = 8;
const REFUNDS: usize = 8;
const REPORTS: usize = 4;

/// What hits the server.
#[derive(Clone, Copy, Debug)]
enum Blow {
    Notification(u64),
    Inquiry,
    Refund,
    Report,
}

/// What the sender heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Acknowledged,
    RefundAgreed,
    Nothing,
}

impl Shop {
    pub(super) async fn storm(&mut self, number: u32) -> Result<()> {
        let buyer = OpenId::parse(format!("oBuyerInAStorm{number:010}"))?;
        let product = match number % 2 {
            0 => "vip-month",
            _ => "coffee-voucher",
        };
        let id = self.place(&buyer, product).await?;
        self.wechat.pay(id.as_str()).context("cannot pay")?;
        self.wechat.settle().await;
        let heard = self.let_loose(&buyer, &id).await?;
        let acknowledged = heard.iter().filter(|one| **one == Heard::Acknowledged);
        let acknowledged = u64::try_from(acknowledged.count())?;
        let mut is_refunded = heard.contains(&Heard::RefundAgreed);
        if !is_refunded && self.chance.random() {
            is_refunded = self.ask_refund(&id).await?;
            ensure!(is_refunded, "a paid order was not refunded");
        }
        self.until_refunds_ended().await?;
        self.counts.acknowledged += acknowledged;
        self.counts.refunded += u64::from(is_refunded);
        self.audit(&id, acknowledged > 0, is_refunded).await
    }

    /// All at once, in an order that chance decides.
    async fn let_loose(&mut self, buyer: &OpenId, id: &OrderId) -> Result<Vec<Heard>> {
        let mut notifications = self.wechat.notifications().into_iter();
        let notification = notifications
            .rfind(|one| one.out_trade_no == id.as_str())
            .context("WeChat does not notify")?
            .id;
        // Some orders keep their goods, and some refunds come when everything is over.
        let refunds = if self.chance.random() { REFUNDS } else { 0 };
        let mut blows = [
            vec![Blow::Notification(notification); NOTIFICATIONS],
            vec![Blow::Inquiry; INQUIRIES],
            vec![Blow::Refund; refunds],
            vec![Blow::Report; REPORTS],
        ]
        .concat();
        blows.shuffle(&mut self.chance);
        let shop = &*self;
        let striking = blows.into_iter().map(|blow| shop.strike(blow, buyer, id));
        join_all(striking).await.into_iter().collect()
    }

    async fn strike(&self, blow: Blow, buyer: &OpenId, id: &OrderId) -> Result<Heard> {
        Ok(match blow {
            Blow::Notification(notification) => {
                let attempt = self.wechat.deliver(notification).await;
                let attempt = attempt.context("the notification is gone")?;
                if attempt.is_acknowledged {
                    Heard::Acknowledged
                } else {
                    Heard::Nothing
                }
            }
            Blow::Inquiry => {
                self.inquire(id).await?;
                Heard::Nothing
            }
            Blow::Refund if self.ask_refund(id).await? => Heard::RefundAgreed,
            Blow::Refund => Heard::Nothing,
            Blow::Report => {
                self.report(buyer, id).await?;
                Heard::Nothing
            }
        })
    }

    /// One payment in the journal, one delivery, and one refund here and at WeChat or none.
    async fn audit(
        &mut self,
        id: &OrderId,
        is_acknowledged: bool,
        is_refunded: bool,
    ) -> Result<()> {
        let store = &self.server.app().store;
        let record = store.order(id).await?.context("the order is gone")?;
        let journal = store.journal_of(id).await?;
        let refunds = store.refunds_of(id).await?;
        let trade = self.wechat.trade(id.as_str()).context("no such trade")?;
        let payments = journal
            .iter()
            .filter(|entry| matches!(entry.event, JournalEvent::Paid { .. }))
            .count();
        let expected = match is_refunded {
            true => OrderStatus::Refunded,
            false => OrderStatus::Confirmed,
        };
        let mut is_doubled = payments > 1
            || record.benefits.len() > 1
            || refunds.len() > usize::from(is_refunded)
            || trade.refunds.len() > usize::from(is_refunded);
        for benefit in &record.benefits {
            if let Benefit::Voucher { code } = benefit {
                is_doubled |= !self.codes.insert(code.clone());
            }
        }
        let is_lost = is_acknowledged && record.order.status != expected;
        let is_undelivered = payments == 0 || record.benefits.is_empty();
        self.counts.lost += u64::from(is_lost);
        self.counts.doubled += u64::from(is_doubled);
        self.counts.undelivered += u64::from(is_undelivered);
        if is_lost || is_doubled || is_undelivered {
            println!("VIOLATION: {record:?}, {payments} payments, {refunds:?}, {trade:?}");
        }
        ensure!(
            trade.refunds.len() == usize::from(is_refunded),
            "WeChat and the server disagree about refunds: {:?}",
            trade.refunds
        );
        Ok(())
    }
}
