//! Signs the bridge parameters of a payable order anew, with a new session at WeChat if needed.

use wechat_checkout_protocol::OrderView;

use super::place_order::{PrepayError, with_prepay};
use crate::app::App;
use crate::store::OrderRecord;

/// Why there are no bridge parameters.
#[derive(Debug, thiserror::Error)]
pub enum RefreshBridgeError {
    /// The order is paid, closed, expired or under review.
    #[error("the order cannot be paid")]
    NotPayable,
    /// WeChat did not issue a session to pay.
    #[error("no session to pay")]
    Prepay(#[from] PrepayError),
}

/// The order with fresh parameters; `record` has been checked to be the buyer's own.
///
/// # Errors
/// See [`RefreshBridgeError`].
pub async fn refresh_bridge(
    app: &App,
    record: OrderRecord,
) -> Result<OrderView, RefreshBridgeError> {
    if !record.order.is_payable(app.clock.now()) {
        return Err(RefreshBridgeError::NotPayable);
    }
    Ok(with_prepay(app, record).await?)
}
