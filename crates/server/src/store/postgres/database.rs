//! Connections to the database, and work on them that ends in bounded time.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod,
    Runtime,
};

use super::session::{Failure, Sees, Session};
use super::{OpenError, PostgresAddress};
use crate::store::StoreError;

/// Connections of one server. More of them only queue inside the database.
const CONNECTIONS_MAX: usize = 16;

/// A call ends after this long, whatever happened to the database: WeChat waits five seconds for
/// an acknowledgement.
const CALL_WITHIN: Duration = Duration::from_secs(4);

/// Work that the database gave up for another transaction's sake is done again this often.
const ATTEMPTS_MAX: u32 = 3;

/// What every connection begins with. Limits in the database end the work of a server that died or
/// hangs, so that its locks do not outlive it for long; they are below [`CALL_WITHIN`], so that the
/// database's own word usually comes first.
///
/// A database that acknowledges before it is on disk (`synchronous_commit = off`) would lose
/// acknowledged payments with its power. Stronger settings stay.
const GREETING: &str = "\
    SET statement_timeout = '3s'; \
    SET lock_timeout = '2s'; \
    SET idle_in_transaction_session_timeout = '5s'; \
    SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'";

#[derive(Debug)]
pub(super) struct Database {
    pool: Pool,
}

/// Why a call did not end well.
#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error("no connection to the database")]
    Connection(#[from] PoolError),
    #[error(transparent)]
    Work(#[from] Failure),
    #[error("the database did not answer in time")]
    TooLong,
}

impl Database {
    /// Connects nothing yet: the first calls do.
    pub(super) fn new(address: &PostgresAddress) -> Result<Database, OpenError> {
        let manager_config = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(address.config(), address.tls()?, manager_config);
        let greet = Hook::async_fn(|client: &mut ClientWrapper, _| {
            Box::pin(async {
                client
                    .batch_execute(GREETING)
                    .await
                    .map_err(HookError::Backend)
            })
        });
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS_MAX)
            .runtime(Runtime::Tokio1)
            .post_create(greet)
            .build()
            .map_err(OpenError::Pool)?;
        Ok(Database { pool })
    }

    /// Reads several things that belong together: all of it is of one moment.
    pub(super) async fn view<T, F>(&self, work: impl Fn(Arc<Session>) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        bounded(self.transact(Sees::OneState, &work)).await
    }

    /// Reads. Each statement sees what was committed when it began.
    pub(super) async fn read<T, F>(
        &self,
        work: impl FnOnce(Arc<Session>) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let reading = async {
            let session = Arc::new(Session::new(self.pool.get().await?));
            let value = work(Arc::clone(&session)).await?;
            Session::give_back(session);
            Ok(value)
        };
        bounded(reading).await
    }

    /// Writes in one transaction: all of it is durable, or nothing happened.
    ///
    /// An error after the commit was sent means that nobody knows. Callers do the same again; what
    /// is there already is found.
    pub(super) async fn write<T, F>(
        &self,
        work: impl Fn(Arc<Session>) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let writing = async {
            let mut attempt = 1;
            loop {
                match self.transact(Sees::WhatIsCommittedByThen, &work).await {
                    Err(CallError::Work(failure))
                        if failure.is_conflict() && attempt < ATTEMPTS_MAX =>
                    {
                        attempt += 1;
                    }
                    outcome => return outcome,
                }
            }
        };
        bounded(writing).await
    }

    async fn transact<T, F>(
        &self,
        sees: Sees,
        work: &impl Fn(Arc<Session>) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let session = Arc::new(Session::transaction(self.pool.get().await?, sees));
        let value = work(Arc::clone(&session)).await?;
        session.commit().await?;
        Session::give_back(session);
        Ok(value)
    }
}

async fn bounded<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<T, StoreError> {
    let outcome = match tokio::time::timeout(CALL_WITHIN, call).await {
        Ok(outcome) => outcome,
        Err(_) => Err(CallError::TooLong),
    };
    outcome.map_err(|error| {
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "the database did not do its work");
        StoreError::Unavailable
    })
}
