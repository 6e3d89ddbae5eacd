//! Running one statement: prepared once per connection, and a word for what can go wrong.

use deadpool_postgres::GenericClient;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

/// Values for a statement's `$1`, `$2` …
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Why work on the database was given up. Its transaction is undone.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The database says no, or is gone.
    #[error("the database failed")]
    Database(#[from] tokio_postgres::Error),
    /// A row that is no order is a damaged database.
    #[error("the stored value is not a valid {0}")]
    Damaged(&'static str),
    /// A write met other rows than it was decided on.
    #[error("a write changed {0} rows")]
    Rows(u64),
}

impl Failure {
    /// Whether the database gave this transaction up for another's sake: doing it again is right.
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            Failure::Database(error) => matches!(
                error.code(),
                Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE)
            ),
            Failure::Damaged(_) | Failure::Rows(_) => false,
        }
    }
}

pub(super) async fn rows(
    db: &impl GenericClient,
    sql: &str,
    values: Values<'_>,
) -> Result<Vec<Row>, Failure> {
    let statement = db.prepare_cached(sql).await?;
    Ok(db.query(&statement, values).await?)
}

pub(super) async fn row(
    db: &impl GenericClient,
    sql: &str,
    values: Values<'_>,
) -> Result<Option<Row>, Failure> {
    let statement = db.prepare_cached(sql).await?;
    Ok(db.query_opt(&statement, values).await?)
}

/// Runs a write and says how many rows it changed.
pub(super) async fn execute(
    db: &impl GenericClient,
    sql: &str,
    values: Values<'_>,
) -> Result<u64, Failure> {
    let statement = db.prepare_cached(sql).await?;
    Ok(db.execute(&statement, values).await?)
}

/// Runs a write that must change exactly that many rows.
pub(super) async fn execute_on(
    expected: u64,
    db: &impl GenericClient,
    sql: &str,
    values: Values<'_>,
) -> Result<(), Failure> {
    match execute(db, sql, values).await? {
        changed if changed == expected => Ok(()),
        changed => Err(Failure::Rows(changed)),
    }
}
