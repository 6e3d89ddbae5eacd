//! The rules for an order in hand: what its news, the bridge and the buyer change.

use wechat_checkout_protocol::{Attention, BridgeOutcome, OrderStatus, OrderView, UnixMillis};

use super::{
    Asking, CONFIRMING_FAIL_MS, CONFIRMING_MS, CheckoutEvent, Effect, Event, HeldBridge, Holding,
    Link, NO_ANSWER_MS, PAY_AGAIN_FAIL_MS, PAY_AGAIN_MS, RETURNED_MS, Stage, Start, Timer,
};

impl Holding {
    /// The first view of an order.
    pub(super) fn take(
        mut order: OrderView,
        start: &Start,
        now: UnixMillis,
        effects: &mut Vec<Effect>,
    ) -> Holding {
        let bridge = order.bridge.take().map(|params| HeldBridge {
            params,
            received_at: now,
        });
        let mut holding = Holding {
            order,
            received_at: now,
            bridge,
            stage: Stage::Payable { notice: None },
            last_outcome: None,
            link: Link::Connecting,
            asking: Asking::default(),
            is_bridge_asked: false,
        };
        if matches!(start, Start::Product { .. }) {
            effects.push(Effect::Emit(CheckoutEvent::Issued(
                holding.order.id.clone(),
            )));
        }
        let stage = holding.first_stage(now);
        if stage != Stage::Settled {
            effects.push(Effect::Watch(holding.order.id.clone()));
        }
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
            Event::OrderArrived(order) => self.receive(*order, now, effects),
            Event::PayTapped => self.tap(now, effects),
            Event::SheetAnswered {
                outcome,
                reason,
                raw,
            } => {
                self.answer(outcome, reason, raw, now, effects);
            }
            Event::LoadingFailed(trouble) | Event::PlacingFailed(trouble) => {
                self.stop_checking();
                self.note(trouble, effects);
            }
            Event::BridgeRefused(trouble) => {
                self.is_bridge_asked = false;
                self.retry_later(trouble, effects);
            }
            Event::ReportFailed(trouble) => {
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
    fn receive(&mut self, mut order: OrderView, now: UnixMillis, effects: &mut Vec<Effect>) {
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
        self.order = order;
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
            Stage::SheetOpen { .. }
            | Stage::Confirming { .. }
            | Stage::NotYetConfirmed { .. }
            | Stage::UnderReview
            | Stage::Expiring => {}
        }
    }

    fn time_out(&mut self, timer: Timer, now: UnixMillis, effects: &mut Vec<Effect>) {
        match (timer, self.stage) {
            (Timer::NoAnswer | Timer::Returned, Stage::SheetOpen { is_hidden: false }) => {
                self.report(BridgeOutcome::NoAnswer, String::new(), effects);
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
                    may_pay_again: false,
                };
                self.enter(stage, now, effects);
            }
            (
                Timer::PayAgain,
                Stage::NotYetConfirmed {
                    reason,
                    is_checking,
                    ..
                },
            ) if self.can_be_paid(now) => {
                self.stage = Stage::NotYetConfirmed {
                    reason,
                    is_checking,
                    may_pay_again: true,
                };
                self.ensure_bridge(now, effects);
            }
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
            Stage::Payable { .. } | Stage::Failed { .. } => self.try_again(now, effects),
            Stage::Confirming { .. }
            | Stage::NotYetConfirmed { .. }
            | Stage::UnderReview
            | Stage::Expiring
            | Stage::Settled => {}
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
                effects.push(match self.last_outcome {
                    Some(outcome) => Effect::SendReport {
                        order_id,
                        outcome,
                        raw: String::new(),
                    },
                    None => Effect::LoadOrder(order_id),
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
                self.try_again(now, effects);
            }
        }
        None
    }

    /// Moves to a stage and asks for what it needs.
    pub(super) fn enter(&mut self, stage: Stage, now: UnixMillis, effects: &mut Vec<Effect>) {
        self.stage = stage;
        let order_id = self.order.id.clone();
        match stage {
            Stage::Payable { .. } | Stage::Failed { .. } => {
                if let Stage::Failed { reason } = stage {
                    effects.push(Effect::Emit(CheckoutEvent::Failed(
                        order_id.clone(),
                        reason,
                    )));
                }
                self.start_expiry_timer(now, effects);
                self.ensure_bridge(now, effects);
                if self.is_ready(now) {
                    effects.push(Effect::Emit(CheckoutEvent::Ready(order_id)));
                }
            }
            Stage::SheetOpen { .. } => {
                effects.push(Effect::StartTimer(Timer::NoAnswer, NO_ANSWER_MS));
                effects.push(Effect::Emit(CheckoutEvent::SheetOpened(order_id)));
            }
            Stage::Confirming { .. } => {
                let has_failed = self.last_outcome == Some(BridgeOutcome::Fail);
                let window = if has_failed {
                    CONFIRMING_FAIL_MS
                } else {
                    CONFIRMING_MS
                };
                effects.push(Effect::StartTimer(Timer::ConfirmingEnds, window));
            }
            Stage::NotYetConfirmed { .. } => {
                let pause = match self.last_outcome {
                    Some(BridgeOutcome::Ok) => None,
                    Some(BridgeOutcome::Fail) => Some(PAY_AGAIN_FAIL_MS),
                    Some(
                        BridgeOutcome::Cancel | BridgeOutcome::Unknown | BridgeOutcome::NoAnswer,
                    )
                    | None => Some(PAY_AGAIN_MS),
                };
                effects.extend(pause.map(|ms| Effect::StartTimer(Timer::PayAgain, ms)));
            }
            Stage::Expiring => {
                effects.push(Effect::LoadOrder(order_id.clone()));
                effects.push(Effect::Emit(CheckoutEvent::Expired(order_id)));
            }
            Stage::UnderReview => {}
            Stage::Settled => self.settle(effects),
        }
    }

    fn settle(&mut self, effects: &mut Vec<Effect>) {
        self.bridge = None;
        self.asking = Asking::default();
        effects.push(Effect::ForgetKey {
            product_id: self.order.product_id.clone(),
            quantity: self.order.quantity,
        });
        match self.order.status {
            OrderStatus::Confirmed => {
                effects.push(Effect::Emit(CheckoutEvent::Confirmed(Box::new(
                    self.order.clone(),
                ))));
                effects.push(Effect::StopWatching);
            }
            OrderStatus::Refunded => effects.push(Effect::StopWatching),
            // A closed order can still receive a late payment, and its refund is news.
            OrderStatus::Closed | OrderStatus::Refunding => {
                effects.push(Effect::Watch(self.order.id.clone()));
            }
            OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => {}
        }
    }

    pub(super) fn can_be_paid(&self, now: UnixMillis) -> bool {
        self.order.is_payable && self.time_left_ms(now) > 0
    }

    fn start_expiry_timer(&self, now: UnixMillis, effects: &mut Vec<Effect>) {
        effects.push(Effect::StartTimer(Timer::Expiry, self.time_left_ms(now)));
    }
}
