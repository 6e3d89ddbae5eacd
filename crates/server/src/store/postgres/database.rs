//! Connections to the database, and work on them that ends in bounded time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod,
    Runtime,
};
use tokio_postgres_rustls::MakeRustlsConnect;

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

/// Trying a commit ends after this long: whoever asks whether the server is ready waits two seconds.
const TRY_WITHIN: Duration = Duration::from_millis(1_500);

/// Telling the database that nobody waits any more ends after this long.
const CANCEL_WITHIN: Duration = Duration::from_secs(1);

pub(super) struct Database {
    pool: Pool,
    tls: MakeRustlsConnect,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
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
        let tls = address.tls()?;
        let manager = Manager::from_config(address.config(), tls.clone(), manager_config);
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
        Ok(Database { pool, tls })
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

    /// Writes only to see whether that works, and gives up early.
    ///
    /// A commit whose standby is gone waits inside the database for ever, whether or not anybody
    /// still listens. So it is called off there, or every try would leave a session behind. (A payment
    /// is never called off: it would then be committed on this machine alone.)
    pub(super) async fn try_commit<F>(
        &self,
        work: impl FnOnce(Arc<Session>) -> F,
    ) -> Result<(), StoreError>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let trying = async {
            let client = self.pool.get().await?;
            let waiting = client.cancel_token();
            let session = Arc::new(Session::transaction(client, Sees::WhatIsCommittedByThen));
            let committing = async {
                work(Arc::clone(&session)).await?;
                session.commit().await
            };
            match tokio::time::timeout(TRY_WITHIN, committing).await {
                Ok(outcome) => outcome?,
                Err(_) => {
                    let calling_off = waiting.cancel_query(self.tls.clone());
                    let _ = tokio::time::timeout(CANCEL_WITHIN, calling_off).await;
                    return Err(CallError::TooLong);
                }
            }
            Session::give_back(session);
            Ok(())
        };
        bounded(trying).await
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
