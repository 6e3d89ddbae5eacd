//! Asks WeChat about one order, because nobody told us in time. Ends on the same road as a
//! notification; past expiry it closes what is still unpaid.
//!
//! ```text
//!   query ─▶ paid ───────────────────────────▶ confirm_payment
//!     ├────▶ closed at WeChat ───────────────▶ closed
//!     ├────▶ paid and refunded elsewhere ────▶ closed, under review
//!     ├────▶ paid, but not as agreed ────────▶ noted once, asked about once a day
//!     ├────▶ unpaid, not expired ────────────▶ ask later
//!     ├────▶ unknown there, not expired ─────▶ forget the session to pay, ask later
//!     ├────▶ unpaid, expired ─▶ close ─▶ done ▶ closed
//!     │                           └─▶ ORDERPAID ▶ query again
//!     └────▶ no clear answer ────────────────▶ ask later
//! ```
//!
//! Nothing here turns "no answer" into "not paid".

use wechat_checkout_gateway::{CallError, ErrCode, QueryBy, TradeState};
use wechat_checkout_protocol::{Attention, OrderId, QueriedState};

use super::confirm_payment::{ConfirmPaymentError, confirm_payment};
use crate::app::App;
use crate::order::{Order, OrderEvent, QueryAnswer, inquiry};
use crate::store::{Advanced, StoreError};

/// What WeChat knows of an order, and what it said.
struct Found {
    finding: Finding,
    /// `None` when it said nothing, or nothing that can be read.
    answer: Option<QueryAnswer>,
    /// Why it said nothing. The gateway has logged it.
    error: Option<CallError>,
}

impl Found {
    const fn paid() -> Found {
        Found {
            finding: Finding::Paid,
            answer: None,
            error: None,
        }
    }

    const fn unclear(error: CallError) -> Found {
        Found {
            finding: Finding::Unclear,
            answer: None,
            error: Some(error),
        }
    }

    const fn answered(finding: Finding, answer: QueryAnswer) -> Found {
        Found {
            finding,
            answer: Some(answer),
            error: None,
        }
    }

    /// What another call than a query told.
    const fn in_state(finding: Finding, state: QueriedState) -> Found {
        Found::answered(
            finding,
            QueryAnswer {
                state,
                description: None,
            },
        )
    }
}

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
    /// Paid, and not as was agreed: noted on the road to confirmed, left to people.
    Misfit,
    /// No clear answer.
    Unclear,
}

/// Asks about one order and lets the answer happen to it. Gives the reason why there was no clear
/// answer, for an operator who asked.
///
/// # Errors
/// Only the database's; WeChat's silence is an answer that moves the plan on.
#[tracing::instrument(skip_all, fields(order.id = %id))]
pub async fn inquire(app: &App, id: &OrderId) -> Result<Option<CallError>, StoreError> {
    let Some(record) = app.store.order(id).await? else {
        return Ok(None);
    };
    let order = record.order;
    let is_expired = inquiry::is_closable(&order, app.clock.now());
    let mut found = ask(app, &order).await?;
    match found.finding {
        Finding::Unpaid if is_expired && order.is_open() => found = close(app, &order).await?,
        // Hours after an unclear order call, "no such order" is an answer: nothing to close.
        Finding::Absent if is_expired => {
            found = Found::in_state(Finding::Closed, QueriedState::Closed);
        }
        _ => {}
    }
    let Found {
        finding,
        answer,
        error,
    } = found;
    metrics::counter!("inquiries", "finding" => finding.as_str()).increment(1);
    let event = match finding {
        Finding::Paid => return Ok(None),
        // WeChat takes no other payment under this number: what people do about it shows within a day.
        Finding::Misfit => {
            let due_at = app.clock.now().plus_ms(inquiry::REVIEW_INTERVAL_MS);
            app.store.put_off_inquiry(id, due_at).await?;
            return Ok(None);
        }
        Finding::Unpaid => OrderEvent::FoundUnpaid(answer),
        Finding::Absent => OrderEvent::FoundAbsent(answer),
        Finding::Closed => OrderEvent::ClosedAtWechat(answer),
        Finding::Refunded => OrderEvent::FoundRefunded(answer),
        Finding::Unclear => OrderEvent::InquiryUnanswered(answer),
    };
    let was_under_review = order.attention == Some(Attention::UnderReview);
    if let Advanced::Applied(record) = app.store.advance(id, event, app.clock.now()).await?
        && record.order.attention == Some(Attention::UnderReview)
        && !was_under_review
    {
        tracing::error!(order.id = %id, finding = finding.as_str(), "an order needs people to look");
    }
    Ok(error)
}

impl Finding {
    const fn as_str(self) -> &'static str {
        match self {
            Finding::Paid => "paid",
            Finding::Unpaid => "unpaid",
            Finding::Absent => "absent",
            Finding::Closed => "closed",
            Finding::Refunded => "refunded",
            Finding::Misfit => "misfit",
            Finding::Unclear => "unclear",
        }
    }
}

/// Queries, and confirms at once what is paid.
async fn ask(app: &App, order: &Order) -> Result<Found, StoreError> {
    let reply = match app
        .gateway
        .orderquery(QueryBy::OutTradeNo(order.id.as_str()))
        .await
    {
        Ok(reply) => reply,
        Err(CallError::Refused {
            code: ErrCode::OrderNotExist,
            ..
        }) => return Ok(Found::in_state(Finding::Absent, QueriedState::NotPaid)),
        Err(error) => return Ok(Found::unclear(error)),
    };
    let state = reply.trade_state.clone();
    let answer = answer(&state, reply.trade_state_desc.as_deref());
    if state == TradeState::Refund && order.transaction_id.is_none() {
        // It was paid, but the money is going back: delivering now would give goods away.
        return Ok(Found::answered(Finding::Refunded, answer));
    }
    if let Some(payment) = reply.payment() {
        return match confirm_payment(app, payment).await {
            Ok(_) => Ok(Found::paid()),
            Err(ConfirmPaymentError::Store(error)) => Err(error),
            Err(ConfirmPaymentError::Misfit(_)) => Ok(Found::answered(Finding::Misfit, answer)),
            Err(ConfirmPaymentError::UnknownOrder) => Ok(Found::answered(Finding::Unclear, answer)),
        };
    }
    let finding = match state {
        TradeState::Closed | TradeState::Revoked => Finding::Closed,
        TradeState::NotPay | TradeState::PayError => Finding::Unpaid,
        // Money may be moving, or WeChat says something we do not know: ask again.
        TradeState::Success
        | TradeState::Refund
        | TradeState::UserPaying
        | TradeState::Accept
        | TradeState::Other(_) => Finding::Unclear,
    };
    Ok(Found::answered(finding, answer))
}

/// WeChat's answer as it is kept. What a state that we do not know means is not for us to repeat.
fn answer(state: &TradeState, description: Option<&str>) -> QueryAnswer {
    let meaning = match state {
        TradeState::NotPay => QueriedState::NotPaid,
        TradeState::UserPaying | TradeState::Accept => QueriedState::Paying,
        TradeState::PayError => QueriedState::PayError,
        TradeState::Closed | TradeState::Revoked => QueriedState::Closed,
        TradeState::Success | TradeState::Refund => QueriedState::Paid,
        TradeState::Other(_) => return QueryAnswer::new(QueriedState::Unclear, None),
    };
    QueryAnswer::new(meaning, description)
}

/// Closes at WeChat first; only that makes it safe to close here.
async fn close(app: &App, order: &Order) -> Result<Found, StoreError> {
    match app.gateway.closeorder(order.id.as_str()).await {
        Ok(_)
        | Err(CallError::Refused {
            code: ErrCode::OrderClosed,
            ..
        }) => Ok(Found::in_state(Finding::Closed, QueriedState::Closed)),
        // Paid in the last moment: the answer is in a second query.
        Err(CallError::Refused {
            code: ErrCode::OrderPaid,
            ..
        }) => ask(app, order).await,
        // It was unpaid when it was asked about, and may have been paid since.
        Err(error) => Ok(Found::unclear(error)),
    }
}
