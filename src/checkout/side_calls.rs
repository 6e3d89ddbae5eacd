//! The calls beside the road: fresh bridge parameters, repeated reports, and what is said meanwhile.

use wechat_checkout_protocol::UnixMillis;

use super::{Effect, Holding, Link, RETRIES_MAX, Recovery, Stage, Trouble};

impl Holding {
    pub(super) fn ensure_bridge(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) {
        if self.fresh_bridge(now).is_none() && !self.asking.is_waiting {
            self.ask_for_bridge(effects);
        }
    }

    /// Asks for fresh parameters, once at a time. Those in hand serve meanwhile.
    pub(super) fn ask_for_bridge(&mut self, effects: &mut Vec<Effect>) {
        if !self.is_bridge_asked {
            self.is_bridge_asked = true;
            effects.push(Effect::RefreshBridge(self.order.id.clone()));
        }
    }

    pub(super) fn stop_checking(&mut self) {
        if let Stage::NotYetConfirmed { is_checking, .. } = &mut self.stage {
            *is_checking = false;
        }
    }

    /// Shows a trouble that does not pass by itself.
    pub(super) fn note(&mut self, trouble: Trouble, effects: &mut Vec<Effect>) {
        if trouble.kind.recovery() == Recovery::SignIn {
            effects.push(Effect::SignIn {
                is_asked_for: false,
            });
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

    /// The pause is over: repeats what did not work. Without a socket the order is asked for anyway.
    pub(super) fn try_again(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) {
        let is_asked_elsewhere = self.link != Link::Live;
        if !self.repeat_side_call(now, effects)
            && self.asking.trouble.is_some()
            && !is_asked_elsewhere
        {
            effects.push(Effect::LoadOrder(self.order.id.clone()));
        }
    }

    /// Repeats the side call that the present stage needs; `false` when it needs none.
    pub(super) fn repeat_side_call(&mut self, now: UnixMillis, effects: &mut Vec<Effect>) -> bool {
        self.asking.is_waiting = false;
        match (self.stage, self.last_outcome) {
            (Stage::Payable { .. } | Stage::Failed { .. }, _)
                if self.fresh_bridge(now).is_none() =>
            {
                self.ensure_bridge(now, effects);
                true
            }
            (Stage::Confirming { .. }, Some(outcome)) if self.asking.trouble.is_some() => {
                let order_id = self.order.id.clone();
                effects.push(Effect::SendReport {
                    order_id,
                    outcome,
                    raw: String::new(),
                });
                true
            }
            (
                Stage::Payable { .. }
                | Stage::Failed { .. }
                | Stage::SheetOpen { .. }
                | Stage::Confirming { .. }
                | Stage::NotYetConfirmed { .. }
                | Stage::UnderReview
                | Stage::Expiring
                | Stage::Settled,
                _,
            ) => false,
        }
    }
}
