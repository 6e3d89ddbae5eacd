//! What can happen to an order.

use wechat_checkout_protocol::{BridgeOutcome, Fen, OpenId, QueriedState};

use super::IssuedPrepay;

/// Proof that WeChat took money for an order.
///
/// **Invariant:** made in `flow::confirm_payment` alone, out of a value that only the gateway's
/// verifier can make. Nothing a browser or an unverified body says can become one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentEvidence {
    /// WeChat's number of the payment.
    pub transaction_id: String,
    /// Who paid.
    pub openid: OpenId,
    /// What was paid, before coupons: the amount to compare with the order.
    pub total_fee: Fen,
    /// `CNY`, or something we do not sell in.
    pub fee_type: String,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// WeChat issued (or renewed) the session to pay it.
    PrepayIssued(IssuedPrepay),
    /// The page told us what the bridge said. A hint, never evidence.
    Reported(BridgeOutcome),
    /// WeChat says it was paid: notification, inquiry or operator, all the same.
    Paid(PaymentEvidence),
    /// We asked, and it is not paid yet. Never final.
    FoundUnpaid(Option<QueryAnswer>),
    /// We asked, and WeChat knows no such order: a session to pay that we hold is worth nothing.
    FoundAbsent(Option<QueryAnswer>),
    /// We asked and learnt nothing that moves the order: no answer, an unreadable one, or one that
    /// leaves open what becomes of the payment.
    InquiryUnanswered(Option<QueryAnswer>),
    /// We asked, and the money of a payment we never confirmed is going back or gone already:
    /// somebody refunded it elsewhere.
    FoundRefunded(Option<QueryAnswer>),
    /// WeChat says that it can no longer be paid.
    ClosedAtWechat(Option<QueryAnswer>),
    /// An operator wants money to go back.
    RefundAsked(AskedRefund),
    /// A refund makes no headway: WeChat refuses it, or the buyer's bank does not take it.
    RefundStuck(StuckRefund),
    /// WeChat says how a refund ended.
    RefundSettled(SettledRefund),
    /// An operator looked at an order under review, and nothing is left to do by hand.
    Reviewed {
        /// The newest entry of the journal that he saw.
        seq: u64,
    },
}

/// What WeChat answered to a query about an order. An inquiry without an answer has none, and neither
/// have entries of journals that were written before answers were kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryAnswer {
    /// What it means.
    pub state: QueriedState,
    /// WeChat's sentence about it, at most [`QueryAnswer::DESCRIPTION_CHARS_MAX`] characters.
    pub description: Option<String>,
}

impl QueryAnswer {
    /// As WeChat documents `trade_state_desc`.
    pub const DESCRIPTION_CHARS_MAX: usize = 256;

    /// An answer with WeChat's sentence, cut to its length; a blank one is none.
    #[must_use]
    pub fn new(state: QueriedState, description: Option<&str>) -> QueryAnswer {
        let description = description
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(|text| text.chars().take(Self::DESCRIPTION_CHARS_MAX).collect());
        QueryAnswer { state, description }
    }
}

/// A refund that somebody asked for. The number is the refund's identity: asking again with the
/// same number never refunds twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedRefund {
    /// The merchant's number of the refund, `out_refund_no`.
    pub out_refund_no: String,
    /// How much of the order.
    pub amount: Fen,
}

/// A refund that makes no headway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckRefund {
    /// Which.
    pub out_refund_no: String,
    /// What hinders it, if WeChat said so: its error code.
    pub hindrance: Option<String>,
}

/// How a refund ended, as a verified `refundquery` told.
///
/// **Invariant:** made in `flow::settle_refund` alone. A refund notification only makes us ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledRefund {
    /// Which.
    pub out_refund_no: String,
    /// How much.
    pub amount: Fen,
    /// Whose money it was.
    pub of: RefundOf,
    /// How it ended.
    pub ending: RefundEnding,
    /// WeChat's number of it, where the answer has one.
    pub refund_id: Option<String>,
}

/// Which payment a refund sends back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundOf {
    /// The one that confirmed the order (or came too late for it).
    OrdersPayment,
    /// A second payment of the same order: the goods stay with the buyer.
    AnotherPayment,
}

/// How a refund ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundEnding {
    /// The buyer has his money.
    Succeeded,
    /// WeChat could not send it: people have to.
    Failed,
}
