//! The tap, and what the bridge says: WeChat's result policy.

use wechat_checkout_protocol::{BridgeOutcome, UnixMillis};

use super::{CheckoutEvent, Effect, FailReason, Holding, Notice, SheetAnswer, Stage};

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
                let params = Box::new(params.clone());
                self.sheets = self.sheets.saturating_add(1);
                effects.push(Effect::OpenSheet {
                    sheet: self.sheets,
                    params,
                });
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

    /// What the bridge said, by WeChat's result policy. Also heard late, and more than once: a sheet
    /// that said `cancel` has been seen to say `ok` afterwards, when the bank took its time.
    pub(super) fn answer(
        &mut self,
        answer: SheetAnswer,
        now: UnixMillis,
        effects: &mut Vec<Effect>,
    ) {
        if !self.is_news(&answer) {
            return;
        }
        let SheetAnswer {
            outcome,
            reason,
            words,
            raw,
            ..
        } = answer;
        self.words = words;
        self.may_have_paid |= !reason.is_some_and(FailReason::precedes_sheet);
        // A bridge that never appeared said nothing that could be reported.
        if reason == Some(FailReason::BridgeMissing) {
            self.last_outcome = Some(outcome);
        } else {
            self.report(outcome, raw, now, effects);
        }
        if matches!(self.stage, Stage::Settled | Stage::UnderReview) {
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
            (BridgeOutcome::Fail, Some(reason)) if reason.precedes_sheet() => {
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

    /// Whether an answer tells anything new. `ok` does, from whichever sheet and however late; the
    /// other answers do where the newest sheet has not said anything stronger yet.
    fn is_news(&self, answer: &SheetAnswer) -> bool {
        if answer.outcome == BridgeOutcome::Ok {
            return self.last_outcome != Some(BridgeOutcome::Ok)
                || matches!(self.stage, Stage::SheetOpen { .. });
        }
        let is_newest = answer.sheet == self.sheets;
        is_newest
            && match self.stage {
                Stage::SheetOpen { .. } => true,
                // The notification was faster. The answer still belongs in the order's journal.
                Stage::Settled => self.last_outcome.is_none(),
                Stage::Payable { .. }
                | Stage::Failed { .. }
                | Stage::Confirming { .. }
                | Stage::NotYetConfirmed { .. }
                | Stage::UnderReview
                | Stage::Expiring => match self.last_outcome {
                    Some(
                        BridgeOutcome::Cancel | BridgeOutcome::Unknown | BridgeOutcome::NoAnswer,
                    ) => self.last_outcome != Some(answer.outcome),
                    Some(BridgeOutcome::Ok | BridgeOutcome::Fail) | None => false,
                },
            }
    }

    pub(super) fn report(
        &mut self,
        outcome: BridgeOutcome,
        raw: String,
        now: UnixMillis,
        effects: &mut Vec<Effect>,
    ) {
        let order_id = self.order.id.clone();
        self.last_outcome = Some(outcome);
        self.asking_since = self.server_now(now);
        effects.push(Effect::SendReport {
            order_id: order_id.clone(),
            outcome,
            raw,
        });
        effects.push(Effect::Emit(CheckoutEvent::Reported(order_id, outcome)));
    }
}
