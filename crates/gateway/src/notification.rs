//! What WeChat posts to us, and the acknowledgements it waits for.

mod acknowledgement;
mod payment;
mod refund;
mod sender;

pub use acknowledgement::{ACK_SUCCESS, ack_fail};
pub use payment::{NotificationError, PaymentNotification, read_payment};
pub use refund::{RefundNotification, RefundNotificationError, read_refund, write_refund};
pub use sender::{Sender, is_sign_test, likely_sender};
