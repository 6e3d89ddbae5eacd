//! The notifications that were planned, with every attempt and what was answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;
use wechat_checkout_protocol::UnixMillis;

use super::schedule;
use super::verdict::Verdict;
use crate::ledger::trade::TradeKey;

/// Old notifications are forgotten beyond this number, so that a load test cannot eat the memory.
const NOTIFICATIONS_MAX: usize = 100_000;

/// What a notification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotificationKind {
    /// The true payment notification.
    Payment,
    /// The true refund notification.
    Refund,
    /// Looks true, signed with a key that is not the merchant's.
    ForgedKey,
    /// Looks true, without a signature.
    ForgedUnsigned,
    /// True, but the amount was changed after signing.
    ForgedAmount,
    /// Well signed by another merchant.
    ForeignMerchant,
    /// The last digit of the signature is wrong.
    ProbeSignature,
    /// Carries an external XML entity.
    ProbeEntity,
}

impl NotificationKind {
    /// The name in the control API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            NotificationKind::Payment => "payment",
            NotificationKind::Refund => "refund",
            NotificationKind::ForgedKey => "forged-key",
            NotificationKind::ForgedUnsigned => "forged-unsigned",
            NotificationKind::ForgedAmount => "forged-amount",
            NotificationKind::ForeignMerchant => "foreign-merchant",
            NotificationKind::ProbeSignature => "probe-signature",
            NotificationKind::ProbeEntity => "probe-entity",
        }
    }

    /// Whether WeChat repeats it until it is acknowledged.
    pub(crate) const fn is_repeated(self) -> bool {
        matches!(self, NotificationKind::Payment | NotificationKind::Refund)
    }
}

/// Where a notification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationStatus {
    /// An attempt is planned or under way.
    Waiting,
    /// The merchant acknowledged it.
    Acknowledged,
    /// No further attempt: the schedule is over, or the kind is not repeated.
    GivenUp,
    /// The scenario lost it; it is sent only by hand.
    Lost,
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Counts from 1.
    pub number: usize,
    /// Simulated instant at which it was sent.
    pub at: UnixMillis,
    /// Seconds since the first attempt, in simulated time.
    pub offset_s: i64,
    /// Real milliseconds until the answer.
    pub took_ms: i64,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The beginning of the answer's body.
    pub answer: String,
    /// Whether it counts as the acknowledgement.
    pub is_acknowledged: bool,
    /// Why it does not count, in words; empty when it does.
    pub explanation: String,
}

/// What came of one attempt, before it is written into the book.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) sent_at: UnixMillis,
    pub(crate) took_ms: i64,
    pub(crate) status: Option<u16>,
    pub(crate) answer: String,
    pub(crate) verdict: Verdict,
}

/// A planned notification.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    pub(crate) id: u64,
    pub(crate) kind: NotificationKind,
    pub(crate) key: TradeKey,
    pub(crate) url: Url,
    pub(crate) body: String,
    pub(crate) status: NotificationStatus,
    pub(crate) next_due: Option<UnixMillis>,
    pub(crate) attempts: Vec<Attempt>,
}

/// All notifications by number.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    notifications: BTreeMap<u64, Notification>,
    last_id: u64,
}

impl Outbox {
    /// Writes a notification down; whoever calls plans its first attempt.
    pub(crate) fn add(
        &mut self,
        kind: NotificationKind,
        key: TradeKey,
        url: Url,
        body: String,
    ) -> &mut Notification {
        if self.notifications.len() >= NOTIFICATIONS_MAX {
            self.notifications.pop_first();
        }
        self.last_id += 1;
        let id = self.last_id;
        let status = NotificationStatus::Waiting;
        let planned = Notification {
            id,
            kind,
            key,
            url,
            body,
            status,
            next_due: None,
            attempts: vec![],
        };
        self.notifications.entry(id).or_insert(planned)
    }

    /// No notifications, but never a number twice: a delivery under way must not end in another's
    /// record.
    pub(crate) fn emptied(&self) -> Outbox {
        Outbox {
            notifications: BTreeMap::new(),
            last_id: self.last_id,
        }
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Notification> {
        self.notifications.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Notification> {
        self.notifications.get_mut(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Notification> {
        self.notifications.values()
    }
}

impl Notification {
    /// Writes an attempt down; returns when the next one is due, if there is to be one.
    pub(crate) fn record(&mut self, outcome: Outcome) -> Option<UnixMillis> {
        let first_at = self
            .attempts
            .first()
            .map_or(outcome.sent_at, |attempt| attempt.at);
        let is_acknowledged = outcome.verdict == Verdict::Acknowledged;
        self.attempts.push(Attempt {
            number: self.attempts.len() + 1,
            at: outcome.sent_at,
            offset_s: outcome.sent_at.since_ms(first_at).div_euclid(1000),
            took_ms: outcome.took_ms,
            status: outcome.status,
            answer: outcome.answer,
            is_acknowledged,
            explanation: match outcome.verdict {
                Verdict::Acknowledged => String::new(),
                Verdict::NotAcknowledged(reason) => reason.to_owned(),
            },
        });
        self.next_due = None;
        if is_acknowledged {
            self.status = NotificationStatus::Acknowledged;
        } else if self.status == NotificationStatus::Waiting {
            let offset = schedule::offset_ms(self.attempts.len());
            self.next_due = offset
                .filter(|_| self.kind.is_repeated())
                .map(|ms| first_at.plus_ms(ms));
            if self.next_due.is_none() {
                self.status = NotificationStatus::GivenUp;
            }
        }
        self.next_due
    }
}
