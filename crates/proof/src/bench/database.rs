//! The database of a measurement: a file of its own, or an empty PostgreSQL that somebody names.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use wechat_checkout_server::store::Store;
use wechat_checkout_server::store::postgres::{PostgresAddress, PostgresStore};
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};

use crate::shop::DATABASE;

/// Where the orders are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Database<'a> {
    /// A file in this folder.
    Sqlite(&'a Path),
    /// At this URL.
    Postgres(&'a str),
}

impl<'a> Database<'a> {
    pub(super) fn of(postgres: Option<&'a str>, folder: &'a Path) -> Database<'a> {
        postgres.map_or(Database::Sqlite(folder), Database::Postgres)
    }

    /// Opens it to prepare or to look: PostgreSQL is always durable, the file only if asked.
    pub(super) async fn open(self, durability: Durability) -> Result<Arc<dyn Store>> {
        Ok(match self {
            Database::Sqlite(folder) => {
                Arc::new(SqliteStore::open(&folder.join(DATABASE), durability)?)
            }
            Database::Postgres(url) => {
                Arc::new(PostgresStore::open(&PostgresAddress::parse(url)?).await?)
            }
        })
    }

    /// What the server's program is told beyond its configuration.
    pub(super) const fn url(self) -> Option<&'a str> {
        match self {
            Database::Sqlite(_) => None,
            Database::Postgres(url) => Some(url),
        }
    }

    /// For the table's title.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Database::Sqlite(_) => "SQLite, synchronous=FULL",
            Database::Postgres(_) => "PostgreSQL, synchronous_commit=on",
        }
    }
}
