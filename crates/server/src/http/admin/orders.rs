//! `/admin/orders/…`: an order's timeline, asking WeChat now, sending money back, ending a review.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use wechat_checkout_protocol::{ErrorCode, Fen, OrderId, OrderView, UnixMillis};

use crate::app::{App, SharedApp};
use crate::flow;
use crate::flow::ask_refund::{AskRefundError, number_of_whole_order};
use crate::flow::end_review::EndReviewError;
use crate::flow::view::order_view;
use crate::http::answer::{Refused, code_of};
use crate::http::request::{JsonBody, OrderPath};
use crate::order::RefundOf;
use crate::store::{JournalEvent, OrderRecord, RefundRecord};

/// Everything about an order that support needs.
#[derive(Debug, Serialize)]
pub struct OrderTimeline {
    /// As its buyer sees it.
    pub order: OrderView,
    /// Who ordered.
    pub openid: String,
    /// WeChat's number of the payment.
    pub transaction_id: Option<String>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Money sent back.
    pub refunds: Vec<RefundView>,
}

/// One thing that happened.
#[derive(Debug, Serialize)]
pub struct TimelineEntry {
    /// Counts from 1.
    pub seq: u64,
    /// When.
    pub at: UnixMillis,
    /// What, on what evidence.
    #[serde(flatten)]
    pub event: JournalEvent,
}

/// Money sent back.
#[derive(Debug, Serialize)]
pub struct RefundView {
    /// The refund's number.
    pub out_refund_no: String,
    /// Of which payment.
    pub transaction_id: String,
    /// How much.
    pub amount: Fen,
    /// Whether it is the payment that the order was confirmed by.
    pub of_orders_payment: bool,
    /// `due`, `accepted`, `succeeded` or `failed`.
    pub status: &'static str,
    /// When it was decided.
    pub asked_at: UnixMillis,
}

impl From<RefundRecord> for RefundView {
    fn from(refund: RefundRecord) -> RefundView {
        RefundView {
            out_refund_no: refund.owed.out_refund_no,
            transaction_id: refund.owed.transaction_id,
            amount: refund.owed.amount,
            of_orders_payment: refund.owed.of == RefundOf::OrdersPayment,
            status: refund.status.as_str(),
            asked_at: refund.asked_at,
        }
    }
}

pub(super) async fn get_timeline(
    State(app): State<SharedApp>,
    OrderPath(id): OrderPath,
) -> Result<Json<OrderTimeline>, Refused> {
    timeline(&app, &id).await.map(Json)
}

/// Asks WeChat now. A payment that it finds is confirmed on the one road to confirmed; where WeChat
/// refuses or is silent, the problem says why and what to do.
pub(super) async fn inquire(
    State(app): State<SharedApp>,
    OrderPath(id): OrderPath,
) -> Result<Json<OrderTimeline>, Refused> {
    let _ = known_order(&app, &id).await?;
    if let Some(error) = flow::inquire::inquire(&app, &id).await? {
        let explained = error.explained(app.gateway.clock_skew());
        return Err(Refused::detailed(code_of(&error), explained));
    }
    timeline(&app, &id).await.map(Json)
}

/// Body of `POST /admin/orders/{id}/reviewed`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewedBody {
    /// The newest entry of the timeline that was looked at: what came after it is not reviewed.
    pub seq: u64,
}

/// Ends a review: what had to be done by hand is done.
pub(super) async fn end_review(
    State(app): State<SharedApp>,
    OrderPath(id): OrderPath,
    JsonBody(body): JsonBody<ReviewedBody>,
) -> Result<Json<OrderTimeline>, Refused> {
    flow::end_review::end_review(&app, &id, body.seq).await?;
    timeline(&app, &id).await.map(Json)
}

/// Body of `POST /admin/orders/{id}/refunds`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskRefundBody {
    /// How much; all that is left when absent.
    pub amount: Option<Fen>,
    /// The refund's number: required for a part, so that asking again is the same refund.
    pub out_refund_no: Option<String>,
}

pub(super) async fn ask_refund(
    State(app): State<SharedApp>,
    OrderPath(id): OrderPath,
    JsonBody(body): JsonBody<AskRefundBody>,
) -> Result<Json<OrderTimeline>, Refused> {
    let order = known_order(&app, &id).await?.order;
    let (number, amount) = match (body.out_refund_no, body.amount) {
        (Some(number), Some(amount)) => (number, amount),
        (Some(number), None) => {
            let known = app.store.refund(&number).await?;
            let amount = known.map_or(order.amount_refundable(), |refund| refund.owed.amount);
            (number, amount)
        }
        (None, None) => (number_of_whole_order(&id), order.amount_total),
        (None, Some(amount)) if amount == order.amount_total => {
            (number_of_whole_order(&id), amount)
        }
        (None, Some(_)) => {
            return Err(Refused::detailed(
                ErrorCode::BadRequest,
                "a part of the money needs `out_refund_no`, so that asking again is the same refund",
            ));
        }
    };
    let _ = flow::ask_refund::ask_refund(&app, &id, &number, amount).await?;
    timeline(&app, &id).await.map(Json)
}

async fn known_order(app: &App, id: &OrderId) -> Result<OrderRecord, Refused> {
    app.store
        .order(id)
        .await?
        .ok_or_else(|| ErrorCode::NotFound.into())
}

async fn timeline(app: &App, id: &OrderId) -> Result<OrderTimeline, Refused> {
    let record = known_order(app, id).await?;
    let journal = app.store.journal_of(id).await?;
    let refunds = app.store.refunds_of(id).await?;
    Ok(OrderTimeline {
        openid: record.order.openid.as_str().to_owned(),
        transaction_id: record.order.transaction_id.clone(),
        order: order_view(app, record),
        timeline: journal
            .into_iter()
            .map(|entry| TimelineEntry {
                seq: entry.seq,
                at: entry.at,
                event: entry.event,
            })
            .collect(),
        refunds: refunds.into_iter().map(RefundView::from).collect(),
    })
}

impl From<EndReviewError> for Refused {
    fn from(error: EndReviewError) -> Refused {
        match error {
            EndReviewError::Unknown => ErrorCode::NotFound.into(),
            EndReviewError::Refused(_) => Refused::detailed(
                ErrorCode::BadRequest,
                "`seq` is not the order's newest entry: look at its timeline again",
            ),
            EndReviewError::Store(error) => error.into(),
        }
    }
}

impl From<AskRefundError> for Refused {
    fn from(error: AskRefundError) -> Refused {
        match error {
            AskRefundError::Unknown => ErrorCode::NotFound.into(),
            AskRefundError::Number => Refused::detailed(ErrorCode::BadRequest, error.to_string()),
            AskRefundError::Refused(_) => {
                Refused::detailed(ErrorCode::RefundRefused, error.to_string())
            }
            AskRefundError::Store(error) => error.into(),
        }
    }
}
