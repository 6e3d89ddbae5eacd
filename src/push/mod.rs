//! News of one order: by socket, and by asking while the socket is down.

mod policy;
mod socket;
mod watcher;

pub use policy::{
    AfterClose, CONNECT_MS_MAX, POLL_FAST_MS, POLL_FAST_TIMES, POLL_RARE_MS, POLL_SLOW_MS,
    POLL_SLOW_TIMES, SILENCE_MS_MAX, after_close, poll_pause_ms, reconnect_pause_ms,
};
pub use watcher::{News, Watcher};
