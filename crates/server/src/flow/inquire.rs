//! Asks WeChat about one order, because nobody told us in time. Ends on the same road as a
//! notification; past expiry it closes what is still unpaid.
//!
//! ```text
//!   query ─▶ paid ───────────────────────────▶ confirm_payment
//!     ├────▶ closed at WeChat ───────────────▶ closed
//!     ├────▶ paid and refunded elsewhere ────▶ closed, under review
//!     ├────▶ unpaid, not expired ────────────▶ ask later
//!     ├────▶ unknown there, not expired ─────▶ forget the session to pay, ask later
//!     ├────▶ unpaid, expired ─▶ close ─▶ done ▶ closed
//!     │                           └─▶ ORDERPAID ▶ query again
//!     └────▶ no clear answer ────────────────▶ ask later
//! ```
//!
//! Nothing here turns "no answer" into "not paid".

use wechat_checkout_gateway::{CallError, ErrCode, QueryBy, TradeState};
use wechat_checkout_protocol::{Attention, OrderId};

use super::confirm_payment::{ConfirmPaymentError, confirm_payment};
use crate::app::App;
use crate::order::{Order, OrderEvent, inquiry};
use crate::store::{Advanced, StoreError};

/// What WeChat knows of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finding {
    /// Taken to `confirm_payment`.
    Paid,
    /// Not paid, and payable.
    Unpaid,
    /// WeChat never had it.
    Absent,
    /// Closed there.
    Closed,
    /// Paid, and sent back by somebody else before we knew.
    Refunded,
    /// No clear answer.
    Unclear,
}

/// Asks about one order and lets the answer happen to it.
///
/// # Errors
/// Only the database's; WeChat's silence is an answer that moves the plan on.
pub async fn inquire(app: &App, id: &OrderId) -> Result<(), StoreError> {
    let Some(record) = app.store.order(id).await? else {
        return Ok(());
    };
    let order = record.order;
    let is_expired = app.clock.now() >= inquiry::closable_at(&order);
    let finding = match ask(app, &order).await? {
        Finding::Unpaid if is_expired && order.is_open() => close(app, &order).await?,
        // Hours after an unclear order call, "no such order" is an answer: nothing to close.
        Finding::Absent if is_expired => Finding::Closed,
        finding => finding,
    };
    metrics::counter!("inquiries", "finding" => finding.as_str()).increment(1);
    let event = match finding {
        Finding::Paid => return Ok(()),
        Finding::Unpaid => OrderEvent::FoundUnpaid,
        Finding::Absent => OrderEvent::FoundAbsent,
        Finding::Closed => OrderEvent::ClosedAtWechat,
        Finding::Refunded => OrderEvent::FoundRefunded,
        Finding::Unclear => OrderEvent::InquiryUnanswered,
    };
    let was_under_review = order.attention == Some(Attention::UnderReview);
    if let Advanced::Applied(record) = app.store.advance(id, event, app.clock.now()).await?
        && record.order.attention == Some(Attention::UnderReview)
        && !was_under_review
    {
        tracing::error!(order.id = %id, finding = finding.as_str(), "an order needs people to look");
    }
    Ok(())
}

impl Finding {
    const fn as_str(self) -> &'static str {
        match self {
            Finding::Paid => "paid",
            Finding::Unpaid => "unpaid",
            Finding::Absent => "absent",
            Finding::Closed => "closed",
            Finding::Refunded => "refunded",
            Finding::Unclear => "unclear",
        }
    }
}

/// Queries, and confirms at once what is paid.
async fn ask(app: &App, order: &Order) -> Result<Finding, StoreError> {
    let reply = match app
        .gateway
        .orderquery(QueryBy::OutTradeNo(order.id.as_str()))
        .await
    {
        Ok(reply) => reply,
        Err(CallError::Refused {
            code: ErrCode::OrderNotExist,
            ..
        }) => return Ok(Finding::Absent),
        Err(error) => {
            tracing::warn!(order.id = %order.id, error = %error, "WeChat gave no clear answer");
            return Ok(Finding::Unclear);
        }
    };
    let state = reply.trade_state.clone();
    if state == TradeState::Refund && order.transaction_id.is_none() {
        // It was paid, but the money is going back: delivering now would give goods away.
        return Ok(Finding::Refunded);
    }
    if let Some(payment) = reply.payment() {
        return match confirm_payment(app, payment).await {
            Ok(_) => Ok(Finding::Paid),
            Err(ConfirmPaymentError::Store(error)) => Err(error),
            // Logged and flagged on the road; the plan goes on, bounded, for people to follow.
            Err(ConfirmPaymentError::Misfit(_) | ConfirmPaymentError::UnknownOrder) => {
                Ok(Finding::Unclear)
            }
        };
    }
    Ok(match state {
        TradeState::Closed | TradeState::Revoked => Finding::Closed,
        TradeState::NotPay | TradeState::PayError => Finding::Unpaid,
        // Money may be moving, or WeChat says something we do not know: ask again.
        TradeState::Success
        | TradeState::Refund
        | TradeState::UserPaying
        | TradeState::Accept
        | TradeState::Other(_) => Finding::Unclear,
    })
}

/// Closes at WeChat first; only that makes it safe to close here.
async fn close(app: &App, order: &Order) -> Result<Finding, StoreError> {
    match app.gateway.closeorder(order.id.as_str()).await {
        Ok(_)
        | Err(CallError::Refused {
            code: ErrCode::OrderClosed,
            ..
        }) => Ok(Finding::Closed),
        // Paid in the last moment: the answer is in a second query.
        Err(CallError::Refused {
            code: ErrCode::OrderPaid,
            ..
        }) => ask(app, order).await,
        Err(error) => {
            tracing::warn!(order.id = %order.id, error = %error, "closing at WeChat failed");
            Ok(Finding::Unclear)
        }
    }
}
