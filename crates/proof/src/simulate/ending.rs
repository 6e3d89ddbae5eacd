//! The end of a life: the weather clears, time passes, and every order must come to its end.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use wechat_checkout_protocol::{Attention, OrderStatus};
use wechat_checkout_server::store::OrderRecord;
use wechat_checkout_simulator::{Scenario, TradeView};

use super::check::is_paid_here;
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
        for record in self.records().await? {
            let trade = self.wechat.trade(record.order.id.as_str());
            check_end(&record, trade.as_ref())
                .with_context(|| format!("order {} at the end: {record:?}", record.order.id))?;
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

/// Paid there ⇔ confirmed and delivered here, or owed back; unpaid there ⇒ closed here. Only money
/// that does not fit its order waits for people.
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
        }
        Some(_) => ensure!(
            !is_paid_here(order) && order.attention == Some(Attention::UnderReview),
            "paid wrongly, and not flagged"
        ),
    }
    Ok(())
}
