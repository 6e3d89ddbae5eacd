//! The end of a life: the weather clears, time passes, and every order must come to its end.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use wechat_checkout_protocol::{Attention, Benefit, Fen, OrderStatus};
use wechat_checkout_server::order::membership::{self, VipGrant};
use wechat_checkout_server::order::{Goods, Order};
use wechat_checkout_server::store::{JournalEntry, JournalEvent, OrderRecord};
use wechat_checkout_simulator::{Scenario, TradeView};

use super::check::{ORDERS_MAX, is_paid_here};
use super::world::World;

/// Longer than an order's life and WeChat's patience together.
const PATIENCE: usize = 200;
const STRIDE: Duration = Duration::from_secs(10 * 60);
/// WeChat's last attempt to notify comes a day and four minutes after the first.
const A_DAY_AND_MORE: Duration = Duration::from_secs(26 * 60 * 60);

impl World {
    pub(super) async fn let_everything_end(&mut self) -> Result<()> {
        self.wechat.set_scenario(Scenario::Pay);
        self.note("everything becomes well, and time passes".to_owned());
        self.disk.heal();
        self.recover().await?;
        for _ in 0..PATIENCE {
            self.pass(STRIDE).await?;
            self.check().await?;
            if self.unended().await?.is_none() {
                break;
            }
        }
        if let Some(why) = self.unended().await? {
            bail!("after {PATIENCE} times {STRIDE:?}: {why}");
        }
        self.note("another day passes, and nothing changes any more".to_owned());
        self.pass(A_DAY_AND_MORE).await?;
        self.check().await?;
        self.check_benefits().await?;
        for record in self.records().await? {
            let trade = self.wechat.trade(record.order.id.as_str());
            check_end(&record, trade.as_ref())
                .with_context(|| format!("order {} at the end: {record:?}", record.order.id))?;
        }
        Ok(())
    }

    /// What each buyer owns, counted anew from the journals of his orders.
    async fn check_benefits(&self) -> Result<()> {
        let store = &self.life()?.app().store;
        for buyer in &self.buyers {
            let (mut grants, mut codes) = (Vec::new(), BTreeSet::new());
            for record in store.orders_of(buyer, ORDERS_MAX).await? {
                let journal = store.journal_of(&record.order.id).await?;
                grants.extend(grant(&record.order, &journal));
                if record.order.status != OrderStatus::Refunded {
                    codes.extend(record.benefits.iter().filter_map(code));
                }
            }
            grants.sort_by_key(|(position, _)| *position);
            let grants: Vec<VipGrant> = grants.into_iter().map(|(_, grant)| grant).collect();
            let own = store.benefits_of(buyer).await?;
            ensure!(
                own.vip_until == membership::ends_at(&grants),
                "{buyer} is a member until {:?}, but was granted {grants:?}",
                own.vip_until
            );
            let owned: BTreeSet<String> = own.vouchers.into_iter().map(|own| own.code).collect();
            ensure!(owned == codes, "{buyer} owns {owned:?}, not {codes:?}");
        }
        Ok(())
    }

    /// The first order that has not come to its end.
    async fn unended(&self) -> Result<Option<String>> {
        let records = self.records().await?.into_iter();
        let mut unended = records.filter_map(|record| {
            let trade = self.wechat.trade(record.order.id.as_str());
            let error = check_end(&record, trade.as_ref()).err()?;
            Some(format!("order {}: {error}: {record:?}", record.order.id))
        });
        Ok(unended.next())
    }
}

/// The membership that an order granted, as its journal tells, and the place of that in time.
fn grant(order: &Order, journal: &[JournalEntry]) -> Option<(i64, VipGrant)> {
    let Goods::Vip { days } = order.goods else {
        return None;
    };
    let _ = order.delivered_at?;
    let paid = journal.iter().find(|entry| {
        matches!(&entry.event, JournalEvent::Paid { transaction_id, .. }
            if Some(transaction_id) == order.transaction_id.as_ref())
    })?;
    let settled = journal
        .iter()
        .rfind(|entry| matches!(entry.event, JournalEvent::RefundSettled { .. }));
    let is_reversed = order.status == OrderStatus::Refunded;
    let grant = VipGrant {
        days,
        granted_at: paid.at,
        reversed_at: settled.filter(|_| is_reversed).map(|entry| entry.at),
    };
    Some((paid.position, grant))
}

fn code(benefit: &Benefit) -> Option<String> {
    match benefit {
        Benefit::Voucher { code } => Some(code.clone()),
        Benefit::Vip { .. } => None,
    }
}

/// Paid there ⇔ confirmed and delivered here, or sent back here and there; unpaid there ⇒ closed
/// here. Only money that does not fit its order waits for people.
fn check_end(record: &OrderRecord, trade: Option<&TradeView>) -> Result<()> {
    let order = &record.order;
    let paid_fee = trade.and_then(|trade| trade.paid_fee);
    match paid_fee {
        None => ensure!(
            order.status == OrderStatus::Closed,
            "not paid, and not closed"
        ),
        Some(paid) if paid == order.amount_total => {
            ensure!(is_paid_here(order), "paid, and nobody knows");
            ensure!(
                order.status != OrderStatus::Refunding && order.amount_refunding == Fen::ZERO,
                "a refund is still on its way"
            );
        }
        Some(_) => ensure!(
            !is_paid_here(order) && order.attention == Some(Attention::UnderReview),
            "paid wrongly, and not flagged"
        ),
    }
    Ok(())
}
