//! The story, one step a file, in the order data flows.
//!
//! place an order → take the page's report → take WeChat's notification, or inquire → confirm.
//! Later, if need be: ask for a refund → settle it, end a review. And all along: send webhooks.

pub mod ask_refund;
pub mod collect_webhooks;
pub mod confirm_payment;
pub mod end_review;
pub mod inquire;
pub mod place_order;
pub mod refresh_bridge;
pub mod refund_advice;
pub mod send_webhook;
pub mod settle_refund;
pub mod sign_in;
pub mod take_notification;
pub mod take_refund_notification;
pub mod take_report;
pub mod view;
