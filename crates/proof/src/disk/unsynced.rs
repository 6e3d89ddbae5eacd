//! What was done to one file since its last fsync, and what becomes of it.

use std::fs;
use std::io;
use std::path::Path;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Ending;

/// Disks write whole sectors: half a sector never survives.
const SECTOR: usize = 512;

/// Changes in the order they were made.
#[derive(Debug, Default)]
pub(super) struct Unsynced(Vec<Change>);

#[derive(Debug)]
enum Change {
    Write {
        offset: usize,
        /// What was there, as far as the file reached.
        before: Vec<u8>,
        new: Vec<u8>,
        /// The file's size before.
        size: usize,
    },
    Truncate {
        to: usize,
        /// What was cut off.
        tail: Vec<u8>,
    },
}

/// Decides what survives.
#[derive(Debug)]
pub(super) enum Survival {
    Everything,
    Nothing,
    Half(Box<StdRng>),
}

impl Survival {
    pub(super) fn new(ending: Ending) -> Survival {
        match ending {
            Ending::Process => Survival::Everything,
            Ending::Power => Survival::Nothing,
            Ending::TornPower(seed) => Survival::Half(Box::new(StdRng::seed_from_u64(seed))),
        }
    }

    fn flip(&mut self) -> bool {
        match self {
            Survival::Everything => true,
            Survival::Nothing => false,
            Survival::Half(chance) => chance.random(),
        }
    }
}

impl Unsynced {
    pub(super) fn write(&mut self, offset: usize, before: Vec<u8>, new: &[u8], size: usize) {
        let new = new.to_owned();
        self.0.push(Change::Write {
            offset,
            before,
            new,
            size,
        });
    }

    pub(super) fn truncate(&mut self, to: usize, tail: Vec<u8>) {
        self.0.push(Change::Truncate { to, tail });
    }

    /// All of it is safe.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// Writes the file as it is found when the power is back.
    pub(super) fn end(self, path: &Path, survival: &mut Survival) -> io::Result<()> {
        if matches!(survival, Survival::Everything) || self.0.is_empty() {
            return Ok(());
        }
        let mut content = fs::read(path)?;
        for change in self.0.iter().rev() {
            undo(&mut content, change);
        }
        for change in &self.0 {
            redo(&mut content, change, survival);
        }
        fs::write(path, content)
    }
}

fn undo(content: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write {
            offset,
            before,
            size,
            ..
        } => {
            put(content, *offset, before);
            content.truncate(*size);
        }
        Change::Truncate { to, tail } => put(content, *to, tail),
    }
}

fn redo(content: &mut Vec<u8>, change: &Change, survival: &mut Survival) {
    match change {
        Change::Write { offset, new, .. } => {
            for (index, sector) in new.chunks(SECTOR).enumerate() {
                if survival.flip() {
                    put(content, offset + index * SECTOR, sector);
                }
            }
        }
        Change::Truncate { to, .. } => {
            if survival.flip() {
                content.truncate(*to);
            }
        }
    }
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &[u8]) -> io::Result<std::path::PathBuf> {
        let path = std::env::temp_dir().join(format!("unsynced-{}-{name}", std::process::id()));
        fs::write(&path, content)?;
        Ok(path)
    }

    #[test]
    fn what_was_not_synced_is_gone_after_a_power_cut() -> io::Result<()> {
        // The file was "abc"; then "bc" became "XYZ", and the file was cut to two bytes.
        let path = file("power", b"aX")?;
        let mut unsynced = Unsynced::default();
        unsynced.write(1, b"bc".to_vec(), b"XYZ", 3);
        unsynced.truncate(2, b"YZ".to_vec());
        unsynced.end(&path, &mut Survival::Nothing)?;
        assert_eq!(fs::read(&path)?, b"abc");
        fs::remove_file(&path)
    }

    #[test]
    fn a_process_that_dies_takes_nothing_with_it() -> io::Result<()> {
        let path = file("process", b"aXYZ")?;
        let mut unsynced = Unsynced::default();
        unsynced.write(1, b"bc".to_vec(), b"XYZ", 3);
        unsynced.end(&path, &mut Survival::Everything)?;
        assert_eq!(fs::read(&path)?, b"aXYZ");
        fs::remove_file(&path)
    }
}
