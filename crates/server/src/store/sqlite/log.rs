//! Writing the log back into the database file beside the writer, not in its way.
//!
//! ```text
//!   writer ──commit──▶ log ──pass──▶ database          a thread and a connection of its own
//!      └─────── the last pages, fsync ──▶ database     the writer: then the log begins anew
//! ```
//!
//! SQLite writes the log back inside a commit. The more orders are stored, the more different
//! pages the log holds, and with a million orders every caller of that commit waited 100 ms for
//! it. Another connection may do the same while commits go on, but it never comes to the end:
//! commits go on. So the writer does the last pages itself, between two commits. SQLite syncs the
//! database only then; by that time the system has written much of what the thread gave it.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rusqlite::Connection;

/// What the thread leaves is written back by the writer once it is at most this part of the log.
const REST: i64 = 32;

/// A log this many times as long as it should be is written back by the writer, however much is
/// left: the bound, should the thread not keep up.
const LONGEST: i64 = 4;

/// The log, as the writer sees it.
#[derive(Debug)]
pub(super) struct Log {
    pages: i64,
    thread: SyncSender<()>,
    /// Held while the thread writes back. SQLite itself refuses a second one who would, and does
    /// not wait.
    pass: Arc<Mutex<()>>,
}

/// Pages in the log, and how many of them the database has: -1 both for who would write back while
/// another does.
#[derive(Clone, Copy, Debug)]
struct Fill {
    pages: i64,
    written_back: i64,
}

impl Log {
    /// Starts the thread with a connection of its own; it ends when the log is dropped. `pages` is
    /// how long the log should become.
    pub(super) fn start(connection: Connection, pages: u32) -> std::io::Result<Log> {
        let (thread, asked) = sync_channel(1);
        let pass = Arc::default();
        let of_thread = Arc::clone(&pass);
        let _detached = thread::Builder::new()
            .name("store-log".to_owned())
            .spawn(move || write_back_when_asked(&connection, &asked, &of_thread))?;
        Ok(Log {
            pages: pages.into(),
            thread,
            pass,
        })
    }

    /// Keeps the log short. The writer calls this after every commit, when its callers have their
    /// answers.
    pub(super) fn keep_short(&self, writer: &Connection) {
        if let Err(error) = self.write_back_or_ask(writer) {
            // The log grows; whatever is wrong with the disk, the next commit will say.
            tracing::warn!(%error, "the database's log could not be written back");
        }
    }

    fn write_back_or_ask(&self, writer: &Connection) -> rusqlite::Result<()> {
        let fill = checkpoint(writer, "PRAGMA wal_checkpoint(NOOP)")?;
        if fill.pages < self.pages {
            return Ok(());
        }
        if fill.pages >= self.pages.saturating_mul(LONGEST) {
            let _pass = lock(&self.pass);
            return write_back(writer);
        }
        if fill.pages.saturating_sub(fill.written_back) <= self.pages / REST {
            return write_back(writer);
        }
        match self.thread.try_send(()) {
            // Full: it is at it.
            Ok(()) | Err(TrySendError::Full(())) => Ok(()),
            Err(TrySendError::Disconnected(())) => write_back(writer),
        }
    }
}

fn write_back_when_asked(connection: &Connection, asked: &Receiver<()>, pass: &Mutex<()>) {
    while asked.recv().is_ok() {
        let _pass = lock(pass);
        if let Err(error) = write_back(connection) {
            tracing::warn!(%error, "the database's log could not be written back");
        }
    }
}

/// It guards no value that a panic could leave half done.
fn lock(pass: &Mutex<()>) -> MutexGuard<'_, ()> {
    pass.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for nobody: what a reader still needs, or another is writing back, stays.
fn write_back(connection: &Connection) -> rusqlite::Result<()> {
    checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)").map(drop)
}

fn checkpoint(connection: &Connection, sql: &str) -> rusqlite::Result<Fill> {
    connection.prepare_cached(sql)?.query_row([], |row| {
        Ok(Fill {
            pages: row.get(1)?,
            written_back: row.get(2)?,
        })
    })
}
