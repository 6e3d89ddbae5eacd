//! The shared store: PostgreSQL, for several servers with one truth.
//!
//! Each call is one transaction on a pooled connection: it locks the order's row, lets the machine
//! decide, writes and commits. Work that is due is claimed past what others are claiming.
//! A call ends in bounded time, and a database that comes back is used again without a restart.

mod address;
mod buyer;
mod change;
mod database;
mod deliver;
mod forget;
mod journal;
mod link;
mod migrate;
mod place;
mod probe;
mod read;
mod refunds;
mod rows;
mod session;
mod session_ends;
mod wake;
mod webhooks;

use std::collections::HashMap;
use std::path::PathBuf;

use async_trait::async_trait;
use tokio::sync::watch;
use wechat_checkout_protocol::{BenefitsView, OpenId, OrderId, ProductId, UnixMillis};

use self::database::Database;
use self::link::Link;
use self::wake::Waking;
use super::proof::LastCommit;
use super::{
    Advanced, JournalEntry, NewOrder, NewWebhook, OrderRecord, Placed, PlannedStep, RefundRecord,
    Store, StoreError, WebhookRecord, WebhookStatus,
};
use crate::catalog::{Catalog, Unit};
use crate::order::OrderEvent;

pub use address::{AddressError, PostgresAddress};

/// Codes added to the stock at a time.
const STOCK_UP_MAX: usize = 5_000;

/// An open database.
#[derive(Debug)]
pub struct PostgresStore {
    database: Database,
    waking: Waking,
    last_commit: LastCommit,
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// PostgreSQL says no, or is not there.
    #[error("cannot open the PostgreSQL database")]
    Database(#[from] tokio_postgres::Error),
    /// It accepts connections and says nothing.
    #[error("the PostgreSQL server does not answer")]
    NoAnswer,
    /// Made by a newer version of this program.
    #[error(
        "the database is of version {found}, this program knows up to {known}: use a newer program"
    )]
    FromTheFuture {
        /// In the database.
        found: i64,
        /// In this program.
        known: i64,
    },
    /// The certificates to trust.
    #[error("sslrootcert {} is no readable PEM file of certificates", path.display())]
    Roots {
        /// Where they should be.
        path: PathBuf,
    },
    /// No encryption on this machine.
    #[error("cannot set up TLS")]
    Tls(#[source] rustls::Error),
    /// No connections without a runtime for their time limits.
    #[error("cannot set up the connections")]
    Pool(#[source] deadpool_postgres::BuildError),
}

impl PostgresStore {
    /// Connects to a database and brings its schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(address: &PostgresAddress) -> Result<PostgresStore, OpenError> {
        let mut link = Link::open(address, |_| ()).await?;
        migrate::run(&mut link.client).await?;
        Ok(PostgresStore {
            database: Database::new(address)?,
            waking: Waking::start(address.clone()),
            last_commit: LastCommit::default(),
        })
    }

    /// After a change that failed nobody takes an earlier commit for a proof.
    fn noting_failure<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if outcome.is_err() {
            self.last_commit.forget();
        }
        outcome
    }

    /// A change was committed: its news go out, and nobody need try whether commits work.
    fn journal_grew(&self) {
        self.waking.journal_grew();
        self.last_commit.note();
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn place(&self, new: NewOrder) -> Result<Placed, StoreError> {
        let new = &new;
        let placing = self
            .database
            .write(|db| async move { place::place(&db, new).await });
        let placed = self.noting_failure(placing.await)?;
        if let Placed::New(_) = placed {
            self.journal_grew();
        }
        Ok(placed)
    }

    async fn advance(
        &self,
        id: &OrderId,
        event: OrderEvent,
        now: UnixMillis,
    ) -> Result<Advanced, StoreError> {
        let event = &event;
        let advancing = self
            .database
            .write(|db| async move { change::advance(&db, id, event, now).await });
        let advanced = self.noting_failure(advancing.await)?;
        match advanced {
            Advanced::Applied(_) | Advanced::Flagged(_) => self.journal_grew(),
            Advanced::AlreadyApplied(_) | Advanced::Refused(_) | Advanced::Unknown => {}
        }
        Ok(advanced)
    }

    async fn order(&self, id: &OrderId) -> Result<Option<OrderRecord>, StoreError> {
        self.database
            .view(|db| async move { read::order(&db, id).await })
            .await
    }

    async fn orders_of(&self, openid: &OpenId, limit: u32) -> Result<Vec<OrderRecord>, StoreError> {
        self.database
            .view(|db| async move { read::orders_of(&db, openid, limit).await })
            .await
    }

    async fn benefits_of(&self, openid: &OpenId) -> Result<BenefitsView, StoreError> {
        self.database
            .view(|db| async move { read::benefits_of(&db, openid).await })
            .await
    }

    async fn vip_until(&self, openid: &OpenId) -> Result<Option<UnixMillis>, StoreError> {
        self.database
            .read(|db| async move { read::vip_until_of(&db, openid).await })
            .await
    }

    async fn stock_left(&self) -> Result<HashMap<ProductId, u32>, StoreError> {
        self.database
            .read(|db| async move { read::stock_left(&db).await })
            .await
    }

    async fn claim_inquiries(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        self.database
            .write(
                |db| async move { change::claim_inquiries(&db, now, claimed_until, limit).await },
            )
            .await
    }

    async fn put_off_inquiry(&self, id: &OrderId, due_at: UnixMillis) -> Result<(), StoreError> {
        self.database
            .write(|db| async move { change::put_off_inquiry(&db, id, due_at).await })
            .await
    }

    async fn next_inquiry_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.database
            .read(|db| async move { read::next_inquiry_at(&db).await })
            .await
    }

    async fn journal_of(&self, id: &OrderId) -> Result<Vec<JournalEntry>, StoreError> {
        self.database
            .read(|db| async move { journal::of_order(&db, id).await })
            .await
    }

    async fn entries_after(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        self.database
            .read(|db| async move { journal::entries_after(&db, position, limit).await })
            .await
    }

    async fn changes_after(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<Vec<(i64, OrderId)>, StoreError> {
        self.database
            .read(|db| async move { journal::changes_after(&db, position, limit).await })
            .await
    }

    async fn last_position(&self) -> Result<i64, StoreError> {
        self.database
            .read(|db| async move { journal::last_position(&db).await })
            .await
    }

    fn commits(&self) -> watch::Receiver<u64> {
        self.waking.subscribe()
    }

    async fn refund(&self, out_refund_no: &str) -> Result<Option<RefundRecord>, StoreError> {
        self.database
            .read(|db| async move { refunds::one(&db, out_refund_no).await })
            .await
    }

    async fn refunds_of(&self, id: &OrderId) -> Result<Vec<RefundRecord>, StoreError> {
        self.database
            .read(|db| async move { refunds::of_order(&db, id).await })
            .await
    }

    async fn claim_refunds(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<RefundRecord>, StoreError> {
        self.database
            .write(|db| async move { refunds::claim(&db, now, claimed_until, limit).await })
            .await
    }

    async fn plan_refund(&self, out_refund_no: &str, step: PlannedStep) -> Result<(), StoreError> {
        let step = &step;
        self.database
            .write(|db| async move { refunds::plan(&db, out_refund_no, step).await })
            .await
    }

    async fn next_refund_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.database
            .read(|db| async move { refunds::next_at(&db).await })
            .await
    }

    async fn webhook_position(&self) -> Result<i64, StoreError> {
        self.database
            .read(|db| async move { webhooks::position(&db).await })
            .await
    }

    async fn collect_webhooks(
        &self,
        new: Vec<NewWebhook>,
        position: i64,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        let new = &new;
        self.database
            .write(|db| async move { webhooks::collect(&db, new, position, now).await })
            .await
    }

    async fn claim_webhooks(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<WebhookRecord>, StoreError> {
        self.database
            .write(|db| async move { webhooks::claim(&db, now, claimed_until, limit).await })
            .await
    }

    async fn webhook_answered(
        &self,
        id: &str,
        status: WebhookStatus,
        due_at: Option<UnixMillis>,
        answer: &str,
    ) -> Result<(), StoreError> {
        self.database
            .write(|db| async move { webhooks::answered(&db, id, status, due_at, answer).await })
            .await
    }

    async fn redeliver_webhook(&self, id: &str, now: UnixMillis) -> Result<bool, StoreError> {
        self.database
            .write(|db| async move { webhooks::redeliver(&db, id, now).await })
            .await
    }

    async fn webhooks(
        &self,
        status: WebhookStatus,
        limit: u32,
    ) -> Result<Vec<WebhookRecord>, StoreError> {
        self.database
            .read(|db| async move { webhooks::list(&db, status, limit).await })
            .await
    }

    async fn next_webhook_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.database
            .read(|db| async move { webhooks::next_at(&db).await })
            .await
    }

    async fn hasten(&self, now: UnixMillis) -> Result<(), StoreError> {
        self.database
            .write(|db| async move { change::hasten(&db, now).await })
            .await
    }

    async fn stock_up(&self, catalog: &Catalog) -> Result<(), StoreError> {
        for product in &catalog.products {
            let Unit::Voucher { codes } = &product.unit else {
                continue;
            };
            for codes in codes.chunks(STOCK_UP_MAX) {
                self.database
                    .write(|db| async move { deliver::stock_up(&db, &product.id, codes).await })
                    .await?;
            }
        }
        Ok(())
    }

    async fn forget_keys(&self, before: UnixMillis, limit: u32) -> Result<u64, StoreError> {
        self.database
            .write(|db| async move { forget::keys(&db, before, limit).await })
            .await
    }

    async fn forget_webhooks(&self, before: UnixMillis, limit: u32) -> Result<u64, StoreError> {
        self.database
            .write(|db| async move { forget::webhooks(&db, before, limit).await })
            .await
    }

    async fn prove_commit(&self) -> Result<(), StoreError> {
        if self.last_commit.is_recent() {
            return Ok(());
        }
        self.database
            .try_commit(|db| async move { probe::write(&db).await })
            .await?;
        self.last_commit.note();
        Ok(())
    }
}
