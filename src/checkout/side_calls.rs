//! The calls beside the road: fresh bridge parameters, repeated reports, and what is said meanwhile.

use wechat_checkout_protocol::UnixMillis;

use super::{Effect, Holding, RETRIES_MAX, Recovery, Stage, Trouble};

impl Holding {
    pub(super) fn ensure_bridge(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) {
        if self.fresh_bridge(now).is_none() && !self.is_bridge_asked && !self.asking.is_waiting {
            self.is_bridge_asked = true;
            effects.push(Effect::RefreshBridge(self.order.id.clone()));
        }
    }

    pub(super) fn stop_checking(&mut self) {
        if let Stage::NotYetConfirmed { is_checking, .. } = &mut self.stage {
            *is_checking = false;
        }
    }

    /// Shows a trouble; the push channel keeps trying by itself.
    pub(super) fn note(&mut self, trouble: Trouble, effects: &mut Vec<Effect>) {
        if trouble.kind.recovery() == Recovery::SignIn {
            effects.push(Effect::SignIn);
        }
        self.asking.trouble = Some(trouble);
    }

    pub(super) fn retry_later(&mut self, trouble: Trouble, effects: &mut Vec<Effect>) {
        if trouble.kind.recovery() == Recovery::Automatic && self.asking.attempt < RETRIES_MAX {
            self.asking.wait(trouble, effects);
        } else {
            self.note(trouble, effects);
        }
    }

    /// Repeats the side call that the present stage needs.
    pub(super) fn try_again(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) {
        self.asking.is_waiting = false;
        match (self.stage, self.last_outcome) {
            (Stage::Payable { .. } | Stage::Failed { .. }, _) => self.ensure_bridge(now, effects),
            (Stage::Confirming { .. }, Some(outcome)) if self.asking.trouble.is_some() => {
                let order_id = self.order.id.clone();
                effects.push(Effect::SendReport {
                    order_id,
                    outcome,
                    raw: String::new(),
                });
            }
            (
                Stage::SheetOpen { .. }
                | Stage::Confirming { .. }
                | Stage::NotYetConfirmed { .. }
                | Stage::UnderReview
                | Stage::Expiring
                | Stage::Settled,
                _,
            ) => {}
        }
    }
}
