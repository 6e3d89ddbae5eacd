//! What WeChat posts to us, and the acknowledgements it waits for.

mod acknowledgement;
mod payment;

pub use acknowledgement::{ACK_SUCCESS, ack_fail};
pub use payment::{NotificationError, PaymentNotification, read_payment};
