//! The tap, and what the bridge says: WeChat's result policy.

use wechat_checkout_protocol::{BridgeOutcome, UnixMillis};

use super::{CheckoutEvent, Effect, FailReason, Holding, Notice, Stage};

impl Holding {
    /// The tap. **Invariant:** nothing here waits for the network; the sheet opens with what is held.
    pub(super) fn tap(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) {
        match self.stage {
            Stage::Payable { .. }
            | Stage::Failed { .. }
            | Stage::NotYetConfirmed {
                may_pay_again: true,
                ..
            } => {}
            // The double tap ends here: an open sheet is never opened twice.
            Stage::SheetOpen { .. }
            | Stage::Confirming { .. }
            | Stage::NotYetConfirmed {
                may_pay_again: false,
                ..
            }
            | Stage::UnderReview
            | Stage::Expiring
            | Stage::Settled => return,
        }
        if !self.can_be_paid(now) {
            return self.enter(Stage::Expiring, now, effects);
        }
        match self.fresh_bridge(now) {
            Some(params) => {
                effects.push(Effect::OpenSheet(Box::new(params.clone())));
                self.enter(Stage::SheetOpen { is_hidden: false }, now, effects);
            }
            None => self.enter(
                Stage::Payable {
                    notice: Some(Notice::TapAgain),
                },
                now,
                effects,
            ),
        }
    }

    /// What the bridge said, by WeChat's result policy. Also heard late, after the silence was
    /// taken for an answer.
    pub(super) fn answer(
        &mut self,
        outcome: BridgeOutcome,
        reason: Option<FailReason>,
        raw: String,
        now: UnixMillis,
        effects: &mut Vec<Effect>,
    ) {
        let is_awaited = match self.stage {
            Stage::SheetOpen { .. } => true,
            Stage::Confirming { .. } | Stage::NotYetConfirmed { .. } => {
                self.last_outcome == Some(BridgeOutcome::NoAnswer)
            }
            // The notification was faster. The answer still belongs in the order's journal.
            Stage::Settled => self.last_outcome.is_none(),
            Stage::Payable { .. } | Stage::Failed { .. } | Stage::UnderReview | Stage::Expiring => {
                false
            }
        };
        if !is_awaited {
            return;
        }
        // A bridge that never appeared said nothing that could be reported.
        if reason != Some(FailReason::BridgeMissing) {
            self.report(outcome, raw, effects);
        }
        if self.stage == Stage::Settled {
            return;
        }
        let stage = match (outcome, reason) {
            (BridgeOutcome::Cancel, _) => {
                effects.push(Effect::Emit(CheckoutEvent::Cancelled(
                    self.order.id.clone(),
                )));
                Stage::Payable {
                    notice: Some(Notice::Cancelled),
                }
            }
            (BridgeOutcome::Fail, Some(reason)) if reason.excludes_payment() => {
                Stage::Failed { reason }
            }
            (
                BridgeOutcome::Ok
                | BridgeOutcome::Fail
                | BridgeOutcome::Unknown
                | BridgeOutcome::NoAnswer,
                reason,
            ) => Stage::Confirming { since: now, reason },
        };
        self.enter(stage, now, effects);
    }

    pub(super) fn report(
        &mut self,
        outcome: BridgeOutcome,
        raw: String,
        effects: &mut Vec<Effect>,
    ) {
        let order_id = self.order.id.clone();
        self.last_outcome = Some(outcome);
        effects.push(Effect::SendReport {
            order_id: order_id.clone(),
            outcome,
            raw,
        });
        effects.push(Effect::Emit(CheckoutEvent::Reported(order_id, outcome)));
    }
}
