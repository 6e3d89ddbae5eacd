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
    Call, CallError, ErrCode, QueryBy, Refund, RefundQueryBy, RefundStatus as WechatRefundStatus,
    RetryClass,
};
use wechat_checkout_protocol::UnixMillis;

use super::refund_advice::refund_advice;
use crate::app::App;
use crate::order::{OrderEvent, RefundEnding, SettledRefund, StuckRefund};
use crate::store::{Advanced, PlannedStep, RefundRecord, RefundStatus, StoreError};

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
    /// WeChat refuses it, for now, with this error code: people can help, and it goes on meanwhile.
    Hindered(ErrCode),
    /// The buyer's bank does not take it: people complete it in the merchant platform, and WeChat
    /// then says so.
    Abnormal,
    /// WeChat refused it for good with this error code, and has no record of it.
    Refused(ErrCode),
    /// It ended; with WeChat's number of it.
    Ended(RefundEnding, String),
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
                tell_people(app, refund, refund.hindrance.clone()).await?;
            }
            plan(app, refund, status, refund.hindrance.clone()).await
        }
        Step::Hindered(code) => {
            let hindrance = Some(code.as_str().to_owned());
            // Nothing but money or a certificate ends these, so people hear of them at once.
            if needs_people(&code) || refund.attempts >= STUCK_AFTER {
                tell_people(app, refund, hindrance.clone()).await?;
            }
            plan(app, refund, RefundStatus::Due, hindrance).await
        }
        Step::Abnormal => {
            let hindrance = Some(RefundRecord::ABNORMAL.to_owned());
            tell_people(app, refund, hindrance.clone()).await?;
            plan(app, refund, RefundStatus::Accepted, hindrance).await
        }
        Step::Refused(code) => {
            let hindrance = Some(code.as_str().to_owned());
            plan(app, refund, RefundStatus::Due, hindrance).await?;
            end(app, refund, RefundEnding::Failed, None).await
        }
        Step::Ended(ending, refund_id) => end(app, refund, ending, Some(refund_id)).await,
    }
}

/// Whether trying again cannot help before people did something.
fn needs_people(code: &ErrCode) -> bool {
    match code.class_in(Call::Refund) {
        RetryClass::MerchantFunds | RetryClass::Defect => true,
        RetryClass::Ambiguous
        | RetryClass::Throttled
        | RetryClass::AlreadyDone
        | RetryClass::DeadNumber
        | RetryClass::Buyer
        | RetryClass::Absent
        | RetryClass::Manual
        | RetryClass::Unknown => false,
    }
}

async fn plan(
    app: &App,
    refund: &RefundRecord,
    status: RefundStatus,
    hindrance: Option<String>,
) -> Result<(), StoreError> {
    let step = PlannedStep {
        status,
        due_at: app.clock.now().plus_ms(pause_ms(refund.attempts)),
        hindrance,
    };
    app.store
        .plan_refund(&refund.owed.out_refund_no, step)
        .await
}

/// Marks the order once; the log and the webhook follow from that.
async fn tell_people(
    app: &App,
    refund: &RefundRecord,
    hindrance: Option<String>,
) -> Result<(), StoreError> {
    let advice = hindrance.as_deref().and_then(refund_advice);
    let stuck = OrderEvent::RefundStuck(StuckRefund {
        out_refund_no: refund.owed.out_refund_no.clone(),
        hindrance: hindrance.clone(),
    });
    let advanced = app
        .store
        .advance(&refund.order_id, stuck, app.clock.now())
        .await?;
    if let Advanced::Applied(_) = advanced {
        metrics::counter!("refunds_stuck").increment(1);
        tracing::error!(
            order.id = %refund.order_id,
            out_refund_no = refund.owed.out_refund_no,
            hindrance,
            advice,
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
        Err(CallError::Refused { code, description })
            if code.class_in(Call::Refund) == RetryClass::Manual =>
        {
            tracing::error!(
                order.id = %refund.order_id,
                out_refund_no = owed.out_refund_no,
                %code,
                description,
                advice = refund_advice(code.as_str()),
                "WeChat does not carry out a refund",
            );
            match found(app, refund).await {
                Found::Absent => Step::Refused(code),
                Found::Unclear => Step::Hindered(code),
                Found::Step(step) => step,
            }
        }
        Err(error) => {
            warn(refund, &error);
            match error {
                CallError::Refused { code, .. } => Step::Hindered(code),
                CallError::OutcomeUnknown(_) | CallError::Invalid(_) => {
                    Step::Later(RefundStatus::Due)
                }
            }
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
                Step::Ended(RefundEnding::Succeeded, one.refund_id.clone())
            }
            WechatRefundStatus::Closed => Step::Ended(RefundEnding::Failed, one.refund_id.clone()),
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
