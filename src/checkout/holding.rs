//! The rules for an order in hand: what its news, the bridge and the buyer change.

use wechat_checkout_protocol::{Attention, BridgeOutcome, OrderStatus, OrderView, UnixMillis};

use super::{
    Asking, CheckoutEvent, Effect, Event, HeldBridge, Holding, Link, RETURNED_MS, Stage, Start,
    Timer,
};

impl Holding {
    /// The first view of an order.
    pub(super) fn take(
        mut order: Box<OrderView>,
        start: &Start,
        now: UnixMillis,
        effects: &mut Vec<Effect>,
    ) -> Holding {
        let bridge = order.bridge.take().map(|params| HeldBridge {
            params,
            received_at: now,
        });
        let mut holding = Holding {
            order: order.into(),
            received_at: now,
            bridge,
            stage: Stage::Payable { notice: None },
            last_outcome: None,
            words: None,
            sheets: 0,
            may_have_paid: false,
            asking_since: UnixMillis(0),
            link: Link::Connecting,
            asking: Asking::default(),
            is_bridge_asked: false,
        };
        if matches!(start, Start::Product { .. }) {
            effects.push(Effect::Emit(CheckoutEvent::Issued(
                holding.order.id.clone(),
            )));
        }
        holding.asking_since = holding.server_now(now);
        // Also when it has ended: money may come late, and go back.
        effects.push(Effect::Watch(holding.order.id.clone()));
        let stage = holding.first_stage(now);
        holding.enter(stage, now, effects);
        holding
    }

    fn first_stage(&self, now: UnixMillis) -> Stage {
        match self.order.status {
            OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation
                if self.order.attention == Some(Attention::UnderReview) =>
            {
                Stage::UnderReview
            }
            OrderStatus::Unprocessed if self.can_be_paid(now) => Stage::Payable { notice: None },
            OrderStatus::Unprocessed => Stage::Expiring,
            // Somebody reported before: this page, before a reload, or another one.
            OrderStatus::AwaitingConfirmation => Stage::Confirming {
                since: now,
                reason: None,
            },
            OrderStatus::Confirmed
            | OrderStatus::Closed
            | OrderStatus::Refunding
            | OrderStatus::Refunded => Stage::Settled,
        }
    }

    /// One event; `Some` when the buyer wants to start again with something.
    pub(super) fn hear(
        &mut self,
        event: Event,
        now: UnixMillis,
        effects: &mut Vec<Effect>,
    ) -> Option<Start> {
        match event {
            Event::OrderArrived(order) => self.receive(order, now, effects),
            Event::PayTapped => self.tap(now, effects),
            Event::SheetAnswered(answer) => self.answer(answer, now, effects),
            Event::BridgeRefused(trouble) => {
                self.is_bridge_asked = false;
                self.retry_later(trouble, effects);
            }
            Event::LoadingFailed(trouble)
            | Event::PlacingFailed(trouble)
            | Event::ReportFailed(trouble) => {
                self.stop_checking();
                self.retry_later(trouble, effects);
            }
            Event::LinkChanged(link) => self.link = link,
            Event::TimerFired(timer) => self.time_out(timer, now, effects),
            Event::Hidden => {
                if let Stage::SheetOpen { is_hidden } = &mut self.stage {
                    *is_hidden = true;
                }
            }
            Event::Shown | Event::WentOnline => self.come_back(now, effects),
            Event::RetryTapped => return self.retry(now, effects),
            Event::Started(_) => {}
        }
        None
    }

    /// News from the server. Older news and other orders' news are dropped.
    fn receive(&mut self, mut order: Box<OrderView>, now: UnixMillis, effects: &mut Vec<Effect>) {
        if order.id != self.order.id || order.seq < self.order.seq {
            return;
        }
        let status_before = self.order.status;
        let was_ready = self.fresh_bridge(now).is_some();
        if let Some(params) = order.bridge.take() {
            self.bridge = Some(HeldBridge {
                params,
                received_at: now,
            });
            self.is_bridge_asked = false;
        }
        self.order = order.into();
        self.received_at = now;
        self.asking = Asking {
            is_waiting: self.asking.is_waiting,
            ..Asking::default()
        };
        self.stop_checking();
        if self.is_settled() {
            if self.stage != Stage::Settled || self.order.status != status_before {
                self.enter(Stage::Settled, now, effects);
            }
            return;
        }
        if (self.stage == Stage::UnderReview)
            != (self.order.attention == Some(Attention::UnderReview))
        {
            let stage = self.first_stage(now);
            return self.enter(stage, now, effects);
        }
        let reported_elsewhere = status_before == OrderStatus::Unprocessed
            && self.order.status == OrderStatus::AwaitingConfirmation
            && self.last_outcome.is_none();
        match self.stage {
            Stage::Payable { .. } if reported_elsewhere => {
                self.enter(
                    Stage::Confirming {
                        since: now,
                        reason: None,
                    },
                    now,
                    effects,
                );
            }
            Stage::Payable { .. } | Stage::Failed { .. } if !self.can_be_paid(now) => {
                self.enter(Stage::Expiring, now, effects);
            }
            Stage::Payable { .. } | Stage::Failed { .. } => {
                self.ensure_bridge(now, effects);
                if !was_ready && self.is_ready(now) {
                    effects.push(Effect::Emit(CheckoutEvent::Ready(self.order.id.clone())));
                }
            }
            Stage::Expiring if self.can_be_paid(now) => {
                self.enter(Stage::Payable { notice: None }, now, effects);
            }
            // A server that was restored to an older state; nothing is settled any more.
            Stage::Settled => {
                let stage = self.first_stage(now);
                self.enter(stage, now, effects);
            }
            Stage::Confirming { reason, .. } | Stage::NotYetConfirmed { reason, .. } => {
                self.offer_again(reason, now, effects);
            }
            Stage::SheetOpen { .. } | Stage::UnderReview | Stage::Expiring => {}
        }
    }

    fn time_out(&mut self, timer: Timer, now: UnixMillis, effects: &mut Vec<Effect>) {
        match (timer, self.stage) {
            (Timer::NoAnswer | Timer::Returned, Stage::SheetOpen { is_hidden: false }) => {
                self.report(BridgeOutcome::NoAnswer, String::new(), now, effects);
                self.enter(
                    Stage::Confirming {
                        since: now,
                        reason: None,
                    },
                    now,
                    effects,
                );
            }
            (Timer::ConfirmingEnds, Stage::Confirming { reason, .. }) => {
                let stage = Stage::NotYetConfirmed {
                    reason,
                    is_checking: false,
                    may_pay_again: self.is_payment_missing() && self.can_be_paid(now),
                };
                self.enter(stage, now, effects);
            }
            (Timer::PayAgain, Stage::NotYetConfirmed { .. }) => self.let_pay_again(now, effects),
            (Timer::Expiry, Stage::Payable { .. } | Stage::Failed { .. }) => {
                if self.can_be_paid(now) {
                    self.start_expiry_timer(now, effects);
                } else {
                    self.enter(Stage::Expiring, now, effects);
                }
            }
            (Timer::Retry, _) => self.try_again(now, effects),
            (
                Timer::NoAnswer
                | Timer::Returned
                | Timer::ConfirmingEnds
                | Timer::PayAgain
                | Timer::Expiry,
                _,
            ) => {}
        }
    }

    /// The page is in front again, or online again: what it shows may be old.
    fn come_back(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) {
        effects.push(Effect::LoadOrder(self.order.id.clone()));
        match self.stage {
            Stage::SheetOpen { .. } => {
                self.stage = Stage::SheetOpen { is_hidden: false };
                effects.push(Effect::StartTimer(Timer::Returned, RETURNED_MS));
            }
            Stage::Payable { .. } | Stage::Failed { .. } if !self.can_be_paid(now) => {
                self.enter(Stage::Expiring, now, effects);
            }
            Stage::Payable { .. }
            | Stage::Failed { .. }
            | Stage::Confirming { .. }
            | Stage::NotYetConfirmed { .. }
            | Stage::UnderReview
            | Stage::Expiring
            | Stage::Settled => {
                self.repeat_side_call(now, effects);
            }
        }
    }

    fn retry(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) -> Option<Start> {
        let order_id = self.order.id.clone();
        match &mut self.stage {
            Stage::NotYetConfirmed {
                is_checking: true, ..
            }
            | Stage::SheetOpen { .. } => {}
            Stage::NotYetConfirmed { is_checking, .. } => {
                *is_checking = true;
                // The report makes the server ask WeChat at once; a plain look would not.
                effects.push(Effect::SendReport {
                    order_id,
                    outcome: self.last_outcome.unwrap_or(BridgeOutcome::NoAnswer),
                    raw: String::new(),
                });
            }
            Stage::Settled => {
                if matches!(
                    self.order.status,
                    OrderStatus::Closed | OrderStatus::Refunded
                ) {
                    let product_id = self.order.product_id.clone();
                    return Some(Start::Product {
                        product_id,
                        quantity: self.order.quantity,
                    });
                }
            }
            Stage::Payable { .. }
            | Stage::Confirming { .. }
            | Stage::Failed { .. }
            | Stage::UnderReview
            | Stage::Expiring => {
                effects.push(Effect::LoadOrder(order_id));
                self.repeat_side_call(now, effects);
            }
        }
        None
    }
}
