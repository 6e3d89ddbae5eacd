//! Waking: tells every server on this database that the journal grew.
//!
//! A wake-up says *look*, nothing more: the journal is the truth, and whoever misses a wake-up
//! looks by himself before long. It is sent by a connection of its own, after the commit and at
//! most once per [`SEND_INTERVAL`]: PostgreSQL commits transactions that notify one after the
//! other, which would cost three quarters of the throughput.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::link::Link;
use super::{OpenError, PostgresAddress};

/// Many commits, one wake-up.
const SEND_INTERVAL: Duration = Duration::from_millis(20);

/// A connection without work is asked this often whether it still is one.
const ALIVE_INTERVAL: Duration = Duration::from_secs(10);

/// A connection that needs longer for so little is given up.
const ANSWER_WITHIN: Duration = Duration::from_secs(4);

const RECONNECT_FIRST: Duration = Duration::from_millis(100);
const RECONNECT_MAX: Duration = Duration::from_secs(5);

/// A store's end of the waking; dropping it ends the connection.
#[derive(Debug)]
pub(super) struct Waking {
    commits: watch::Sender<u64>,
    grown: Arc<Notify>,
    task: AbortHandle,
}

impl Waking {
    pub(super) fn start(address: PostgresAddress) -> Waking {
        let (commits, grown) = (watch::Sender::new(0), Arc::new(Notify::new()));
        let task = tokio::spawn(keep_waking(address, commits.clone(), Arc::clone(&grown)));
        Waking {
            commits,
            grown,
            task: task.abort_handle(),
        }
    }

    /// A transaction of this server made the journal grow: its own consumers look at once, those
    /// of other servers soon.
    pub(super) fn journal_grew(&self) {
        ring(&self.commits);
        self.grown.notify_one();
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }
}

impl Drop for Waking {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn ring(commits: &watch::Sender<u64>) {
    commits.send_modify(|count| *count = count.wrapping_add(1));
}

/// Runs until it is aborted; a lost connection is made again with growing pauses.
async fn keep_waking(address: PostgresAddress, commits: watch::Sender<u64>, grown: Arc<Notify>) {
    let mut pause = RECONNECT_FIRST;
    loop {
        match listen(&address, &commits).await {
            Ok(mut link) => {
                pause = RECONNECT_FIRST;
                // Whatever happened while nobody listened.
                ring(&commits);
                if let Err(error) = wake_others(&mut link, &grown).await {
                    tracing::warn!(%error, "cannot wake other servers");
                }
            }
            Err(error) => tracing::warn!(%error, "cannot listen for other servers"),
        }
        sleep(pause).await;
        pause = pause.saturating_mul(2).min(RECONNECT_MAX);
    }
}

/// Connects and rings for every wake-up of another session.
async fn listen(
    address: &PostgresAddress,
    commits: &watch::Sender<u64>,
) -> Result<Link, OpenError> {
    let own_session = Arc::new(AtomicI32::new(0));
    let (own, commits) = (Arc::clone(&own_session), commits.clone());
    let link = Link::open(address, move |notification| {
        // Our consumers have looked already.
        if notification.process_id() != own.load(Ordering::Relaxed) {
            ring(&commits);
        }
    })
    .await?;
    let greeting = async {
        let row = link
            .client
            .query_one("SELECT pg_backend_pid()", &[])
            .await?;
        own_session.store(row.try_get(0)?, Ordering::Relaxed);
        link.client.batch_execute("LISTEN checkout_journal").await
    };
    timeout(ANSWER_WITHIN, greeting)
        .await
        .map_err(|_| OpenError::NoAnswer)??;
    Ok(link)
}

/// Sends what is to be sent until the connection is gone.
async fn wake_others(link: &mut Link, grown: &Notify) -> Result<(), OpenError> {
    loop {
        let word = tokio::select! {
            () = link.closed() => return Ok(()),
            () = grown.notified() => "NOTIFY checkout_journal",
            () = sleep(ALIVE_INTERVAL) => "SELECT 1",
        };
        let sending = link.client.batch_execute(word);
        timeout(ANSWER_WITHIN, sending)
            .await
            .map_err(|_| OpenError::NoAnswer)??;
        sleep(SEND_INTERVAL).await;
    }
}
