//! What each kind of abuse came to.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// The kinds, as they are counted.
#[derive(Debug, Default)]
pub(super) struct Tallies {
    pub(super) idle: Tally,
    pub(super) slow_heads: Tally,
    pub(super) slow_bodies: Tally,
    pub(super) deaf_readers: Tally,
    pub(super) dribbling_readers: Tally,
    pub(super) ping_floods: Tally,
    pub(super) frame_floods: Tally,
    pub(super) foreign_sockets: Tally,
    pub(super) qr_codes: Tally,
    pub(super) long_paths: Tally,
    pub(super) long_names: Tally,
    pub(super) forgeries: Tally,
    pub(super) foreign_orders: Tally,
    pub(super) sign_ins: Tally,
}

/// Counts of one kind.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Connections that were opened.
    opened: AtomicU64,
    /// Those of them that the server ended, or answered to the end.
    ended: AtomicU64,
    /// Requests that were answered as they should be.
    refused: AtomicU64,
    /// Requests that were granted, and must not be.
    granted: AtomicU64,
    /// Answers that say that the server is at fault.
    faults: AtomicU64,
}

impl Tally {
    pub(super) fn open(&self) {
        let _ = self.opened.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        let _ = self.ended.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes an answer by its status; `is_granted` says which status must not be.
    pub(super) fn note(&self, status: u16, is_granted: impl Fn(u16) -> bool) {
        let counter = match status {
            granted if is_granted(granted) => &self.granted,
            500 | 502 | 504 => &self.faults,
            _ => &self.refused,
        };
        let _ = counter.fetch_add(1, Ordering::Relaxed);
    }

    fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    fn held(&self) -> u64 {
        self.opened()
            .saturating_sub(self.ended.load(Ordering::Relaxed))
    }
}

impl Tallies {
    fn named(&self) -> [(&'static str, &Tally); 14] {
        [
            ("idle connections", &self.idle),
            ("slow heads", &self.slow_heads),
            ("slow bodies", &self.slow_bodies),
            ("deaf readers", &self.deaf_readers),
            ("dribbling readers", &self.dribbling_readers),
            ("ping floods", &self.ping_floods),
            ("frame floods", &self.frame_floods),
            ("foreign sockets", &self.foreign_sockets),
            ("QR codes", &self.qr_codes),
            ("long paths", &self.long_paths),
            ("long names", &self.long_names),
            ("forgeries", &self.forgeries),
            ("foreign orders", &self.foreign_orders),
            ("sign-ins", &self.sign_ins),
        ]
    }

    fn sum(&self, count: impl Fn(&Tally) -> u64) -> u64 {
        self.named().iter().map(|(_, tally)| count(tally)).sum()
    }

    pub(super) fn opened(&self) -> u64 {
        self.sum(Tally::opened)
    }

    /// Connections that nobody ended.
    pub(super) fn held(&self) -> u64 {
        self.sum(Tally::held)
    }

    pub(super) fn granted(&self) -> u64 {
        self.sum(|tally| tally.granted.load(Ordering::Relaxed))
    }

    pub(super) fn faults(&self) -> u64 {
        self.sum(|tally| tally.faults.load(Ordering::Relaxed))
    }

    /// Kinds that did nothing at all: a rig that abuses nobody proves nothing.
    pub(super) fn unplayed(&self) -> Vec<&'static str> {
        let named = self.named();
        let unplayed = named.iter().filter(|(_, tally)| tally.opened() == 0);
        unplayed.map(|(name, _)| *name).collect()
    }
}

impl fmt::Display for Tallies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, tally) in self.named() {
            let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
            writeln!(
                f,
                "  {name:<18} {:>7} connections, {} held, {} refused, {} granted, {} faults",
                tally.opened(),
                tally.held(),
                count(&tally.refused),
                count(&tally.granted),
                count(&tally.faults),
            )?;
        }
        Ok(())
    }
}
