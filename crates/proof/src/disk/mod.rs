//! A disk that can lose its power: every SQLite database under a folder runs on it.
//!
//! SQLite's own file system layer does the work; [`shim`] stands in front of it and tells
//! [`Disk`] about every write before it happens. The disk remembers what no fsync has pressed
//! down yet, and can die at the n-th operation: from then on nothing reaches the files. What is
//! left afterwards is decided by [`Disk::restore`]: everything written (`kill -9`), only what was
//! synced, or that and some of the rest, sector by sector (a power cut).

mod shim;
mod unsynced;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::watch;

use self::unsynced::{Survival, Unsynced};

/// Databases close as soon as their last user lets go; more than this is a leak.
const CLOSED_WITHIN: Duration = Duration::from_secs(30);

/// What survives the end of a process or of the power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The process died, the system lives: all that was written is there.
    Process,
    /// The power went: nothing unsynced is there.
    Power,
    /// The power went while the disk was writing: half of the unsynced sectors are there, and a
    /// seed says which.
    TornPower(u64),
}

/// One simulated disk.
#[derive(Debug)]
pub(crate) struct Disk {
    state: Mutex<State>,
    /// Files open on it, and whether it is dead.
    seen: watch::Sender<Seen>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    open: usize,
    is_dead: bool,
}

#[derive(Debug, Default)]
struct State {
    files: HashMap<PathBuf, Unsynced>,
    dies_after: Option<u64>,
    failing: u32,
}

/// Folders that have become disks.
static DISKS: Mutex<Vec<(PathBuf, Arc<Disk>)>> = Mutex::new(Vec::new());

fn disk_of(path: &Path) -> Option<Arc<Disk>> {
    let disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
    let found = disks.iter().find(|(folder, _)| path.starts_with(folder));
    found.map(|(_, disk)| Arc::clone(disk))
}

impl Disk {
    /// Makes a folder a disk, for databases opened from now on.
    pub(crate) fn plug_in(folder: &Path) -> Result<Arc<Disk>> {
        shim::install()?;
        let disk = Arc::new(Disk {
            state: Mutex::default(),
            seen: watch::Sender::default(),
        });
        let mut disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
        disks.push((folder.to_owned(), Arc::clone(&disk)));
        Ok(disk)
    }

    /// Forgets a folder; its databases are closed by now.
    pub(crate) fn unplug(self: &Arc<Disk>) {
        let mut disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
        disks.retain(|(_, disk)| !Arc::ptr_eq(disk, self));
    }

    /// Dies after so many more operations (writes, truncations, syncs).
    pub(crate) fn die_after(&self, operations: u64) {
        self.lock().dies_after = Some(operations);
    }

    /// Dies now.
    pub(crate) fn die(&self) {
        self.seen.send_modify(|seen| seen.is_dead = true);
    }

    /// Refuses so many operations from now on, and then works again.
    pub(crate) fn fail(&self, operations: u32) {
        self.lock().failing = operations;
    }

    /// Takes back whatever is still to come of [`Disk::die_after`] and [`Disk::fail`].
    pub(crate) fn heal(&self) {
        let mut state = self.lock();
        state.dies_after = None;
        state.failing = 0;
    }

    /// Waits until it is dead.
    pub(crate) async fn dead(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.seen.subscribe().wait_for(|seen| seen.is_dead).await;
    }

    /// Makes a dead disk usable again, with what survived. Waits until all its files are closed.
    pub(crate) async fn restore(&self, ending: Ending) -> Result<()> {
        let mut seen = self.seen.subscribe();
        let closed = seen.wait_for(|seen| seen.open == 0);
        let _ = tokio::time::timeout(CLOSED_WITHIN, closed)
            .await
            .context("a dead database is still open")??;
        let mut survival = Survival::new(ending);
        let mut state = self.lock();
        for (path, unsynced) in state.files.drain() {
            unsynced
                .end(&path, &mut survival)
                .with_context(|| format!("cannot restore {}", path.display()))?;
        }
        state.dies_after = None;
        state.failing = 0;
        drop(state);
        self.seen.send_modify(|seen| seen.is_dead = false);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.seen.borrow().is_dead
    }

    fn opened(&self) {
        self.seen.send_modify(|seen| seen.open += 1);
    }

    fn closed(&self) {
        self.seen.send_modify(|seen| seen.open -= 1);
    }

    /// Notes what is about to be done to a file and says whether it may be done. What the disk
    /// was told as it died is noted too: a part of it may survive.
    fn admits(&self, path: &Path, note: impl FnOnce(&mut Unsynced)) -> bool {
        if self.is_dead() {
            return false;
        }
        let mut state = self.lock();
        if state.failing > 0 {
            state.failing -= 1;
            return false;
        }
        let is_last = state.dies_after == Some(0);
        state.dies_after = state.dies_after.map(|left| left.saturating_sub(1));
        if let Some(unsynced) = state.files.get_mut(path) {
            note(unsynced);
        } else {
            note(state.files.entry(path.to_owned()).or_default());
        }
        drop(state);
        if is_last {
            self.die();
        }
        !is_last
    }

    fn wrote(&self, path: &Path, offset: usize, before: Vec<u8>, new: &[u8], size: usize) -> bool {
        self.admits(path, |unsynced| unsynced.write(offset, before, new, size))
    }

    fn truncated(&self, path: &Path, to: usize, tail: Vec<u8>) -> bool {
        self.admits(path, |unsynced| unsynced.truncate(to, tail))
    }

    /// A sync that the disk dies in has pressed nothing down.
    fn synced(&self, path: &Path) -> bool {
        let may = self.admits(path, |_| {});
        if may && let Some(unsynced) = self.lock().files.get_mut(path) {
            unsynced.forget();
        }
        may
    }

    fn deleted(&self, path: &Path) -> bool {
        let may = self.admits(path, |_| {});
        if may {
            let _ = self.lock().files.remove(path);
        }
        may
    }
}
