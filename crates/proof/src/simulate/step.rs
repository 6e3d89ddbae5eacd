//! The steps of a life: which there are, how they are drawn, and how they are carried out.

use std::time::Duration;

use anyhow::Result;
use futures_util::future::join_all;
use rand::RngExt;
use wechat_checkout_protocol::OrderId;
use wechat_checkout_simulator::{NotificationKind, Scenario, Simulator};

use super::world::World;
use crate::disk::Ending;

/// Copies of one notification in a storm.
const STORM: usize = 64;

/// What WeChat does wrong from time to time. Scenarios of the page alone are not among them, nor
/// the slow gateway, which takes real seconds.
const WEATHERS: [Scenario; 17] = [
    Scenario::Pay,
    Scenario::Pay,
    Scenario::NotifyFirst,
    Scenario::NotifyLate,
    Scenario::NotifyLost,
    Scenario::NotifyTwice,
    Scenario::NotifyStorm,
    Scenario::NotifyReordered,
    Scenario::NotifyForged,
    Scenario::WrongAmount,
    Scenario::WrongMerchant,
    Scenario::SignatureProbe,
    Scenario::GatewayDown,
    Scenario::SystemError,
    Scenario::CloseRace,
    Scenario::PaidAfterClose,
    Scenario::PrepayExpired,
];

/// From then on an unpaid order is closed. WeChat closes by itself five minutes later, so that a
/// server that closes without WeChat is found out.
const AN_ORDERS_LIFE: Duration = Duration::from_secs(15 * 60);

const OUTCOMES: [&str; 5] = ["ok", "cancel", "fail", "unknown", "no_answer"];

/// Something that happens.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// WeChat behaves so from now on.
    Weather(Scenario),
    /// A buyer orders; the same key number is the same wish.
    Order {
        buyer: usize,
        is_voucher: bool,
        key: u32,
    },
    /// A buyer pays one of the open trades.
    Pay(OrderId),
    /// The page says what the bridge said.
    Report { id: OrderId, outcome: &'static str },
    /// An operator sends back a part of an order's money, or all that is left of it. The same
    /// number is the same refund.
    Refund {
        id: OrderId,
        number: u32,
        is_all: bool,
    },
    /// Time passes for everybody.
    Pass(Duration),
    /// Open orders expire, and WeChat's gateway breaks after so many calls about them.
    ExpireWhileGatewayBreaks { after_calls: usize },
    /// WeChat sends an old notification again, whatever became of it.
    Resend(u64),
    /// Sixty-four copies of one notification, a report and an inquiry at the same moment.
    Storm { notification: u64, id: OrderId },
    /// The server crashes now.
    Crash(Ending),
    /// The server will die at the n-th write from now, wherever that is.
    DieAfter(u64),
    /// The next writes fail.
    DiskFails(u32),
}

impl Step {
    pub(super) fn draw(world: &mut World) -> Step {
        let ending = world.draw_ending();
        let chance = &mut world.chance;
        let order = Step::Order {
            buyer: chance.random_range(0..world.buyers.len()),
            is_voucher: chance.random(),
            key: chance.random_range(0..20),
        };
        let dice = chance.random_range(0..100);
        let payable: Vec<OrderId> = world
            .wechat
            .trades()
            .iter()
            .filter(|trade| trade.trade_state == "NOTPAY")
            .filter_map(|trade| OrderId::parse(trade.out_trade_no.as_str()).ok())
            .collect();
        let notifications = world.wechat.notifications();
        let known = world.memory.ids();
        let step = match dice {
            0..20 => None,
            20..36 => draw(chance, &payable).map(Step::Pay),
            36..42 => draw(chance, &known).map(|id| Step::Refund {
                id,
                number: chance.random_range(0..3),
                is_all: chance.random_ratio(1, 3),
            }),
            42..50 => draw(chance, &known).map(|id| Step::Report {
                id,
                outcome: OUTCOMES[chance.random_range(0..OUTCOMES.len())],
            }),
            50..65 => Some(Step::Pass(draw_pause(chance))),
            65..68 => Some(Step::ExpireWhileGatewayBreaks {
                after_calls: chance.random_range(1..4),
            }),
            68..74 => draw(chance, &notifications).map(|one| Step::Resend(one.id)),
            74..78 => draw(chance, &notifications)
                .filter(|one| one.kind == NotificationKind::Payment)
                .and_then(|one| {
                    Some(Step::Storm {
                        notification: one.id,
                        id: OrderId::parse(one.out_trade_no).ok()?,
                    })
                }),
            78..86 => Some(Step::Weather(
                WEATHERS[chance.random_range(0..WEATHERS.len())],
            )),
            86..90 => Some(Step::Crash(ending)),
            90..96 => Some(Step::DieAfter(chance.random_range(0..60))),
            _ => Some(Step::DiskFails(chance.random_range(1..5))),
        };
        step.unwrap_or(order)
    }
}

fn draw<T: Clone>(chance: &mut impl RngExt, from: &[T]) -> Option<T> {
    if from.is_empty() {
        return None;
    }
    from.get(chance.random_range(0..from.len())).cloned()
}

/// Seconds as often as minutes and quarters of an hour.
fn draw_pause(chance: &mut impl RngExt) -> Duration {
    let seconds_max = [10, 60, 300, 1_000][chance.random_range(0..4)];
    Duration::from_secs(chance.random_range(1..=seconds_max))
}

impl World {
    pub(super) async fn play(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Weather(scenario) => self.wechat.set_scenario(scenario),
            Step::Order {
                buyer,
                is_voucher,
                key,
            } => self.order(buyer, is_voucher, key).await?,
            // Refused when it was paid or closed meanwhile.
            Step::Pay(id) => {
                let _ = self.wechat.pay(id.as_str());
                self.wechat.settle().await;
            }
            Step::Report { id, outcome } => self.report(&id, outcome).await?,
            Step::Refund { id, number, is_all } => self.refund(&id, number, is_all).await?,
            Step::Pass(pause) => self.pass(pause).await?,
            Step::ExpireWhileGatewayBreaks { after_calls } => {
                let calls = self.wechat.requests().len() + after_calls;
                let breaks = async {
                    let called = |wechat: &Simulator| wechat.requests().len() >= calls;
                    self.wechat.wait_until(called).await;
                    self.wechat.set_scenario(Scenario::GatewayDown);
                };
                tokio::select! {
                    biased;
                    passed = self.pass(AN_ORDERS_LIFE) => passed?,
                    () = async { breaks.await; std::future::pending().await } => {}
                }
            }
            Step::Resend(notification) => drop(self.wechat.deliver(notification).await),
            Step::Storm { notification, id } => self.storm(notification, &id).await?,
            Step::Crash(ending) => self.crash(ending).await?,
            Step::DieAfter(operations) => self.disk.die_after(operations),
            Step::DiskFails(operations) => self.disk.fail(operations),
        }
        Ok(())
    }

    /// Everybody at once, and one effect: the checks after this step see to that.
    async fn storm(&self, notification: u64, id: &OrderId) -> Result<()> {
        let copies = join_all((0..STORM).map(|_| self.wechat.deliver(notification)));
        let inquiry = async {
            self.life()
                .map(|life| life.app().bells.inquiry.notify_one())
        };
        let (_, report, inquiry) = tokio::join!(copies, self.report(id, "ok"), inquiry);
        report?;
        inquiry
    }
}
