//! Tells watching pages that their order changed: snapshot first, then each change.

mod follow;
mod hub;
mod session;

pub use follow::follow_journal;
pub use hub::{Hub, Seat, Subscription};
pub use session::watch_order;
