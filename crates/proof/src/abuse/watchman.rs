//! Watches the server from outside: memory, descriptors, log.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::shop::Observed;

const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What was seen from the begin of the abuse to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sights {
    /// Before, and at the worst moment.
    pub(super) rss_bytes: [u64; 2],
    /// Before, and after everybody had gone.
    pub(super) descriptors: [usize; 2],
    /// What the log grew by in a second, on average.
    pub(super) log_bytes_per_s: u64,
    /// Its longest line.
    pub(super) log_line_bytes_max: usize,
}

/// Stands beside the server until the abuse is over.
#[derive(Debug)]
pub(super) struct Watchman {
    server: Observed,
    log: PathBuf,
    began_at: Instant,
    rss_before: u64,
    descriptors_before: usize,
    log_bytes_before: u64,
    is_over: watch::Sender<bool>,
    worst: JoinHandle<u64>,
}

impl Watchman {
    pub(super) fn begin(server: Observed, log: &Path) -> Result<Watchman> {
        let rss_before = server.rss_bytes().context("the system hides its memory")?;
        let (is_over, mut over) = watch::channel(false);
        let worst = tokio::spawn(async move {
            let mut worst = rss_before;
            while !*over.borrow_and_update() {
                worst = worst.max(server.rss_bytes().unwrap_or_default());
                sleep(LOOK_EVERY).await;
            }
            worst
        });
        Ok(Watchman {
            server,
            log: log.to_owned(),
            began_at: Instant::now(),
            rss_before,
            descriptors_before: server.descriptors()?,
            log_bytes_before: std::fs::metadata(log)?.len(),
            is_over,
            worst,
        })
    }

    /// Looks a last time, once the server has put everything away or had the time to.
    pub(super) async fn end(self, tidied_within: Duration) -> Result<Sights> {
        let lasted = self.began_at.elapsed();
        let log = std::fs::read(&self.log)?;
        let _ = self.is_over.send_replace(true);
        let too_late = Instant::now() + tidied_within;
        let mut descriptors_after = self.server.descriptors()?;
        while descriptors_after > self.descriptors_before && Instant::now() < too_late {
            sleep(LOOK_EVERY).await;
            descriptors_after = self.server.descriptors()?;
        }
        let bytes = u64::try_from(log.len())?;
        let grown = bytes.saturating_sub(self.log_bytes_before);
        let longest = log.split(|byte| *byte == b'\n').map(<[u8]>::len).max();
        Ok(Sights {
            rss_bytes: [self.rss_before, self.worst.await?],
            descriptors: [self.descriptors_before, descriptors_after],
            log_bytes_per_s: grown / lasted.as_secs().max(1),
            log_line_bytes_max: longest.unwrap_or_default(),
        })
    }
}
