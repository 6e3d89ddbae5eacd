//! Hooks: they perform what the machine wishes and fetch what the pages show.

mod driver;
mod idempotency;
mod use_answer;
mod use_checkout;

pub use use_answer::{Answer, AnswerHandle, use_answer};
pub use use_checkout::{CheckoutHandle, use_checkout};
