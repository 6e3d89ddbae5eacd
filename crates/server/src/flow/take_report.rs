//! Takes what the page says the bridge said: a reason to ask WeChat, never evidence.

use wechat_checkout_protocol::{BridgeOutcome, OrderId, OrderView};

use super::view::single_order_view;
use crate::app::App;
use crate::order::{OrderEvent, Refusal};
use crate::store::{Advanced, StoreError};

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeReportError {
    /// No such order.
    #[error("no such order")]
    Unknown,
    /// The machine refused it.
    #[error("the report was refused: {}", .0.as_str())]
    Refused(Refusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records the outcome and, unless the buyer just closed the sheet, asks WeChat now.
///
/// # Errors
/// See [`TakeReportError`].
pub async fn take_report(
    app: &App,
    id: &OrderId,
    outcome: BridgeOutcome,
) -> Result<OrderView, TakeReportError> {
    match app
        .store
        .advance(id, OrderEvent::Reported(outcome), app.clock.now())
        .await?
    {
        Advanced::Applied(record) => {
            app.bells.inquiry.notify_one();
            Ok(single_order_view(app, record).await)
        }
        Advanced::AlreadyApplied(record) => Ok(single_order_view(app, record).await),
        Advanced::Refused(refusal) | Advanced::Flagged(refusal) => {
            Err(TakeReportError::Refused(refusal))
        }
        Advanced::Unknown => Err(TakeReportError::Unknown),
    }
}
