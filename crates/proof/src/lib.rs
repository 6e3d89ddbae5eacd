//! Proofs that money is never wrong, and how fast that is; each a command that a person can run.
//!
//! - [`simulate`]: whole lives with faults, on a clock that is held, checked after every step;
//! - [`kills`]: `kill -9` at random moments under duplicate notifications;
//! - [`abuse`]: hostile clients of every kind at once, while good buyers go on;
//! - [`storms`]: notifications, inquiries and refunds of one order at the same moment;
//! - [`power_cuts`]: the disk forgets what was not synced;
//! - [`bench`]: durable notifications a second, next to what the database could do alone.
//!
//! Every proof prints its seed and its counts on the last line, and fails on the first violation.

pub mod abuse;
pub mod bench;
mod disk;
pub mod kills;
pub mod power_cuts;
mod shop;
pub mod simulate;
pub mod storms;
