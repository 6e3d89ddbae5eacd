//! What each stage needs when it is entered, and the offer to pay the same order again.

use std::rc::Rc;

use wechat_checkout_protocol::{BridgeOutcome, OrderStatus, UnixMillis};

use super::{
    Asking, CONFIRMING_FAIL_MS, CONFIRMING_MS, CheckoutEvent, Effect, FailReason, Holding,
    NO_ANSWER_MS, PAY_AGAIN_FAIL_MS, PAY_AGAIN_MS, Stage, Timer,
};

impl Holding {
    /// Moves to a stage and asks for what it needs.
    pub(super) fn enter(&mut self, stage: Stage, now: UnixMillis, effects: &mut Vec<Effect>) {
        self.stage = stage;
        let order_id = self.order.id.clone();
        match stage {
            Stage::Payable { .. } => self.wait_for_tap(now, effects),
            Stage::Failed { reason } => {
                effects.push(Effect::Emit(CheckoutEvent::Failed(order_id, reason)));
                if reason.wants_new_parameters() {
                    self.ask_for_bridge(effects);
                }
                self.wait_for_tap(now, effects);
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
            Stage::NotYetConfirmed {
                may_pay_again: true,
                ..
            } => self.ensure_bridge(now, effects),
            Stage::NotYetConfirmed { reason, .. } => {
                let pause_ms = self.pay_again_after(reason);
                effects.extend(pause_ms.map(|ms| Effect::StartTimer(Timer::PayAgain, ms)));
            }
            Stage::Expiring => {
                effects.push(Effect::LoadOrder(order_id.clone()));
                effects.push(Effect::Emit(CheckoutEvent::Expired(order_id)));
            }
            Stage::UnderReview => {}
            Stage::Settled => self.settle(effects),
        }
    }

    fn wait_for_tap(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) {
        self.start_expiry_timer(now, effects);
        self.ensure_bridge(now, effects);
        if self.is_ready(now) {
            effects.push(Effect::Emit(CheckoutEvent::Ready(self.order.id.clone())));
        }
    }

    /// How long "not yet confirmed" lasts before the same order may be paid again although WeChat
    /// could not be asked; `None` where WeChat itself says that it is paid.
    fn pay_again_after(&self, reason: Option<FailReason>) -> Option<i64> {
        if reason == Some(FailReason::AlreadyPaid) {
            return None;
        }
        match self.last_outcome {
            Some(BridgeOutcome::Ok) => None,
            Some(BridgeOutcome::Fail) => Some(PAY_AGAIN_FAIL_MS),
            Some(BridgeOutcome::Cancel | BridgeOutcome::Unknown | BridgeOutcome::NoAnswer)
            | None => Some(PAY_AGAIN_MS),
        }
    }

    /// WeChat found no payment: the same order may be paid at once, since WeChat takes one payment
    /// for one order number. After `ok` the window ends first: the money may be a moment behind.
    pub(super) fn offer_again(
        &mut self,
        reason: Option<FailReason>,
        now: UnixMillis,
        effects: &mut Vec<Effect>,
    ) {
        let is_waiting_for_money = matches!(self.stage, Stage::Confirming { .. })
            && self.last_outcome == Some(BridgeOutcome::Ok);
        if !self.is_payment_missing() || is_waiting_for_money {
            return;
        }
        self.stage = Stage::NotYetConfirmed {
            reason,
            is_checking: false,
            may_pay_again: false,
        };
        self.let_pay_again(now, effects);
    }

    pub(super) fn let_pay_again(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) {
        let is_payable = self.can_be_paid(now);
        if let Stage::NotYetConfirmed { may_pay_again, .. } = &mut self.stage
            && is_payable
        {
            *may_pay_again = true;
            self.ensure_bridge(now, effects);
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
                effects.push(Effect::Emit(CheckoutEvent::Confirmed(Rc::clone(
                    &self.order,
                ))));
            }
            OrderStatus::Closed
            | OrderStatus::Refunding
            | OrderStatus::Refunded
            | OrderStatus::Unprocessed
            | OrderStatus::AwaitingConfirmation => {}
        }
    }

    pub(super) fn can_be_paid(&self, now: UnixMillis) -> bool {
        self.order.is_payable && self.time_left_ms(now) > 0
    }

    pub(super) fn start_expiry_timer(&self, now: UnixMillis, effects: &mut Vec<Effect>) {
        effects.push(Effect::StartTimer(Timer::Expiry, self.time_left_ms(now)));
    }
}
