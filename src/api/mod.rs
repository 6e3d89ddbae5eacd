//! Calls to the server.

mod client;
mod early;
mod error;
mod fetch;

pub use client::{ApiClient, CALL_MS_MAX, Call, PLACE_MS_MAX};
pub use error::CallError;
