//! Ends an order's review: an operator did by hand what there was to do.

use wechat_checkout_protocol::OrderId;

use crate::app::App;
use crate::order::{OrderEvent, Refusal};
use crate::store::{Advanced, StoreError};

/// Why a review was not ended.
#[derive(Debug, thiserror::Error)]
pub enum EndReviewError {
    /// No such order.
    #[error("no such order")]
    Unknown,
    /// The operator has not seen all of it.
    #[error("the review goes on: {}", .0.as_str())]
    Refused(Refusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes the mark off the order, for its buyer, too, if the journal still ends with the entry that
/// the operator saw. An order without a mark stays as it is.
///
/// # Errors
/// See [`EndReviewError`].
pub async fn end_review(app: &App, id: &OrderId, seen_seq: u64) -> Result<(), EndReviewError> {
    let event = OrderEvent::Reviewed { seq: seen_seq };
    match app.store.advance(id, event, app.clock.now()).await? {
        Advanced::Applied(_) => {
            tracing::info!(order.id = %id, "an operator ended the review");
            Ok(())
        }
        Advanced::AlreadyApplied(_) => Ok(()),
        Advanced::Refused(refusal) | Advanced::Flagged(refusal) => {
            Err(EndReviewError::Refused(refusal))
        }
        Advanced::Unknown => Err(EndReviewError::Unknown),
    }
}
