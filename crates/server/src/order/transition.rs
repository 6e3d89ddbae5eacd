//! The machine: `(order, event, now) → applied, already applied, or refused`.
//!
//! ```text
//!   place ─▶ unprocessed ──report──▶ awaiting_confirmation
//!                │   ╲                    │        │
//!              paid   ╲─closed at WeChat──┼──▶ closed
//!                │                       paid      │ paid late
//!                ▼                        │        ├─ goods left ─▶ confirmed
//!            confirmed ◀──────────────────┘        └─ none left ──▶ refunding ──▶ refunded
//!                │  ▲                                                  ▲
//!                │  └──────── part of the money is back ──────────────┤
//!                └──────────── operator refunds ──────────────────────┘
//! ```
//!
//! The whole (status × event) table is written out in `docs/PAYMENT-STATES.md` and as a test.

use wechat_checkout_protocol::{Attention, BridgeOutcome, Fen, OrderStatus, UnixMillis};

use super::{Order, OrderEvent, PaymentEvidence, RefundEnding, RefundOf, inquiry, refund};

/// WeChat settles orders of this shop in one currency only.
const CURRENCY: &str = "CNY";

/// A cancelled sheet is asked about once after this long: banks answer late.
const CANCEL_INQUIRY_MS: i64 = 5_000;

/// What the machine must know beyond the order's own row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The goods are reserved for this order, endless, or can be reserved again.
    pub goods_left: bool,
    /// What is known of the refund that the event is about: by its own number, or the one that a
    /// payment which cannot be kept would get.
    pub refund: KnownRefund,
}

/// What is known of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownRefund {
    /// Nobody asked for it.
    Unknown,
    /// Asked for, not ended.
    Open(Fen),
    /// Ended.
    Settled(Fen),
}

/// What follows from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The order changes.
    Applied(Box<Change>),
    /// It was so before; nothing to do, and saying so again is fine.
    AlreadyApplied,
    /// It must not happen; nothing changes.
    Refused(Refusal),
}

/// A change to carry out in one database transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The order afterwards.
    pub order: Order,
    /// What else has to happen in the same transaction.
    pub effects: Vec<Effect>,
    /// Evidence that was recorded but does not fit the order: the sender gets no success.
    pub misfit: Option<Refusal>,
}

/// What has to happen together with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Give the buyer what he paid for.
    Deliver,
    /// Put reserved goods back.
    ReleaseStock,
    /// Send money back the way it came.
    OweRefund(OwedRefund),
    /// Remember how a refund ended.
    SettleRefund {
        /// Which.
        out_refund_no: String,
        /// How.
        ending: RefundEnding,
    },
    /// Take back what was delivered.
    ReverseBenefits,
}

/// Money to send back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedRefund {
    /// The merchant's number of the refund.
    pub out_refund_no: String,
    /// Of which payment.
    pub transaction_id: String,
    /// The whole payment: WeChat wants to know both.
    pub payment_total: Fen,
    /// How much of it.
    pub amount: Fen,
    /// Whose money.
    pub of: RefundOf,
}

impl OwedRefund {
    /// All of a payment that cannot be kept. Its number is made of the payment's, so that asking
    /// twice refunds once.
    fn of_payment(evidence: &PaymentEvidence, of: RefundOf) -> OwedRefund {
        OwedRefund {
            out_refund_no: OwedRefund::number_of_payment(&evidence.transaction_id),
            transaction_id: evidence.transaction_id.clone(),
            payment_total: evidence.total_fee,
            amount: evidence.total_fee,
            of,
        }
    }

    /// The number of the refund that a payment gets when it cannot be kept.
    #[must_use]
    pub fn number_of_payment(transaction_id: &str) -> String {
        ["R", transaction_id].concat()
    }
}

/// Why an event must not happen to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The paid amount is not the order's.
    WrongAmount,
    /// Paid in another currency.
    WrongCurrency,
    /// Paid by somebody else.
    ForeignPayer,
    /// The order is paid, so it cannot close.
    AlreadyPaid,
    /// The order can no longer be paid.
    NotPayable,
    /// There is no money of this order to send back.
    NotPaid,
    /// More than is left of the payment, or nothing.
    RefundAmount,
    /// WeChat takes 50 refunds per order.
    TooManyRefunds,
    /// The refund's number stands for another amount.
    RefundConflict,
}

impl Refusal {
    /// For journals, logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Refusal::WrongAmount => "wrong_amount",
            Refusal::WrongCurrency => "wrong_currency",
            Refusal::ForeignPayer => "foreign_payer",
            Refusal::AlreadyPaid => "already_paid",
            Refusal::NotPayable => "not_payable",
            Refusal::NotPaid => "not_paid",
            Refusal::RefundAmount => "refund_amount",
            Refusal::TooManyRefunds => "too_many_refunds",
            Refusal::RefundConflict => "refund_conflict",
        }
    }
}

/// Decides what an event does to an order. Every status meets every event here.
#[must_use]
pub fn decide(order: &Order, event: &OrderEvent, facts: Facts, now: UnixMillis) -> Decision {
    match event {
        OrderEvent::PrepayIssued(prepay) => match order.status {
            OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => applied(
                Order {
                    prepay: Some(prepay.clone()),
                    ..order.clone()
                },
                vec![],
            ),
            OrderStatus::Confirmed
            | OrderStatus::Closed
            | OrderStatus::Refunding
            | OrderStatus::Refunded => Decision::Refused(Refusal::NotPayable),
        },
        OrderEvent::Reported(outcome) => reported(order, *outcome, now),
        OrderEvent::Paid(evidence) => paid(order, evidence, facts, now),
        OrderEvent::FoundUnpaid | OrderEvent::InquiryUnanswered => inquired(order, now),
        OrderEvent::ClosedAtWechat => match order.status {
            OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => applied(
                Order {
                    status: OrderStatus::Closed,
                    inquiry_due_at: None,
                    ..order.clone()
                },
                vec![Effect::ReleaseStock],
            ),
            // A late question was answered: it stays closed, and nothing is left to ask.
            OrderStatus::Closed if order.inquiry_due_at.is_some() => applied(
                Order {
                    inquiry_due_at: None,
                    ..order.clone()
                },
                vec![],
            ),
            OrderStatus::Closed => Decision::AlreadyApplied,
            OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
                Decision::Refused(Refusal::AlreadyPaid)
            }
        },
        OrderEvent::RefundAsked(asked) => refund::asked(order, asked, facts.refund),
        OrderEvent::RefundSettled(settled) => refund::settled(order, settled, facts.refund),
    }
}

/// A report only ever makes us ask sooner.
fn reported(order: &Order, outcome: BridgeOutcome, now: UnixMillis) -> Decision {
    match order.status {
        OrderStatus::Unprocessed => {
            let (status, due_at) = match outcome {
                BridgeOutcome::Cancel => (OrderStatus::Unprocessed, now.plus_ms(CANCEL_INQUIRY_MS)),
                BridgeOutcome::Ok
                | BridgeOutcome::Fail
                | BridgeOutcome::Unknown
                | BridgeOutcome::NoAnswer => (OrderStatus::AwaitingConfirmation, now),
            };
            applied(restart_inquiry(order, status, due_at, now), vec![])
        }
        OrderStatus::AwaitingConfirmation => match outcome {
            // The buyer tried again: ask again at once.
            BridgeOutcome::Ok if order.inquiry_due_at.is_none_or(|due| due > now) => {
                applied(restart_inquiry(order, order.status, now, now), vec![])
            }
            BridgeOutcome::Ok
            | BridgeOutcome::Cancel
            | BridgeOutcome::Fail
            | BridgeOutcome::Unknown
            | BridgeOutcome::NoAnswer => Decision::AlreadyApplied,
        },
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            Decision::AlreadyApplied
        }
        // The page insists although the order is closed: the money may have come late.
        OrderStatus::Closed => match outcome {
            BridgeOutcome::Ok if order.inquiry_due_at.is_none() => {
                applied(restart_inquiry(order, order.status, now, now), vec![])
            }
            BridgeOutcome::Ok
            | BridgeOutcome::Cancel
            | BridgeOutcome::Fail
            | BridgeOutcome::Unknown
            | BridgeOutcome::NoAnswer => Decision::AlreadyApplied,
        },
    }
}

/// The only arm that makes `confirmed`.
fn paid(order: &Order, evidence: &PaymentEvidence, facts: Facts, now: UnixMillis) -> Decision {
    if order.transaction_id.as_deref() == Some(evidence.transaction_id.as_str()) {
        return Decision::AlreadyApplied;
    }
    if facts.refund != KnownRefund::Unknown {
        return Decision::AlreadyApplied;
    }
    if let Some(misfit) = misfit(order, evidence) {
        return flag_for_review(order, misfit);
    }
    let confirmed = Order {
        status: OrderStatus::Confirmed,
        transaction_id: Some(evidence.transaction_id.clone()),
        confirmed_at: Some(now),
        attention: None,
        inquiry_due_at: None,
        ..order.clone()
    };
    match order.status {
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => {
            applied(confirmed, vec![Effect::Deliver])
        }
        OrderStatus::Closed if facts.goods_left => applied(confirmed, vec![Effect::Deliver]),
        OrderStatus::Closed => applied(
            Order {
                status: OrderStatus::Refunding,
                attention: Some(Attention::LatePaymentRefunded),
                amount_refunding: evidence.total_fee,
                refunds: 1,
                ..confirmed
            },
            vec![Effect::OweRefund(OwedRefund::of_payment(
                evidence,
                RefundOf::OrdersPayment,
            ))],
        ),
        // A second payment of one order: the goods were delivered once, this money goes back.
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            let owed = OwedRefund::of_payment(evidence, RefundOf::AnotherPayment);
            applied(order.clone(), vec![Effect::OweRefund(owed)])
        }
    }
}

/// Amount, currency and payer, each compared with the order and never with what the page said.
fn misfit(order: &Order, evidence: &PaymentEvidence) -> Option<Refusal> {
    if evidence.total_fee != order.amount_total {
        Some(Refusal::WrongAmount)
    } else if evidence.fee_type != CURRENCY {
        Some(Refusal::WrongCurrency)
    } else if evidence.openid != order.openid {
        Some(Refusal::ForeignPayer)
    } else {
        None
    }
}

/// Genuine news that does not fit: nothing is delivered, people look, and once is enough.
fn flag_for_review(order: &Order, misfit: Refusal) -> Decision {
    if order.attention == Some(Attention::UnderReview) {
        return Decision::Refused(misfit);
    }
    let flagged = Order {
        attention: Some(Attention::UnderReview),
        ..order.clone()
    };
    Decision::Applied(Box::new(Change {
        misfit: Some(misfit),
        ..change(flagged, vec![])
    }))
}

/// An inquiry without good news moves the plan on and nothing else.
fn inquired(order: &Order, now: UnixMillis) -> Decision {
    let inquiries = order.inquiries.saturating_add(1);
    let asked = Order {
        inquiries,
        ..order.clone()
    };
    let due_at = match order.status {
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation => {
            inquiry::next_due_at(&asked, now)
        }
        OrderStatus::Closed => None,
        OrderStatus::Confirmed | OrderStatus::Refunding | OrderStatus::Refunded => {
            return Decision::AlreadyApplied;
        }
    };
    let out_of_questions = due_at.is_none() && order.is_open();
    let attention = if out_of_questions {
        Some(Attention::UnderReview)
    } else {
        order.attention
    };
    applied(
        Order {
            inquiry_due_at: due_at,
            attention,
            ..asked
        },
        vec![],
    )
}

fn restart_inquiry(
    order: &Order,
    status: OrderStatus,
    due_at: UnixMillis,
    now: UnixMillis,
) -> Order {
    Order {
        status,
        inquiries: 0,
        inquiry_from: now,
        inquiry_due_at: Some(due_at),
        ..order.clone()
    }
}

pub(super) fn applied(order: Order, effects: Vec<Effect>) -> Decision {
    Decision::Applied(Box::new(change(order, effects)))
}

/// Every change is one journal entry, so every change counts.
fn change(order: Order, effects: Vec<Effect>) -> Change {
    Change {
        order: Order {
            seq: order.seq.saturating_add(1),
            ..order
        },
        effects,
        misfit: None,
    }
}
