//! Ends an order's review: an operator did by hand what there was to do.

use wechat_checkout_protocol::OrderId;

use crate::app::App;
use crate::order::OrderEvent;
use crate::store::{Advanced, StoreError};

/// Takes the mark off the order, for its buyer, too. An order without one stays as it is.
///
/// # Errors
/// Only the database's.
pub async fn end_review(app: &App, id: &OrderId) -> Result<(), StoreError> {
    let now = app.clock.now();
    match app.store.advance(id, OrderEvent::Reviewed, now).await? {
        Advanced::Applied(_) => tracing::info!(order.id = %id, "an operator ended the review"),
        // No status refuses it, and an order that is not there has no review.
        Advanced::AlreadyApplied(_) | Advanced::Refused(_) | Advanced::Unknown => {}
    }
    Ok(())
}
