//! Tells watching pages that their order changed: snapshot first, then each change.

mod follow;
mod hub;
mod line;
mod session;

pub use follow::follow_journal;
pub use hub::{Hub, Subscription};
pub(crate) use session::watch_order;
