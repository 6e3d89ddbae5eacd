//! What the machine answers: applied with its effects, already applied, or refused.

use wechat_checkout_protocol::Fen;

use super::{Order, PaymentEvidence, RefundEnding, RefundOf};

/// What the machine must know beyond the order's own row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The goods are reserved for this order, endless, or can be reserved again.
    pub goods_left: bool,
    /// What is known of the refund that the event is about: by its own number, or the one that a
    /// payment which cannot be kept would get.
    pub refund: KnownRefund,
    /// The very same payment, which does not fit, is in the order's journal already.
    pub is_noted: bool,
}

/// What is known of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownRefund {
    /// Nobody asked for it.
    Unknown,
    /// Asked for, not ended.
    Open(Fen),
    /// Ended.
    Settled(Fen, RefundEnding),
    /// The number stands for a refund of another order.
    OfAnotherOrder,
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
        /// WeChat's number of it, if known.
        refund_id: Option<String>,
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
    pub(super) fn of_payment(evidence: &PaymentEvidence, of: RefundOf) -> OwedRefund {
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
    /// The refund's number stands for another amount, or for another order.
    RefundConflict,
    /// A refund of this number failed; another try needs another number.
    RefundFailedBefore,
    /// Something happened that the operator has not seen.
    ChangedSince,
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
            Refusal::RefundFailedBefore => "refund_failed_before",
            Refusal::ChangedSince => "changed_since",
        }
    }
}

/// A change without more ado.
pub(super) fn applied(order: Order, effects: Vec<Effect>) -> Decision {
    Decision::Applied(Box::new(change(order, effects)))
}

/// Every change is one journal entry, so every change counts.
pub(super) fn change(order: Order, effects: Vec<Effect>) -> Change {
    let seq = order.seq.saturating_add(1);
    Change {
        order: Order { seq, ..order },
        effects,
        misfit: None,
    }
}
