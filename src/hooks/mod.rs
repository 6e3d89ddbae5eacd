//! Performs what the machine wishes, for the component and for apps with screens of their own.

pub(crate) mod driver;
mod idempotency;
mod use_checkout;

pub use use_checkout::{CheckoutHandle, use_checkout};
