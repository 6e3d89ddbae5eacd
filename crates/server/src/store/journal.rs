//! The journal as it is kept: what happened to an order, when, and on what evidence.

use serde::{Deserialize, Serialize};
use wechat_checkout_protocol::{BridgeOutcome, Fen, OpenId, OrderId, QueriedState, UnixMillis};

use crate::order::{
    AskedRefund, Decision, Facts, IssuedPrepay, KnownRefund, Order, OrderEvent, PaymentEvidence,
    QueryAnswer, RefundEnding, RefundOf, SettledRefund, StuckRefund, decide,
};

/// One line of an order's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Place among all entries of all orders; grows with time.
    pub position: i64,
    /// Whose life.
    pub order_id: OrderId,
    /// Counts this order's entries from 1.
    pub seq: u64,
    /// When it was decided.
    pub at: UnixMillis,
    /// What happened.
    pub event: JournalEvent,
}

/// What happened, in the form that is stored. New fields must be optional: old entries stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum JournalEvent {
    /// The buyer ordered.
    Placed,
    /// WeChat issued a session to pay.
    PrepayIssued {
        /// `prepay_id`.
        prepay_id: String,
        /// When.
        issued_at: UnixMillis,
    },
    /// The page reported.
    Reported {
        /// What the bridge said.
        outcome: BridgeOutcome,
    },
    /// WeChat said: paid.
    Paid {
        /// WeChat's number.
        transaction_id: String,
        /// Who paid.
        openid: OpenId,
        /// How much.
        total_fee: Fen,
        /// In what.
        fee_type: String,
        /// Set when the goods of a closed order were gone: a fact that a replay needs.
        #[serde(default, skip_serializing_if = "is_false")]
        goods_gone: bool,
    },
    /// We asked: not paid yet.
    FoundUnpaid {
        /// What WeChat answered, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<StoredAnswer>,
    },
    /// We asked: no such order at WeChat.
    FoundAbsent {
        /// What WeChat answered, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<StoredAnswer>,
    },
    /// We asked in vain.
    InquiryUnanswered {
        /// What WeChat answered, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<StoredAnswer>,
    },
    /// We asked: paid, and sent back by somebody else.
    FoundRefunded {
        /// What WeChat answered, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<StoredAnswer>,
    },
    /// WeChat said: closed.
    ClosedAtWechat {
        /// What WeChat answered, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<StoredAnswer>,
    },
    /// An operator asked for money to go back.
    RefundAsked {
        /// The refund's number.
        out_refund_no: String,
        /// How much.
        amount: Fen,
    },
    /// A refund makes no headway. Older entries do not say which.
    RefundStuck {
        /// The refund's number.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        out_refund_no: String,
        /// What hinders it: WeChat's error code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hindrance: Option<String>,
    },
    /// WeChat said how a refund ended.
    RefundSettled {
        /// The refund's number.
        out_refund_no: String,
        /// How much.
        amount: Fen,
        /// Whether it was the payment that confirmed the order.
        of_orders_payment: bool,
        /// Whether the buyer has his money.
        succeeded: bool,
        /// WeChat's number of it, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refund_id: Option<String>,
    },
    /// An operator ended the review.
    Reviewed {
        /// The newest entry that he saw.
        seen_seq: u64,
    },
}

/// What WeChat answered to a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// What it means.
    pub state: QueriedState,
    /// WeChat's sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl StoredAnswer {
    fn of(answer: &Option<QueryAnswer>) -> Option<StoredAnswer> {
        answer.clone().map(|answer| StoredAnswer {
            state: answer.state,
            description: answer.description,
        })
    }

    fn into_answer(self) -> QueryAnswer {
        QueryAnswer {
            state: self.state,
            description: self.description,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl JournalEvent {
    /// What is written down of an event that was applied.
    #[must_use]
    pub fn of(event: &OrderEvent, facts: Facts) -> JournalEvent {
        match event {
            OrderEvent::PrepayIssued(prepay) => JournalEvent::PrepayIssued {
                prepay_id: prepay.id.clone(),
                issued_at: prepay.issued_at,
            },
            OrderEvent::Reported(outcome) => JournalEvent::Reported { outcome: *outcome },
            OrderEvent::Paid(evidence) => JournalEvent::Paid {
                transaction_id: evidence.transaction_id.clone(),
                openid: evidence.openid.clone(),
                total_fee: evidence.total_fee,
                fee_type: evidence.fee_type.clone(),
                goods_gone: !facts.goods_left,
            },
            OrderEvent::FoundUnpaid(answer) => JournalEvent::FoundUnpaid {
                answer: StoredAnswer::of(answer),
            },
            OrderEvent::FoundAbsent(answer) => JournalEvent::FoundAbsent {
                answer: StoredAnswer::of(answer),
            },
            OrderEvent::InquiryUnanswered(answer) => JournalEvent::InquiryUnanswered {
                answer: StoredAnswer::of(answer),
            },
            OrderEvent::FoundRefunded(answer) => JournalEvent::FoundRefunded {
                answer: StoredAnswer::of(answer),
            },
            OrderEvent::RefundStuck(stuck) => JournalEvent::RefundStuck {
                out_refund_no: stuck.out_refund_no.clone(),
                hindrance: stuck.hindrance.clone(),
            },
            OrderEvent::ClosedAtWechat(answer) => JournalEvent::ClosedAtWechat {
                answer: StoredAnswer::of(answer),
            },
            OrderEvent::Reviewed { seq } => JournalEvent::Reviewed { seen_seq: *seq },
            OrderEvent::RefundAsked(asked) => JournalEvent::RefundAsked {
                out_refund_no: asked.out_refund_no.clone(),
                amount: asked.amount,
            },
            OrderEvent::RefundSettled(settled) => JournalEvent::RefundSettled {
                out_refund_no: settled.out_refund_no.clone(),
                amount: settled.amount,
                of_orders_payment: settled.of == RefundOf::OrdersPayment,
                succeeded: settled.ending == RefundEnding::Succeeded,
                refund_id: settled.refund_id.clone(),
            },
        }
    }

    /// What the machine knew besides the order when the event was applied.
    #[must_use]
    pub const fn facts(&self) -> Facts {
        let (goods_left, refund) = match self {
            JournalEvent::Paid { goods_gone, .. } => (!*goods_gone, KnownRefund::Unknown),
            JournalEvent::RefundSettled { amount, .. } => (true, KnownRefund::Open(*amount)),
            JournalEvent::Placed
            | JournalEvent::PrepayIssued { .. }
            | JournalEvent::Reported { .. }
            | JournalEvent::FoundUnpaid { .. }
            | JournalEvent::FoundAbsent { .. }
            | JournalEvent::InquiryUnanswered { .. }
            | JournalEvent::FoundRefunded { .. }
            | JournalEvent::ClosedAtWechat { .. }
            | JournalEvent::RefundAsked { .. }
            | JournalEvent::RefundStuck { .. }
            | JournalEvent::Reviewed { .. } => (true, KnownRefund::Unknown),
        };
        Facts {
            goods_left,
            refund,
            // Or there would be no entry of it.
            is_noted: false,
        }
    }

    /// The event to replay; `None` for the first entry, which is the order itself.
    #[must_use]
    pub fn replay(&self) -> Option<OrderEvent> {
        match self.clone() {
            JournalEvent::Placed => None,
            JournalEvent::PrepayIssued {
                prepay_id,
                issued_at,
            } => Some(OrderEvent::PrepayIssued(IssuedPrepay {
                id: prepay_id,
                issued_at,
            })),
            JournalEvent::Reported { outcome } => Some(OrderEvent::Reported(outcome)),
            JournalEvent::Paid {
                transaction_id,
                openid,
                total_fee,
                fee_type,
                goods_gone: _,
            } => Some(OrderEvent::Paid(PaymentEvidence {
                transaction_id,
                openid,
                total_fee,
                fee_type,
            })),
            JournalEvent::FoundUnpaid { answer } => Some(OrderEvent::FoundUnpaid(
                answer.map(StoredAnswer::into_answer),
            )),
            JournalEvent::FoundAbsent { answer } => Some(OrderEvent::FoundAbsent(
                answer.map(StoredAnswer::into_answer),
            )),
            JournalEvent::InquiryUnanswered { answer } => Some(OrderEvent::InquiryUnanswered(
                answer.map(StoredAnswer::into_answer),
            )),
            JournalEvent::FoundRefunded { answer } => Some(OrderEvent::FoundRefunded(
                answer.map(StoredAnswer::into_answer),
            )),
            JournalEvent::RefundStuck {
                out_refund_no,
                hindrance,
            } => Some(OrderEvent::RefundStuck(StuckRefund {
                out_refund_no,
                hindrance,
            })),
            JournalEvent::ClosedAtWechat { answer } => Some(OrderEvent::ClosedAtWechat(
                answer.map(StoredAnswer::into_answer),
            )),
            JournalEvent::Reviewed { seen_seq } => Some(OrderEvent::Reviewed { seq: seen_seq }),
            JournalEvent::RefundAsked {
                out_refund_no,
                amount,
            } => Some(OrderEvent::RefundAsked(AskedRefund {
                out_refund_no,
                amount,
            })),
            JournalEvent::RefundSettled {
                out_refund_no,
                amount,
                of_orders_payment,
                succeeded,
                refund_id,
            } => Some(OrderEvent::RefundSettled(SettledRefund {
                out_refund_no,
                amount,
                of: if of_orders_payment {
                    RefundOf::OrdersPayment
                } else {
                    RefundOf::AnotherPayment
                },
                ending: if succeeded {
                    RefundEnding::Succeeded
                } else {
                    RefundEnding::Failed
                },
                refund_id,
            })),
        }
    }
}

/// Where an order stood after each of its entries, oldest first: its row is what the last one
/// gives. `None` when today's machine decides an entry otherwise than it was decided then.
#[must_use]
pub fn replay(order: &Order, journal: &[JournalEntry]) -> Option<Vec<Order>> {
    let mut stood: Vec<Order> = Vec::with_capacity(journal.len());
    for entry in journal {
        let after = match (entry.event.replay(), stood.last()) {
            (None, None) => order.as_placed(),
            (Some(event), Some(before)) => {
                match decide(before, &event, entry.event.facts(), entry.at) {
                    Decision::Applied(change) => change.order,
                    Decision::AlreadyApplied | Decision::Refused(_) => return None,
                }
            }
            (None, Some(_)) | (Some(_), None) => return None,
        };
        stood.push(after);
    }
    Some(stood)
}
