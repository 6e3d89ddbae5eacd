//! When to connect again, when to ask, when to take a silent socket for dead. Pure.

use wechat_checkout_protocol::watch::{PING_INTERVAL_MS, close};

/// A socket that is silent for longer is dead, whatever the browser believes.
pub const SILENCE_MS_MAX: u64 = 2 * PING_INTERVAL_MS;

/// A socket that has not brought its first snapshot by then is given up.
pub const CONNECT_MS_MAX: u32 = 8_000;

/// Pause between two questions while the socket is down.
pub const POLL_FAST_MS: i64 = 2_000;

/// Questions at the fast pace; a buyer who waits longer will not notice the slower one.
pub const POLL_FAST_TIMES: u32 = 30;

/// Pause after that.
pub const POLL_SLOW_MS: i64 = 6_000;

/// Questions until then; a page that was left open for so long is hardly looked at.
pub const POLL_SLOW_TIMES: u32 = 130;

/// Pause after that.
pub const POLL_RARE_MS: i64 = 60_000;

const RECONNECT_MS_MAX: i64 = 30_000;
const TOO_MANY_PAUSE_MS: i64 = 60_000;

/// Pause before question number `asked` (from 0).
#[must_use]
pub fn poll_pause_ms(asked: u32) -> i64 {
    if asked < POLL_FAST_TIMES {
        POLL_FAST_MS
    } else if asked < POLL_SLOW_TIMES {
        POLL_SLOW_MS
    } else {
        POLL_RARE_MS
    }
}

/// Pause before connection number `attempt` (from 0): half a second, doubling, at most 30 s.
/// The caller adds jitter.
#[must_use]
pub fn reconnect_pause_ms(attempt: u32) -> i64 {
    RECONNECT_MS_MAX.min(500_i64 << attempt.min(6))
}

/// What follows a closed socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterClose {
    /// Connect again after this pause.
    ReconnectIn(i64),
    /// The token is no good: get a new one and connect again after this pause.
    NewTokenIn(i64),
    /// The server does not know the order; only asking can tell more.
    AskOnly,
}

/// Decides by the close code; `attempt` counts the connections that brought nothing.
#[must_use]
pub fn after_close(code: u16, attempt: u32) -> AfterClose {
    match code {
        close::SIGN_IN_REQUIRED => AfterClose::NewTokenIn(reconnect_pause_ms(attempt)),
        close::NOT_FOUND => AfterClose::AskOnly,
        close::TOO_MANY => AfterClose::ReconnectIn(TOO_MANY_PAUSE_MS),
        _ => AfterClose::ReconnectIn(reconnect_pause_ms(attempt)),
    }
}
