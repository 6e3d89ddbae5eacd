//! What goes on without a request: inquiries, refunds and webhooks, each when its time comes.

mod due;
mod forget;
mod inquiries;
mod refunds;
mod set_back;
mod webhooks;

pub use due::{Bells, work_when_due};
pub use forget::{KEYS_KEPT_MS, WEBHOOKS_KEPT_MS, forget_what_has_had_its_time};
pub use inquiries::Inquiries;
pub use refunds::Refunds;
pub use set_back::hasten_when_set_back;
pub use webhooks::Webhooks;
