//! What can happen to an order.

use wechat_checkout_protocol::{BridgeOutcome, Fen, OpenId};

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
    FoundUnpaid,
    /// We asked, and WeChat knows no such order: a session to pay that we hold is worth nothing.
    FoundAbsent,
    /// We asked and learnt nothing: no answer, or an unreadable one.
    InquiryUnanswered,
    /// We asked, and the money of a payment we never confirmed is going back or gone already:
    /// somebody refunded it elsewhere.
    FoundRefunded,
    /// WeChat says that it can no longer be paid.
    ClosedAtWechat,
    /// An operator wants money to go back.
    RefundAsked(AskedRefund),
    /// A refund makes no headway: WeChat refuses it, or the buyer's bank does not take it.
    RefundStuck,
    /// WeChat says how a refund ended.
    RefundSettled(SettledRefund),
    /// An operator looked at an order under review, and nothing is left to do by hand.
    Reviewed {
        /// The newest entry of the journal that he saw.
        seq: u64,
    },
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
