//! The story, one step a file, in the order data flows.
//!
//! place an order → take the page's report → take WeChat's notification, or inquire → confirm.

pub mod confirm_payment;
pub mod inquire;
pub mod place_order;
pub mod refresh_bridge;
pub mod take_notification;
pub mod take_report;
pub mod view;
