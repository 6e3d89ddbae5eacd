//! A connection for one call: statements prepared once, and nothing left behind when it is cut off.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::{Client, Object};
use futures_util::future::try_join;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

/// Undoing what a call left behind ends after this long, or the connection is closed.
const UNDO_WITHIN: Duration = Duration::from_secs(1);

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
    /// There is no connection any more.
    #[error("the connection is gone")]
    Gone,
}

impl Failure {
    /// Whether the database gave this transaction up for another's sake: doing it again is right.
    /// Of statements that are sent together, one may only tell that another failed.
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            Failure::Database(error) => matches!(
                error.code(),
                Some(
                    &SqlState::T_R_DEADLOCK_DETECTED
                        | &SqlState::T_R_SERIALIZATION_FAILURE
                        | &SqlState::IN_FAILED_SQL_TRANSACTION
                )
            ),
            Failure::Damaged(_) | Failure::Rows(_) | Failure::Gone => false,
        }
    }
}

/// What the statements of a transaction see.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sees {
    /// Each what was committed when it began: what was waited for at a lock is visible after it.
    WhatIsCommittedByThen,
    /// All of them what was committed when the first began. They only read.
    OneState,
}

/// A statement and its values.
pub(super) type Asked<'a> = (&'a str, Values<'a>);

/// A pooled connection that one call has to itself.
pub(super) struct Session {
    /// `None` only while it is dropped.
    client: Option<Client>,
    /// What goes before the first statement.
    beginning: Mutex<Option<&'static str>>,
}

impl Session {
    /// Each statement for itself.
    pub(super) fn new(client: Client) -> Session {
        Session {
            client: Some(client),
            beginning: Mutex::new(None),
        }
    }

    /// A transaction. It begins with its first statement, on the same way to the database.
    pub(super) fn transaction(client: Client, sees: Sees) -> Session {
        // The level is named, since the cluster's default may be another.
        let begin = match sees {
            Sees::WhatIsCommittedByThen => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Sees::OneState => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        Session {
            client: Some(client),
            beginning: Mutex::new(Some(begin)),
        }
    }

    /// Runs a statement, right behind the transaction's beginning if it is the first. What is
    /// joined is sent in this order, and nothing follows before both are answered.
    async fn run<T>(
        &self,
        client: &Client,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Failure> {
        let beginning = self
            .beginning
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(begin) = beginning else {
            return Ok(statement.await?);
        };
        let ((), value) = try_join(client.batch_execute(begin), statement).await?;
        Ok(value)
    }

    pub(super) async fn commit(&self) -> Result<(), Failure> {
        Ok(self.client()?.batch_execute("COMMIT").await?)
    }

    /// Back to the pool, with nothing under way.
    pub(super) fn give_back(session: Arc<Session>) {
        if let Some(mut session) = Arc::into_inner(session) {
            drop(session.client.take());
        }
    }

    pub(super) async fn rows(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Failure> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await?;
        self.run(client, client.query(&statement, values)).await
    }

    pub(super) async fn row(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, Failure> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await?;
        self.run(client, client.query_opt(&statement, values)).await
    }

    /// Sends two statements at once. The second begins when the first is done, and sees what that
    /// waited for; only the way there and back between them is saved.
    pub(super) async fn row_after(
        &self,
        first: Asked<'_>,
        second: Asked<'_>,
    ) -> Result<Option<Row>, Failure> {
        let client = self.client()?;
        // Both prepared before either is sent: preparing takes a way of its own, and the second
        // would overtake the first on it.
        let prepared = (
            client.prepare_cached(first.0).await?,
            client.prepare_cached(second.0).await?,
        );
        let both = try_join(
            client.query(&prepared.0, first.1),
            client.query_opt(&prepared.1, second.1),
        );
        let (_, row) = self.run(client, both).await?;
        Ok(row)
    }

    /// Runs a write and says how many rows it changed.
    pub(super) async fn execute(&self, sql: &str, values: Values<'_>) -> Result<u64, Failure> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await?;
        self.run(client, client.execute(&statement, values)).await
    }

    /// Runs a write that must change exactly that many rows.
    pub(super) async fn execute_on(
        &self,
        expected: u64,
        sql: &str,
        values: Values<'_>,
    ) -> Result<(), Failure> {
        match self.execute(sql, values).await? {
            changed if changed == expected => Ok(()),
            changed => Err(Failure::Rows(changed)),
        }
    }

    fn client(&self) -> Result<&Client, Failure> {
        self.client.as_ref().ok_or(Failure::Gone)
    }
}

impl Drop for Session {
    /// The call failed, or was cut off by its time or by a caller who went away: nobody knows what
    /// is still under way.
    fn drop(&mut self) {
        let Some(client) = self.client.take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(undo(client))),
            Err(_) => drop(Object::take(client)),
        }
    }
}

/// Undoes what is under way. A connection that cannot even do that in time is closed, and the pool
/// makes another.
async fn undo(client: Client) {
    let undone = tokio::time::timeout(UNDO_WITHIN, client.batch_execute("ROLLBACK")).await;
    if !matches!(undone, Ok(Ok(()))) {
        drop(Object::take(client));
    }
}
