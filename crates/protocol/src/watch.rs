//! Frames of the watch socket, JSON text both ways.

use serde::{Deserialize, Serialize};

use crate::OrderView;

/// What the page sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// The first and only frame; due within [`WATCH_FRAME_DUE_MS`].
    Watch {
        /// From [`crate::OrderView::watch_token`]. A cookie would not do: it does not survive every
        /// development proxy.
        token: String,
    },
}

/// What the server sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The order as it is now: on connect, and after each change.
    Snapshot {
        /// Same as the order's: a smaller one is older news and is dropped.
        seq: u64,
        /// The whole order, so that a missed frame never matters.
        order: Box<OrderView>,
    },
    /// Nothing new, but the line is alive.
    Ping,
}

/// How long a fresh socket may stay silent before the server closes it.
pub const WATCH_FRAME_DUE_MS: u64 = 5_000;

/// The server sends something at least this often; a page that hears nothing for twice as long
/// takes the socket for dead.
pub const PING_INTERVAL_MS: u64 = 15_000;

/// Close codes of the watch socket (the private range of RFC 6455).
pub mod close {
    /// The token is missing, wrong or old: get a new session.
    pub const SIGN_IN_REQUIRED: u16 = 4401;
    /// The order is unknown, or somebody else's.
    pub const NOT_FOUND: u16 = 4404;
    /// The first frame did not come in time or was unreadable.
    pub const BAD_FRAME: u16 = 4400;
    /// Too many sockets; poll instead.
    pub const TOO_MANY: u16 = 4429;
    /// The server stops; connect again.
    pub const GOING_AWAY: u16 = 1001;
}
