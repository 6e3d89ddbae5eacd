//! Opening a database file, and why that fails.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::Durability;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its folder cannot be made.
    #[error("cannot create the folder {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its file cannot be made or opened.
    #[error("cannot open the file {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite says no.
    #[error("cannot open the database {}", path.display())]
    Database {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// Made by a newer version of this program.
    #[error(
        "the database is of version {found}, this program knows up to {known}: use a newer program"
    )]
    FromTheFuture {
        /// In the file.
        found: u32,
        /// In this program.
        known: u32,
    },
    /// No thread for the writer or its log.
    #[error("cannot start the database's threads")]
    Thread(#[source] std::io::Error),
}

/// Opens a connection that commits as hard as it should.
pub(super) fn connect(path: &Path, durability: Durability) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // See [`Log`], which does it.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Page cache in KiB (negative by SQLite's convention): keeps the hot indexes in memory.
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}
