//! The one writer: a thread that commits all waiting work with one fsync.
//!
//! ```text
//!   jobs ─▶ queue ─▶ BEGIN, job, job, job …, COMMIT (fsync) ─▶ answers
//! ```
//!
//! It takes what is waiting and never waits for more, so a lone job pays one commit and a crowd
//! shares one. **Invariant:** no answer leaves before its commit returned.
//!
//! A job that fails is undone alone. Savepoints could do that, but each makes SQLite keep a copy
//! of every page its job touches, and almost no job fails. So a batch first runs without them; if
//! a job fails, all of it is rolled back and runs again, each job in a savepoint of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use super::log::Log;
use crate::store::StoreError;
use crate::store::proof::LastCommit;

/// More jobs than this share no commit: it bounds the time a job waits for its neighbours.
const BATCH_MAX: usize = 256;

/// Callers beyond this wait to be queued: back-pressure instead of memory.
const QUEUE_MAX: usize = 4_096;

/// A call ends after this long, whatever the disk does: WeChat waits five seconds for an
/// acknowledgement.
const CALL_WITHIN: Duration = Duration::from_secs(4);

#[derive(Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    /// Starts the thread; it ends, with its queue worked off, when the writer is dropped.
    pub(super) fn start(
        connection: Connection,
        log: Log,
        commits: watch::Sender<u64>,
        last_commit: Arc<LastCommit>,
    ) -> std::io::Result<Writer> {
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        let _detached = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write(&connection, &log, jobs, &commits, &last_commit))?;
        Ok(Writer { queue })
    }

    /// Runs work inside the next commit and answers once that is on disk. The work may run twice,
    /// the first time being rolled back, so it must do nothing but read and write the database.
    ///
    /// A disk that hangs is an error after [`CALL_WITHIN`]; the work may be done all the same. Callers
    /// do the same again; what is there already is found.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, waiting) = oneshot::channel();
        let job = Work {
            work,
            outcome: None,
            answer: Some(answer),
        };
        let deadline = Instant::now() + CALL_WITHIN;
        let place = timeout_at(deadline, self.queue.reserve())
            .await
            .map_err(|_| StoreError::Overloaded)?
            .map_err(|_| StoreError::Unavailable)?;
        place.send(Box::new(job));
        let (outcome, others) = timeout_at(deadline, waiting)
            .await
            .map_err(|_| StoreError::Unavailable)?
            .map_err(|_| StoreError::Unavailable)?;
        drop(others);
        outcome
    }
}

fn write(
    connection: &Connection,
    log: &Log,
    mut jobs: mpsc::Receiver<Box<dyn Job>>,
    commits: &watch::Sender<u64>,
    last_commit: &LastCommit,
) {
    let mut batch: Vec<Box<dyn Job>> = Vec::with_capacity(BATCH_MAX);
    while jobs.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        metrics::histogram!("store_batch_jobs").record(batch_size(&batch));
        let changes_before = connection.total_changes();
        let outcome = run_or_undo(connection, &mut batch);
        match outcome {
            Ok(Jobs::AllDone) if connection.total_changes() == changes_before => {}
            Ok(Jobs::AllDone) => last_commit.note(),
            Ok(Jobs::SomeUndone) | Err(_) => last_commit.forget(),
        }
        let outcome = outcome.map(drop);
        // First: whoever has his answer finds nothing older anywhere.
        commits.send_modify(|count| *count = count.wrapping_add(1));
        if let Some(first) = batch.pop() {
            let others = Others {
                jobs: std::mem::replace(&mut batch, Vec::with_capacity(BATCH_MAX)),
                outcome,
            };
            first.answer(outcome, others);
        }
        log.keep_short(connection);
    }
}

/// A failed commit and even a panic cost one batch: a dead writer would cost every order.
fn run_or_undo(connection: &Connection, batch: &mut [Box<dyn Job>]) -> Result<Jobs, StoreError> {
    match catch_unwind(AssertUnwindSafe(|| run_batch(connection, batch))) {
        Ok(Ok(jobs)) => return Ok(jobs),
        Ok(Err(error)) => tracing::error!(%error, "committing to the database failed"),
        Err(_) => tracing::error!("writing to the database panicked"),
    }
    // The transaction may still be open.
    if !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    Err(StoreError::Unavailable)
}

/// How the jobs of a batch that was committed went.
#[derive(Clone, Copy)]
enum Jobs {
    AllDone,
    /// The commit holds the others.
    SomeUndone,
}

fn run_batch(connection: &Connection, batch: &mut [Box<dyn Job>]) -> rusqlite::Result<Jobs> {
    let run = |sql| connection.prepare_cached(sql)?.execute([]).map(drop);
    run("BEGIN IMMEDIATE")?;
    let mut jobs = Jobs::AllDone;
    if batch.iter_mut().any(|job| job.run(connection).is_err()) {
        jobs = Jobs::SomeUndone;
        run("ROLLBACK")?;
        run("BEGIN IMMEDIATE")?;
        run_each_alone(connection, batch)?;
    }
    run("COMMIT")?;
    Ok(jobs)
}

/// Runs jobs so that one that fails takes back its own writes and nobody else's.
fn run_each_alone(connection: &Connection, batch: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    for job in batch {
        connection.prepare_cached("SAVEPOINT job")?.execute([])?;
        if job.run(connection).is_err() {
            connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
        }
        connection.prepare_cached("RELEASE job")?.execute([])?;
    }
    Ok(())
}

/// The rest of a batch, answered by whoever drops it.
///
/// Waking a task from outside its runtime costs a system call, and this thread has better to do. So
/// it wakes one caller, who wakes the others from within.
struct Others {
    jobs: Vec<Box<dyn Job>>,
    outcome: Result<(), StoreError>,
}

impl Others {
    const fn none(outcome: Result<(), StoreError>) -> Others {
        Others {
            jobs: Vec::new(),
            outcome,
        }
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        for job in self.jobs.drain(..) {
            job.answer(self.outcome, Others::none(self.outcome));
        }
    }
}

fn batch_size(batch: &[Box<dyn Job>]) -> u32 {
    u32::try_from(batch.len()).unwrap_or(u32::MAX)
}

/// One piece of work and the caller who waits for it.
trait Job: Send {
    /// `Err` when its writes must be undone. May be called again after they were.
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;
    /// Called once, after the commit (or its failure), with others for the caller to answer.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>, others: Others);
}

struct Work<T, F> {
    work: F,
    outcome: Option<Result<T, StoreError>>,
    answer: Option<oneshot::Sender<(Result<T, StoreError>, Others)>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send,
    F: Fn(&Connection) -> rusqlite::Result<T> + Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let outcome = (self.work)(connection).map_err(|error| {
            tracing::error!(%error, "writing to the database failed");
            StoreError::Unavailable
        });
        let verdict = outcome.as_ref().map(|_| ()).map_err(|error| *error);
        self.outcome = Some(outcome);
        verdict
    }

    fn answer(mut self: Box<Self>, committed: Result<(), StoreError>, others: Others) {
        let outcome = match (committed, self.outcome.take()) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(StoreError::Unavailable),
            (Err(error), _) => Err(error),
        };
        if let Some(answer) = self.answer.take() {
            // A caller that went away does not undo what is committed, and the others hear of it
            // all the same: what could not be sent is dropped here.
            let _ = answer.send((outcome, others));
        }
    }
}
