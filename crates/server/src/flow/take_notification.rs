//! Takes WeChat's notification: raw bytes → verified → confirmed → acknowledged.

use wechat_checkout_gateway::notification::{NotificationError, read_payment};
use wechat_checkout_gateway::undocumented;

use super::confirm_payment::{ConfirmPaymentError, Confirmation, confirm_payment};
use crate::app::App;

/// Why a notification is not acknowledged. WeChat will send it again.
#[derive(Debug, thiserror::Error)]
pub enum TakeNotificationError {
    /// Not WeChat's, or not about a payment.
    #[error("the notification was refused")]
    Notification(#[from] NotificationError),
    /// It is WeChat's, and confirms nothing.
    #[error("the notification confirms nothing")]
    Confirm(#[from] ConfirmPaymentError),
}

/// Answers once the payment is confirmed durably, now or before.
///
/// # Errors
/// See [`TakeNotificationError`]; nothing was delivered.
pub async fn take_notification(
    app: &App,
    body: &[u8],
) -> Result<Confirmation, TakeNotificationError> {
    let notification = read_payment(&app.merchant, body)?;
    undocumented::report_members("payment_notification", &notification.params);
    let out_trade_no = notification.payment.out_trade_no.clone();
    let transaction_id = notification.payment.transaction_id.clone();
    let confirmed = confirm_payment(app, notification.payment()).await;
    if let Err(ConfirmPaymentError::UnknownOrder) = confirmed {
        tracing::error!(
            out_trade_no,
            wechat.transaction_id = transaction_id,
            "a genuine payment of an order that is not known here: look into the merchant platform",
        );
    }
    Ok(confirmed?)
}
