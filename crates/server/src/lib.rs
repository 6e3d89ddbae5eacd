//! The WeChat checkout server: orders, notifications, inquiry, delivery, push.
//!
//! Read in the order data flows: [`http`] translates, [`flow`] tells the story, [`order`] decides,
//! [`store`] makes it durable, [`push`] tells the page, [`worker`] asks when nobody does.

pub mod app;
pub mod catalog;
pub mod clock;
pub mod config;
pub mod descriptors;
pub mod ended_sessions;
pub mod flow;
pub mod http;
mod ids;
pub mod limit;
mod log_sample;
pub mod order;
mod places;
pub mod push;
pub mod qr_codes;
pub mod readiness;
mod server;
pub mod session;
pub mod settings;
mod shop_text;
pub mod start_line;
pub mod stock;
pub mod store;
pub mod telemetry;
pub mod worker;

pub use config::Config;
pub use server::{Server, StartError};
