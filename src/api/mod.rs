//! Calls to the server.

mod client;
mod error;
pub(crate) mod json;

pub use client::{ApiClient, CALL_MS_MAX, PLACE_MS_MAX};
pub use error::CallError;
