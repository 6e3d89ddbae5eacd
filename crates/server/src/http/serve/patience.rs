//! How long a connection may let the server wait.

use std::time::Duration;

/// Each ends the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the head of a request, from its first byte on; for the first, from the connection's
    /// begin on.
    pub(super) head: Duration,
    /// Between two requests: longer than proxies keep a connection by themselves, so that it is
    /// them who close it, and no request is lost on the way.
    pub(super) idle: Duration,
    /// For a whole body. The longest that any call takes has 64 KiB, most have less than one.
    pub(super) body: Duration,
    /// For [`PACE_BYTES`] of an answer to be taken, or all of it.
    pub(super) pace: Duration,
}

/// What the slowest phone takes in a second.
pub(super) const PACE_BYTES: usize = 4 * 1024;

impl Patience {
    /// For clients on any network.
    pub(crate) const USUAL: Patience = Patience {
        head: Duration::from_secs(10),
        idle: Duration::from_secs(75),
        body: Duration::from_secs(10),
        pace: Duration::from_secs(15),
    };
}
