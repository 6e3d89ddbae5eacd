//! Carries out a refund that is owed, one step at a time, until WeChat says how it ended.
//!
//! ```text
//!   due ──refund──▶ accepted ──refundquery──▶ succeeded | failed
//!    ▲ │ ▲             │   ▲
//!    │ │ └─ not known ─┘   └─ processing, abnormal, or no clear answer
//!    └─┘ no clear answer
//! ```
//!
//! Every step uses the refund's one number, so a step that is repeated after a crash or a time-out
//! refunds once. Money that is owed is never given up: the questions only become rarer, and people
//! are told when it makes no headway.

use wechat_checkout_gateway::{
    CallError, ErrCode, QueryBy, Refund, RefundQueryBy, RefundStatus as WechatRefundStatus,
    RetryClass,
};
use wechat_checkout_protocol::UnixMillis;

use crate::app::App;
use crate::order::{OrderEvent, RefundEnding, SettledRefund};
use crate::store::{Advanced, RefundRecord, RefundStatus, StoreError};

/// Pauses between steps; the last one repeats.
const PAUSES_MS: [i64; 7] = [
    5_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 7_200_000,
];

/// After this many steps without headway people are told.
const STUCK_AFTER: u32 = 5;

/// What a step found.
enum Step {
    /// Go on in this status, later.
    Later(RefundStatus),
    /// The buyer's bank does not take it: people complete it in the merchant platform, and WeChat
    /// then says so.
    Abnormal,
    /// It ended; with WeChat's number of it, where the answer has one.
    Ended(RefundEnding, Option<String>),
}

/// Takes the next step of a refund.
///
/// # Errors
/// Only the database's.
pub async fn settle_refund(app: &App, refund: &RefundRecord) -> Result<(), StoreError> {
    let step = match refund.status {
        RefundStatus::Due => send(app, refund).await,
        RefundStatus::Accepted => ask(app, refund).await,
        RefundStatus::Succeeded | RefundStatus::Failed => return Ok(()),
    };
    match step {
        Step::Later(status) => {
            if refund.attempts >= STUCK_AFTER {
                tell_people(app, refund).await?;
            }
            plan(app, refund, status).await
        }
        Step::Abnormal => {
            tell_people(app, refund).await?;
            plan(app, refund, RefundStatus::Accepted).await
        }
        Step::Ended(ending, refund_id) => end(app, refund, ending, refund_id).await,
    }
}

async fn plan(app: &App, refund: &RefundRecord, status: RefundStatus) -> Result<(), StoreError> {
    let due_at = app.clock.now().plus_ms(pause_ms(refund.attempts));
    app.store
        .plan_refund(&refund.owed.out_refund_no, status, due_at)
        .await
}

/// Marks the order once; the log and the webhook follow from that.
async fn tell_people(app: &App, refund: &RefundRecord) -> Result<(), StoreError> {
    let advanced = app
        .store
        .advance(&refund.order_id, OrderEvent::RefundStuck, app.clock.now())
        .await?;
    if let Advanced::Applied(_) = advanced {
        metrics::counter!("refunds_stuck").increment(1);
        tracing::error!(
            order.id = %refund.order_id,
            out_refund_no = refund.owed.out_refund_no,
            "a refund makes no headway: look into it in the merchant platform",
        );
    }
    Ok(())
}

fn pause_ms(attempts: u32) -> i64 {
    let index = usize::try_from(attempts).unwrap_or(usize::MAX);
    PAUSES_MS[index.min(PAUSES_MS.len().saturating_sub(1))]
}

async fn send(app: &App, refund: &RefundRecord) -> Step {
    let owed = &refund.owed;
    let mut request = Refund::new(
        QueryBy::TransactionId(&owed.transaction_id),
        &owed.out_refund_no,
        owed.payment_total,
        owed.amount,
    );
    request.notify_url = Some(app.refund_notify_url.clone());
    match app.gateway.refund(&request).await {
        Ok(_) => Step::Later(RefundStatus::Accepted),
        // Refused for good, or done by an earlier call whose answer was lost: WeChat's own record
        // decides, never the refusal.
        Err(CallError::Refused { code, description }) if code.class() == RetryClass::Manual => {
            tracing::error!(
                order.id = %refund.order_id,
                out_refund_no = owed.out_refund_no,
                %code,
                description,
                "WeChat does not carry out a refund",
            );
            match found(app, refund).await {
                Found::Absent => Step::Ended(RefundEnding::Failed, None),
                Found::Unclear => Step::Later(RefundStatus::Due),
                Found::Step(step) => step,
            }
        }
        Err(error) => {
            warn(refund, &error);
            Step::Later(RefundStatus::Due)
        }
    }
}

async fn ask(app: &App, refund: &RefundRecord) -> Step {
    match found(app, refund).await {
        // Sending it again is safe: the number is the same.
        Found::Absent => Step::Later(RefundStatus::Due),
        Found::Unclear => Step::Later(RefundStatus::Accepted),
        Found::Step(step) => step,
    }
}

/// What WeChat knows of a refund.
enum Found {
    /// It exists, and this follows.
    Step(Step),
    /// There is none of this number.
    Absent,
    /// No clear answer.
    Unclear,
}

async fn found(app: &App, refund: &RefundRecord) -> Found {
    let number = refund.owed.out_refund_no.as_str();
    let reply = match app
        .gateway
        .refundquery(RefundQueryBy::OutRefundNo(number), 0)
        .await
    {
        Ok(reply) => reply,
        Err(CallError::Refused {
            code: ErrCode::RefundNotExist,
            ..
        }) => return Found::Absent,
        Err(error) => {
            warn(refund, &error);
            return Found::Unclear;
        }
    };
    let ours = reply.refunds.iter().find(|one| one.out_refund_no == number);
    match ours {
        Some(one) if one.refund_fee == refund.owed.amount => Found::Step(match one.refund_status {
            WechatRefundStatus::Success => {
                Step::Ended(RefundEnding::Succeeded, Some(one.refund_id.clone()))
            }
            WechatRefundStatus::Closed => {
                Step::Ended(RefundEnding::Failed, Some(one.refund_id.clone()))
            }
            WechatRefundStatus::Abnormal => Step::Abnormal,
            WechatRefundStatus::Processing | WechatRefundStatus::Other(_) => {
                Step::Later(RefundStatus::Accepted)
            }
        }),
        Some(_) => {
            tracing::error!(
                out_refund_no = number,
                "WeChat knows this refund with another amount"
            );
            Found::Unclear
        }
        None => Found::Unclear,
    }
}

fn warn(refund: &RefundRecord, error: &CallError) {
    tracing::warn!(
        order.id = %refund.order_id,
        out_refund_no = refund.owed.out_refund_no,
        %error,
        "a refund goes on later",
    );
}

/// **Security:** the only place that makes [`SettledRefund`], out of what WeChat said over a
/// verified reply.
async fn end(
    app: &App,
    refund: &RefundRecord,
    ending: RefundEnding,
    refund_id: Option<String>,
) -> Result<(), StoreError> {
    let settled = SettledRefund {
        out_refund_no: refund.owed.out_refund_no.clone(),
        amount: refund.owed.amount,
        of: refund.owed.of,
        ending,
        refund_id,
    };
    let event = OrderEvent::RefundSettled(settled);
    let now: UnixMillis = app.clock.now();
    if let Advanced::Refused(refusal) = app.store.advance(&refund.order_id, event, now).await? {
        tracing::error!(
            order.id = %refund.order_id,
            out_refund_no = refund.owed.out_refund_no,
            refusal = refusal.as_str(),
            "the end of a refund does not fit its order: look into it",
        );
    }
    metrics::counter!("refunds_settled").increment(1);
    Ok(())
}
