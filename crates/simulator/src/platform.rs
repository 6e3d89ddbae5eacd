//! The simulated platform as a whole: one clock, one book, and the steps that change the book.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Mutex as AsyncMutex;
use tokio::sync::watch;
use url::Url;
use wechat_checkout_protocol::{Fen, UnixMillis};

use crate::account::MerchantAccount;
use crate::agenda::{Agenda, Event};
use crate::buyer::Buyers;
use crate::clock::Clock;
use crate::courier::outbox::{Attempt, NotificationStatus, Outbox, Outcome};
use crate::courier::plan::{self, FirstAttempt, Planned};
use crate::ledger::coupon;
use crate::ledger::refund::{Refund, RefundRefusal, RefundRequest, RefundStatus};
use crate::ledger::trade::{Trade, TradeKey};
use crate::ledger::{Ledger, PayRefusal};
use crate::oauth::Grants;
use crate::request_log::RequestLog;
use crate::scenario::Scenario;

/// From the acceptance of a refund to its end. Real ones take minutes (零钱) to days (cards).
const REFUND_TAKES_MS: i64 = 5_000;

/// Addresses of notifications that are remembered; a merchant's server has two.
const NOTIFIED_MAX: usize = 256;

/// Everything that changes, under one lock: a payment and its notifications are one step.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) ledger: Ledger,
    pub(crate) outbox: Outbox,
    pub(crate) agenda: Agenda,
    pub(crate) buyers: Buyers,
    pub(crate) grants: Grants,
    pub(crate) requests: RequestLog,
    /// Calls that the scenario `system-error` has already spoilt.
    pub(crate) spoilt: HashSet<(TradeKey, &'static str)>,
    /// Where notifications went, latest last; kept when everything else is forgotten, so that what
    /// was exported before can be replayed.
    notified: VecDeque<Url>,
    /// Notifications that go out as soon as another one was delivered.
    waiting_to_be_overtaken: Vec<u64>,
}

/// The platform. All parts of the simulator share one.
#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) clock: Clock,
    pub(crate) accounts: Vec<MerchantAccount>,
    pub(crate) http: reqwest::Client,
    /// Where browsers find the gateway.
    pub(crate) gateway_url: Url,
    book: Mutex<Book>,
    /// Held while the clock is stepped: two steps at once are two steps one after the other.
    step: AsyncMutex<()>,
    /// Counts the changes of the book, so that waiting needs no polling.
    revision: watch::Sender<u64>,
}

/// A payment that went through.
#[derive(Clone, Debug)]
pub(crate) struct Paid {
    /// The true notification, when the scenario plans to send one.
    pub(crate) notification: Option<u64>,
}

impl Platform {
    pub(crate) fn new(
        clock: Clock,
        accounts: Vec<MerchantAccount>,
        buyers: Buyers,
        http: reqwest::Client,
        gateway_url: Url,
    ) -> Platform {
        let book = Mutex::new(Book {
            buyers,
            ..Book::default()
        });
        Platform {
            clock,
            accounts,
            http,
            gateway_url,
            book,
            step: AsyncMutex::default(),
            revision: watch::Sender::new(0),
        }
    }

    /// Looks at the book.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&Book) -> R) -> R {
        look(&self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the book and wakes everybody who waits for a change.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut Book) -> R) -> R {
        let result = change(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner));
        self.revision.send_modify(|revision| *revision += 1);
        result
    }

    /// Wakes at every change of the book.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Waits until the book satisfies a condition. The caller bounds the time.
    pub(crate) async fn wait_until(&self, condition: impl Fn(&Book) -> bool) {
        let mut changes = self.subscribe();
        loop {
            changes.mark_unchanged();
            if self.read(&condition) {
                return;
            }
            // The sender lives in `self`, so waiting cannot fail.
            let _ = changes.changed().await;
        }
    }

    /// Forgets everything and sets the clock back to the system's time. Deliveries under way end
    /// by themselves.
    pub(crate) async fn reset(&self) {
        // A step under way then finds nothing more to do on its way.
        self.change(|book| book.agenda = book.agenda.emptied());
        let _step = self.step.lock().await;
        self.forget();
        self.clock.restart();
    }

    fn forget(&self) {
        self.change(|book| {
            let (agenda, outbox) = (book.agenda.emptied(), book.outbox.emptied());
            let buyers = book.buyers.without_choices();
            let notified = std::mem::take(&mut book.notified);
            *book = Book {
                agenda,
                outbox,
                buyers,
                notified,
                ..Book::default()
            };
        });
    }

    pub(crate) fn account(&self, mch_id: &str) -> Option<&MerchantAccount> {
        self.accounts
            .iter()
            .find(|account| account.mch_id() == mch_id)
    }

    /// Takes the buyer's money and plans the notifications that the scenario wants.
    pub(crate) fn pay(
        &self,
        key: &TradeKey,
        payer: &str,
        scenario: Scenario,
    ) -> Result<Paid, PayRefusal> {
        let now = self.clock.now();
        let account = self.account(&key.mch_id).ok_or(PayRefusal::NoSuchTrade)?;
        self.change(|book| {
            let trade = book.ledger.trade(key).ok_or(PayRefusal::NoSuchTrade)?;
            let total_fee = match scenario {
                Scenario::WrongAmount => Fen::new(1).unwrap_or(Fen::ZERO),
                _ => trade.terms.total_fee,
            };
            let coupons = match scenario {
                Scenario::Coupon => coupon::of_order(total_fee),
                _ => vec![],
            };
            book.ledger.pay(key, payer, total_fee, coupons, now)?;
            Ok(book.announce_payment(account, key, scenario, now))
        })
    }

    /// Takes money for a closed order: what an event on the agenda promised.
    fn pay_after_close(&self, key: &TradeKey, payer: &str) {
        let now = self.clock.now();
        let Some(account) = self.account(&key.mch_id) else {
            return;
        };
        self.change(|book| {
            if book.ledger.pay_after_close(key, payer, now).is_ok() {
                book.announce_payment(account, key, Scenario::Pay, now);
            }
        });
    }

    /// Accepts a refund and plans its end.
    pub(crate) fn refund(&self, request: RefundRequest) -> Result<(Trade, Refund), RefundRefusal> {
        let now = self.clock.now();
        self.change(|book| {
            let key = request.key.clone();
            let (trade, refund, is_new) = book.ledger.refund(request, now)?;
            let accepted = (trade.clone(), refund);
            if is_new {
                let event = Event::CompleteRefund(key, accepted.1.refund_id.clone());
                book.agenda.plan(now.plus_ms(REFUND_TAKES_MS), event);
            }
            Ok(accepted)
        })
    }

    fn complete_refund(&self, key: &TradeKey, refund_id: &str) {
        let now = self.clock.now();
        let Some(account) = self.account(&key.mch_id) else {
            return;
        };
        self.change(|book| {
            let trade = book.ledger.trade(key);
            let openid = trade.and_then(|trade| trade.terms.openid.as_deref());
            let status = match book.buyers.scenario_of_openid(openid) {
                Scenario::RefundAbnormal => RefundStatus::Abnormal,
                _ => RefundStatus::Success,
            };
            let ended = book.ledger.complete_refund(key, refund_id, status, now);
            let Some((trade, refund)) = ended else { return };
            let Some(url) = refund.notify_url.clone() else {
                return;
            };
            let planned = plan::after_refund(account, trade, &refund);
            book.plan_notification(key, &url, planned, now);
        });
    }

    pub(crate) fn take_due_event(&self) -> Option<Event> {
        let now = self.clock.now();
        self.change_quietly(|book| book.agenda.take_due(now))
    }

    pub(crate) fn next_event_at(&self) -> Option<UnixMillis> {
        self.read(|book| book.agenda.next_at())
    }

    /// Performs an event that is not a delivery.
    pub(crate) fn perform(&self, event: Event) {
        match event {
            Event::Deliver(_) => {}
            Event::PayAfterClose(key, payer) => self.pay_after_close(&key, &payer),
            Event::CompleteRefund(key, refund_id) => self.complete_refund(&key, &refund_id),
        }
    }

    pub(crate) fn notification_to_send(&self, id: u64) -> Option<(Url, String)> {
        self.read(|book| {
            book.outbox
                .get(id)
                .map(|notification| (notification.url.clone(), notification.body.clone()))
        })
    }

    /// Ends a delivery whose notification was forgotten meanwhile.
    pub(crate) fn delivery_vanished(&self) {
        self.change(|book| book.agenda.delivery_ended());
    }

    /// Writes an attempt down and plans the next one.
    pub(crate) fn delivery_ended(&self, id: u64, outcome: Outcome) -> Option<Attempt> {
        let now = self.clock.now();
        self.change(|book| {
            book.agenda.delivery_ended();
            let notification = book.outbox.get_mut(id)?;
            if let Some(at) = notification.record(outcome) {
                book.agenda.plan(at, Event::Deliver(id));
            }
            let attempt = notification.attempts.last().cloned();
            book.let_overtaken_follow(id, now);
            attempt
        })
    }

    /// Takes out the next planned delivery, due or not.
    pub(crate) fn take_next_delivery(&self) -> Option<u64> {
        self.change_quietly(|book| book.agenda.take_next_delivery())
    }

    /// Takes a notification out of the agenda in order to send it by hand.
    pub(crate) fn take_delivery(&self, id: u64) -> bool {
        self.change_quietly(|book| {
            let is_known = book.outbox.get(id).is_some();
            if is_known {
                book.agenda.take_delivery(id);
            }
            is_known
        })
    }

    /// Moves the clock forward from event to event, so that each happens at its own instant.
    pub(crate) async fn step(&self, by_ms: i64) {
        let _step = self.step.lock().await;
        let target = self.clock.now().plus_ms(by_ms);
        loop {
            self.settle().await;
            match self.next_event_at() {
                Some(at) if at <= target => self.clock.advance_to(at),
                _ => break,
            }
        }
        self.clock.advance_to(target);
        self.settle().await;
    }

    /// Waits until nothing is due and no delivery is under way.
    pub(crate) async fn settle(&self) {
        self.wait_until(|book| book.agenda.is_settled(self.clock.now()))
            .await;
    }

    /// For changes that nobody waits for, made by the loop that would be woken by them.
    fn change_quietly<R>(&self, change: impl FnOnce(&mut Book) -> R) -> R {
        change(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Book {
    /// Plans all messages that follow the payment of a trade.
    fn announce_payment(
        &mut self,
        account: &MerchantAccount,
        key: &TradeKey,
        scenario: Scenario,
        now: UnixMillis,
    ) -> Paid {
        let found = self
            .ledger
            .trade(key)
            .and_then(|trade| Some((trade, trade.payment()?)));
        let Some((trade, payment)) = found else {
            return Paid { notification: None };
        };
        let url = trade.terms.notify_url.clone();
        let mut notification = None;
        for planned in plan::after_payment(account, trade, payment, scenario) {
            let is_true = planned.kind.is_repeated();
            let is_sent = planned.first != FirstAttempt::Never;
            let id = self.plan_notification(key, &url, planned, now);
            if is_true && is_sent {
                notification = Some(id);
            }
        }
        Paid { notification }
    }

    /// Writes a message into the outbox and its first attempt into the agenda.
    pub(crate) fn plan_notification(
        &mut self,
        key: &TradeKey,
        url: &Url,
        planned: Planned,
        now: UnixMillis,
    ) -> u64 {
        self.remember_address(url);
        let notification = self
            .outbox
            .add(planned.kind, key.clone(), url.clone(), planned.body);
        let id = notification.id;
        match planned.first.delay_ms() {
            None => notification.status = NotificationStatus::Lost,
            Some(delay_ms) => {
                let at = now.plus_ms(delay_ms);
                notification.next_due = Some(at);
                self.agenda.plan(at, Event::Deliver(id));
            }
        }
        if planned.first == FirstAttempt::Overtaken {
            self.waiting_to_be_overtaken.push(id);
        }
        id
    }

    /// Whether a merchant gave this address as its `notify_url`, for an order that is known, or for
    /// one that was notified before everything was forgotten.
    pub(crate) fn is_notify_url(&self, url: &Url) -> bool {
        self.notified.contains(url) || self.ledger.trades().any(|at| at.terms.notify_url == *url)
    }

    fn remember_address(&mut self, url: &Url) {
        if self.notified.contains(url) {
            return;
        }
        if self.notified.len() >= NOTIFIED_MAX {
            self.notified.pop_front();
        }
        self.notified.push_back(url.clone());
    }

    /// After a delivery, the notifications that waited to be overtaken become due.
    fn let_overtaken_follow(&mut self, delivered: u64, now: UnixMillis) {
        for id in std::mem::take(&mut self.waiting_to_be_overtaken) {
            if id != delivered {
                self.agenda.move_delivery(id, now);
            }
        }
    }
}
