//! What is going to happen and when: the platform's timetable in simulated time.

use std::collections::BTreeMap;

use wechat_checkout_protocol::UnixMillis;

use crate::ledger::trade::TradeKey;

/// Something with a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// An attempt to deliver the notification of this number.
    Deliver(u64),
    /// The payer's money for an order that was closed meanwhile.
    PayAfterClose(TradeKey, String),
    /// The end of a refund, by its `refund_id`.
    CompleteRefund(TradeKey, String),
}

/// All dated events, earliest first; events of one instant keep the order of planning.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    entries: BTreeMap<(UnixMillis, u64), Event>,
    planned: u64,
    /// Deliveries that were taken out and have not ended.
    under_way: usize,
}

impl Agenda {
    pub(crate) fn plan(&mut self, at: UnixMillis, event: Event) {
        self.planned += 1;
        self.entries.insert((at, self.planned), event);
    }

    /// The instant of the earliest event.
    pub(crate) fn next_at(&self) -> Option<UnixMillis> {
        self.entries.keys().next().map(|(at, _)| *at)
    }

    /// Takes the earliest event that is due.
    pub(crate) fn take_due(&mut self, now: UnixMillis) -> Option<Event> {
        let entry = self
            .entries
            .first_entry()
            .filter(|entry| entry.key().0 <= now)?;
        let event = entry.remove();
        self.count(&event);
        Some(event)
    }

    /// Takes the earliest planned delivery, due or not.
    pub(crate) fn take_next_delivery(&mut self) -> Option<u64> {
        let (key, id) = self.entries.iter().find_map(|(key, event)| match event {
            Event::Deliver(id) => Some((*key, *id)),
            Event::PayAfterClose(..) | Event::CompleteRefund(..) => None,
        })?;
        self.entries.remove(&key);
        self.under_way += 1;
        Some(id)
    }

    /// Takes the planned delivery of one notification out, because it is sent by hand.
    pub(crate) fn take_delivery(&mut self, id: u64) {
        self.entries.retain(|_, event| *event != Event::Deliver(id));
        self.under_way += 1;
    }

    /// Moves the planned delivery of a notification to an earlier or later instant.
    pub(crate) fn move_delivery(&mut self, id: u64, to: UnixMillis) {
        self.entries.retain(|_, event| *event != Event::Deliver(id));
        self.plan(to, Event::Deliver(id));
    }

    /// Marks the end of one delivery.
    pub(crate) fn delivery_ended(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Whether nothing is due and nothing is under way.
    pub(crate) fn is_settled(&self, now: UnixMillis) -> bool {
        self.under_way == 0 && self.next_at().is_none_or(|at| at > now)
    }

    /// Nothing planned any more; what is under way still has to end.
    pub(crate) fn emptied(&self) -> Agenda {
        Agenda {
            entries: BTreeMap::new(),
            planned: self.planned,
            under_way: self.under_way,
        }
    }

    fn count(&mut self, event: &Event) {
        if matches!(event, Event::Deliver(_)) {
            self.under_way += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_out_by_date_and_then_in_the_order_of_planning() {
        let mut agenda = Agenda::default();
        agenda.plan(UnixMillis(20), Event::Deliver(2));
        agenda.plan(UnixMillis(10), Event::Deliver(1));
        agenda.plan(UnixMillis(20), Event::Deliver(3));
        assert_eq!(agenda.take_due(UnixMillis(9)), None);
        assert_eq!(agenda.take_due(UnixMillis(10)), Some(Event::Deliver(1)));
        assert!(
            !agenda.is_settled(UnixMillis(10)),
            "a delivery is under way"
        );
        agenda.delivery_ended();
        assert!(agenda.is_settled(UnixMillis(19)));
        assert!(!agenda.is_settled(UnixMillis(20)));
        assert_eq!(agenda.take_next_delivery(), Some(2));
        assert_eq!(agenda.take_due(UnixMillis(20)), Some(Event::Deliver(3)));
    }
}
