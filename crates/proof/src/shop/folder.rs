//! A folder for the files of one run.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

static MADE: AtomicU32 = AtomicU32::new(0);

/// Goes away when dropped, unless somebody wants to look into it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    is_kept: bool,
}

impl Folder {
    /// Makes a new folder under `base`.
    ///
    /// `base` should be on a real disk: on a memory file system fsync costs nothing, and figures
    /// taken there say nothing.
    pub(crate) fn new(base: &Path, purpose: &str) -> Result<Folder> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!("{purpose}-{}-{number}", process::id()));
        std::fs::create_dir_all(&path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        let path = path
            .canonicalize()
            .with_context(|| format!("cannot find the folder {}", path.display()))?;
        Ok(Folder {
            path,
            is_kept: false,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the files where they are: a failed proof is worth a look.
    pub(crate) fn keep(&mut self) -> &Path {
        self.is_kept = true;
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
