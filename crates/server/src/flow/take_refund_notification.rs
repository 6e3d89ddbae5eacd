//! Takes WeChat's refund notification: a reason to ask now, never evidence.
//!
//! Its cipher (AES-256-ECB) hides but does not authenticate, so nothing it says moves money.

use wechat_checkout_gateway::notification::read_refund;
use wechat_checkout_gateway::{RefundNotificationError, undocumented};

use crate::app::App;
use crate::store::{PlannedStep, RefundStatus, StoreError};

/// Why a refund notification is not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum TakeRefundNotificationError {
    /// Not readable with our key, or not for us.
    #[error("the refund notification was refused")]
    Notification(#[from] RefundNotificationError),
    /// We never asked for such a refund.
    #[error("no such refund")]
    Unknown,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the refund due now. Answers once that is durable.
///
/// # Errors
/// See [`TakeRefundNotificationError`].
pub async fn take_refund_notification(
    app: &App,
    body: &[u8],
) -> Result<(), TakeRefundNotificationError> {
    let notification = read_refund(&app.merchant, body)?;
    for params in [&notification.outer, &notification.params] {
        undocumented::report_members("refund_notification", params);
    }
    let number = notification.out_refund_no.as_str();
    let refund = app.store.refund(number).await?;
    let refund = refund.ok_or(TakeRefundNotificationError::Unknown)?;
    if refund.due_at.is_some() {
        // WeChat has it, or it would not tell: the next step is to ask how it ended.
        let ask_now = PlannedStep {
            status: RefundStatus::Accepted,
            due_at: app.clock.now(),
            hindrance: refund.hindrance,
        };
        app.store.plan_refund(number, ask_now).await?;
        app.bells.refund.notify_one();
    } else if refund.status == RefundStatus::Failed {
        tracing::error!(
            order.id = %refund.order_id,
            out_refund_no = number,
            "WeChat tells of a refund that had failed: compare it in the merchant platform",
        );
    }
    Ok(())
}
