//! `/admin/orders/…`: an order's timeline, asking WeChat now, sending money back, ending a review.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use wechat_checkout_protocol::{ErrorCode, Fen, OrderId, OrderView, UnixMillis};

use crate::app::{App, SharedApp};
use crate::flow;
use crate::flow::ask_refund::{AskRefundError, ask_refund_of_rest, rest_of};
use crate::flow::end_review::EndReviewError;
use crate::flow::refund_advice::refund_advice;
use crate::flow::view::order_view;
use crate::http::answer::{Refused, code_of};
use crate::http::request::{JsonBody, OrderPath};
use crate::order::{RefundOf, Refusal};
use crate::store::{JournalEvent, OrderRecord, RefundRecord, RefundStatus};

/// Everything about an order that support needs.
#[derive(Debug, Serialize, Deserialize)]
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
    pub refunds: Vec<RefundEntry>,
    /// The refund of all that is left: with this number and amount it is asked for once, however
    /// often. Absent when nothing is left, or nothing was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<RestRefund>,
}

/// A refund of all that is left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RestRefund {
    /// The number it would have.
    pub out_refund_no: String,
    /// How much is left.
    pub amount: Fen,
}

/// One thing that happened.
#[derive(Debug, Serialize, Deserialize)]
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
#[derive(Debug, Serialize, Deserialize)]
pub struct RefundEntry {
    /// The refund's number.
    pub out_refund_no: String,
    /// WeChat's number of it, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<String>,
    /// Of which payment.
    pub transaction_id: String,
    /// How much.
    pub amount: Fen,
    /// Whether it is the payment that the order was confirmed by.
    pub of_orders_payment: bool,
    /// How far it is.
    pub status: RefundStatus,
    /// When it was decided.
    pub asked_at: UnixMillis,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UnixMillis>,
    /// What keeps it from being carried out: WeChat's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hindrance: Option<String>,
    /// What to do about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl From<RefundRecord> for RefundEntry {
    fn from(refund: RefundRecord) -> RefundEntry {
        let advice = refund.hindrance.as_deref().and_then(refund_advice);
        RefundEntry {
            out_refund_no: refund.owed.out_refund_no,
            refund_id: refund.refund_id,
            transaction_id: refund.owed.transaction_id,
            amount: refund.owed.amount,
            of_orders_payment: refund.owed.of == RefundOf::OrdersPayment,
            status: refund.status,
            asked_at: refund.asked_at,
            ended_at: refund.ended_at,
            hindrance: refund.hindrance,
            advice: advice.map(str::to_owned),
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
    let wished = match (body.out_refund_no, body.amount) {
        (None, None) => None,
        (Some(number), amount) => Some((number, amount)),
        (None, Some(amount)) => named_by_amount(&known_order(&app, &id).await?, amount)?,
    };
    let _ = match wished {
        None => ask_refund_of_rest(&app, &id).await?,
        Some((number, amount)) => {
            let amount = match amount {
                Some(amount) => amount,
                None => amount_of(&app, &id, &number).await?,
            };
            flow::ask_refund::ask_refund(&app, &id, &number, amount).await?
        }
    };
    timeline(&app, &id).await.map(Json)
}

/// An amount alone names the refund of all that is left, or of all that went back already. A part
/// could be asked for twice on purpose as well as by accident.
fn named_by_amount(
    record: &OrderRecord,
    amount: Fen,
) -> Result<Option<(String, Option<Fen>)>, Refused> {
    match rest_of(record) {
        Some(rest) if rest.amount == amount => Ok(Some((rest.out_refund_no, Some(amount)))),
        None if record.order.amount_total == amount => Ok(None),
        Some(_) | None => Err(Refused::detailed(
            ErrorCode::BadRequest,
            "a part of the money needs `out_refund_no`, so that asking again is the same refund",
        )),
    }
}

/// The amount of a refund that is known by its number, and else all that is left.
async fn amount_of(app: &App, id: &OrderId, out_refund_no: &str) -> Result<Fen, Refused> {
    Ok(match app.store.refund(out_refund_no).await? {
        Some(refund) => refund.owed.amount,
        None => known_order(app, id).await?.order.amount_refundable(),
    })
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
    let rest = rest_of(&record).map(|rest| RestRefund {
        out_refund_no: rest.out_refund_no,
        amount: rest.amount,
    });
    Ok(OrderTimeline {
        rest,
        refunds: record
            .refunds
            .iter()
            .cloned()
            .map(RefundEntry::from)
            .collect(),
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

/// The refusal's name, which programs know, and what to do.
fn refusal_words(refusal: Refusal) -> String {
    let words = match refusal {
        Refusal::NotPaid => "the order is not paid, so there is nothing to send back",
        Refusal::RefundAmount => "that is nothing, or more than is left of the payment",
        Refusal::TooManyRefunds => "WeChat takes 50 refunds of a payment at most",
        Refusal::RefundConflict => {
            "the number stands for a refund of another amount or another order: take another number"
        }
        Refusal::RefundFailedBefore => {
            "the refund of this number failed for good: take another number"
        }
        Refusal::ChangedSince => "something came between: look at the order again",
        Refusal::WrongAmount
        | Refusal::WrongCurrency
        | Refusal::ForeignPayer
        | Refusal::AlreadyPaid
        | Refusal::NotPayable => "it does not fit the order",
    };
    format!("{}: {words}", refusal.as_str())
}

impl From<AskRefundError> for Refused {
    fn from(error: AskRefundError) -> Refused {
        match error {
            AskRefundError::Unknown => ErrorCode::NotFound.into(),
            AskRefundError::Number => Refused::detailed(ErrorCode::BadRequest, error.to_string()),
            AskRefundError::Refused(refusal) => {
                Refused::detailed(ErrorCode::RefundRefused, refusal_words(refusal))
            }
            AskRefundError::Store(error) => error.into(),
        }
    }
}
