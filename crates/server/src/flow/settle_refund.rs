//! Carries out a refund that is owed, one step at a time, until WeChat says how it ended.
//!
//! ```text
//!   due ──refund──▶ accepted ──refundquery──▶ succeeded | failed
//!    ▲    │            ▲   │
//!    └────┘ no clear   └───┘ processing, or no clear answer
//! ```
//!
//! Every step uses the refund's one number, so a step that is repeated after a crash or a time-out
//! refunds once. Money that is owed is never given up: the questions only become rarer.

use wechat_checkout_gateway::{
    CallError, QueryBy, Refund, RefundQueryBy, RefundStatus as WechatRefundStatus, RetryClass,
};
use wechat_checkout_protocol::UnixMillis;

use crate::app::App;
use crate::order::{OrderEvent, RefundEnding, SettledRefund};
use crate::store::{Advanced, RefundRecord, RefundStatus, StoreError};

/// Pauses between steps; the last one repeats.
const PAUSES_MS: [i64; 7] = [
    5_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 7_200_000,
];

/// What a step found.
enum Step {
    /// Go on in this status, later.
    Later(RefundStatus),
    /// It ended.
    Ended(RefundEnding),
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
            let due_at = app.clock.now().plus_ms(pause_ms(refund.attempts));
            app.store
                .plan_refund(&refund.owed.out_refund_no, status, due_at)
                .await
        }
        Step::Ended(ending) => end(app, refund, ending).await,
    }
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
        Err(CallError::Refused { code, description }) if code.class() == RetryClass::Manual => {
            tracing::error!(
                order.id = %refund.order_id,
                out_refund_no = owed.out_refund_no,
                %code,
                description,
                "WeChat will not carry out a refund: send the money by hand",
            );
            Step::Ended(RefundEnding::Failed)
        }
        Err(error) => {
            warn(refund, &error);
            Step::Later(RefundStatus::Due)
        }
    }
}

async fn ask(app: &App, refund: &RefundRecord) -> Step {
    let number = refund.owed.out_refund_no.as_str();
    let reply = match app
        .gateway
        .refundquery(RefundQueryBy::OutRefundNo(number), 0)
        .await
    {
        Ok(reply) => reply,
        Err(error) => {
            warn(refund, &error);
            return Step::Later(RefundStatus::Accepted);
        }
    };
    let ours = reply.refunds.iter().find(|one| one.out_refund_no == number);
    match ours {
        Some(one) if one.refund_fee != refund.owed.amount => {
            tracing::error!(
                out_refund_no = number,
                "WeChat knows this refund with another amount"
            );
            Step::Later(RefundStatus::Accepted)
        }
        Some(one) => match one.refund_status {
            WechatRefundStatus::Success => Step::Ended(RefundEnding::Succeeded),
            WechatRefundStatus::Closed | WechatRefundStatus::Abnormal => {
                Step::Ended(RefundEnding::Failed)
            }
            WechatRefundStatus::Processing | WechatRefundStatus::Other(_) => {
                Step::Later(RefundStatus::Accepted)
            }
        },
        None => Step::Later(RefundStatus::Accepted),
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
async fn end(app: &App, refund: &RefundRecord, ending: RefundEnding) -> Result<(), StoreError> {
    let settled = SettledRefund {
        out_refund_no: refund.owed.out_refund_no.clone(),
        amount: refund.owed.amount,
        of: refund.owed.of,
        ending,
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
