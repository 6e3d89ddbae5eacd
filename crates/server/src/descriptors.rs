//! File descriptors: raised at start as far as allowed, and shared out, so that no crowd of
//! connections takes those that orders, notifications and the database need.

use std::fmt;

/// Connections at a time, if descriptors allow.
const CONNECTIONS_MAX: u64 = 16_384;

/// Watch sockets at a time, if descriptors allow. Beyond, pages poll.
const SOCKETS_MAX: u64 = 20_000;

/// For the database's sessions or files, webhooks, workers and the log.
const RESERVE: u64 = 128;

/// A request may hold a second descriptor: a connection to WeChat, or a file of the page.
const PER_CONNECTION: u64 = 2;

/// What can be used at all.
const USEFUL: u64 = RESERVE + CONNECTIONS_MAX * PER_CONNECTION + SOCKETS_MAX;

/// How many descriptors there are, and who may have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptors {
    /// The process's limit; `None` where the system has none.
    pub limit: Option<u64>,
    /// Connections at a time.
    pub connections_max: usize,
    /// Buyers' calls at a time. The other connections are left for WeChat.
    pub calls_max: usize,
    /// Watch sockets at a time.
    pub sockets_max: usize,
}

impl fmt::Display for Descriptors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Some(limit) => write!(f, "{limit}")?,
            None => f.write_str("without limit")?,
        }
        let (connections, sockets) = (self.connections_max, self.sockets_max);
        write!(f, " ({connections} connections, {sockets} watch sockets)")
    }
}

impl Descriptors {
    /// Raises the process's limit as far as it is allowed to and is of use, and shares it out.
    #[must_use]
    pub fn raise() -> Descriptors {
        Descriptors::shared_out(raised_limit())
    }

    /// A third of what the reserve leaves is for watch sockets, the rest for connections and what
    /// they may need besides.
    fn shared_out(limit: Option<u64>) -> Descriptors {
        let free = limit.unwrap_or(USEFUL).saturating_sub(RESERVE);
        let sockets = (free / 3).min(SOCKETS_MAX);
        let connections = ((free - sockets) / PER_CONNECTION).min(CONNECTIONS_MAX);
        let size = |count: u64| usize::try_from(count).unwrap_or(usize::MAX).max(1);
        Descriptors {
            limit,
            connections_max: size(connections),
            calls_max: size(connections - connections / 4),
            sockets_max: size(sockets),
        }
    }
}

#[cfg(unix)]
fn raised_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let current = current?;
    let wanted = maximum.map_or(USEFUL, |maximum| maximum.min(USEFUL));
    if wanted <= current {
        return Some(current);
    }
    let raised = Rlimit {
        current: Some(wanted),
        maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => Some(wanted),
        Err(error) => {
            tracing::warn!(%error, current, wanted, "the limit of file descriptors stays");
            Some(current)
        }
    }
}

#[cfg(not(unix))]
fn raised_limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_limit_nobody_can_take_the_reserve() {
        for limit in [256, 1_024, 4_096, 65_536, 1_048_576] {
            let shares = Descriptors::shared_out(Some(limit));
            let size = |count: usize| u64::try_from(count).expect("a small number");
            let taken = size(shares.connections_max) * PER_CONNECTION + size(shares.sockets_max);
            assert!(taken + RESERVE <= limit, "{shares:?}");
        }
        let usual = Descriptors::shared_out(Some(1_024));
        assert_eq!((usual.connections_max, usual.sockets_max), (299, 298));
        let raised = Descriptors::shared_out(Some(65_536));
        assert_eq!(
            (raised.connections_max, raised.sockets_max),
            (16_384, 20_000)
        );
        assert_eq!(Descriptors::shared_out(None).connections_max, 16_384);
    }

    #[test]
    fn a_limit_below_the_reserve_still_lets_one_in() {
        let shares = Descriptors::shared_out(Some(64));
        assert_eq!((shares.connections_max, shares.sockets_max), (1, 1));
    }
}
