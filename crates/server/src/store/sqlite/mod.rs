//! The embedded store: SQLite in WAL mode with `synchronous=FULL`.
//!
//! One writer thread commits what is waiting with one fsync (group commit); readers have
//! connections of their own and never wait for it.

mod change;
mod deliver;
mod forget;
mod log;
mod migrate;
mod open;
mod place;
mod private;
mod probe;
mod read;
mod readers;
mod refunds;
mod rows;
mod session_ends;
mod webhooks;
mod writer;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;
use wechat_checkout_protocol::{BenefitsView, OpenId, OrderId, ProductId, UnixMillis};

use self::log::Log;
use self::open::connect;
use self::readers::Readers;
use self::writer::Writer;
use super::proof::LastCommit;
use super::{
    Advanced, JournalEntry, NewOrder, NewWebhook, OrderRecord, Placed, PlannedStep, RefundRecord,
    Store, StoreError, WebhookRecord, WebhookStatus,
};
use crate::catalog::{Catalog, Unit};
use crate::order::OrderEvent;

pub use open::OpenError;

/// Codes added to the stock at a time.
const STOCK_UP_MAX: usize = 5_000;

/// How hard a commit is pressed onto the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// fsync before every answer: survives a power cut.
    #[default]
    Full,
    /// fsync at checkpoints only: survives `kill -9`, not a power cut. Only for comparison.
    Normal,
}

/// An open database.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    commits: watch::Receiver<u64>,
    last_commit: Arc<LastCommit>,
}

/// The log is written back into the database when it has this many pages (of 4 KiB). Rarely
/// enough that a page which many commits change is written back once; often enough that reading
/// the log after a crash takes no time.
const LOG_PAGES: u32 = 8_192;

impl SqliteStore {
    /// Opens or creates a database file and brings its schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path, durability: Durability) -> Result<SqliteStore, OpenError> {
        SqliteStore::open_with_log(path, durability, LOG_PAGES)
    }

    /// The same, with a log of so many pages: a short one meets its end often.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_with_log(
        path: &Path,
        durability: Durability,
        log_pages: u32,
    ) -> Result<SqliteStore, OpenError> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            private::create_folder(folder).map_err(|source| OpenError::Folder {
                path: folder.to_owned(),
                source,
            })?;
        }
        let refused = |source| OpenError::Database {
            path: path.to_owned(),
            source,
        };
        private::create_or_tighten(path).map_err(|source| OpenError::File {
            path: path.to_owned(),
            source,
        })?;
        let mut connection = connect(path, durability).map_err(refused)?;
        migrate::run(&mut connection, path)?;
        let beside = connect(path, durability).map_err(refused)?;
        let log = Log::start(beside, log_pages).map_err(OpenError::Thread)?;
        let (rung, commits) = watch::channel(0);
        let last_commit = Arc::<LastCommit>::default();
        let writer = Writer::start(connection, log, rung, Arc::clone(&last_commit))
            .map_err(OpenError::Thread)?;
        Ok(SqliteStore {
            writer,
            readers: Readers::new(path),
            commits,
            last_commit,
        })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn place(&self, new: NewOrder) -> Result<Placed, StoreError> {
        self.writer.run(move |db| place::place(db, &new)).await
    }

    async fn advance(
        &self,
        id: &OrderId,
        event: OrderEvent,
        now: UnixMillis,
    ) -> Result<Advanced, StoreError> {
        let id = id.clone();
        self.writer
            .run(move |db| change::advance(db, &id, &event, now))
            .await
    }

    async fn order(&self, id: &OrderId) -> Result<Option<OrderRecord>, StoreError> {
        let id = id.clone();
        self.readers.run(move |db| read::order(db, &id)).await
    }

    async fn orders_of(&self, openid: &OpenId, limit: u32) -> Result<Vec<OrderRecord>, StoreError> {
        let openid = openid.clone();
        self.readers
            .run(move |db| read::orders_of(db, &openid, limit))
            .await
    }

    async fn benefits_of(&self, openid: &OpenId) -> Result<BenefitsView, StoreError> {
        let openid = openid.clone();
        self.readers
            .run(move |db| read::benefits_of(db, &openid))
            .await
    }

    async fn vip_until(&self, openid: &OpenId) -> Result<Option<UnixMillis>, StoreError> {
        let openid = openid.clone();
        self.readers
            .run(move |db| read::vip_until(db, &openid))
            .await
    }

    async fn stock_left(&self) -> Result<HashMap<ProductId, u32>, StoreError> {
        self.readers.run(read::stock_left).await
    }

    async fn claim_inquiries(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        self.writer
            .run(move |db| change::claim_inquiries(db, now, claimed_until, limit))
            .await
    }

    async fn put_off_inquiry(&self, id: &OrderId, due_at: UnixMillis) -> Result<(), StoreError> {
        let id = id.clone();
        self.writer
            .run(move |db| change::put_off_inquiry(db, &id, due_at))
            .await
    }

    async fn next_inquiry_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.readers.run(read::next_inquiry_at).await
    }

    async fn journal_of(&self, id: &OrderId) -> Result<Vec<JournalEntry>, StoreError> {
        let id = id.clone();
        self.readers.run(move |db| read::journal_of(db, &id)).await
    }

    async fn entries_after(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        self.readers
            .run(move |db| read::entries_after(db, position, limit))
            .await
    }

    async fn changes_after(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<Vec<(i64, OrderId)>, StoreError> {
        self.readers
            .run(move |db| read::changes_after(db, position, limit))
            .await
    }

    async fn last_position(&self) -> Result<i64, StoreError> {
        self.readers.run(read::last_position).await
    }

    fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    async fn refund(&self, out_refund_no: &str) -> Result<Option<RefundRecord>, StoreError> {
        let number = out_refund_no.to_owned();
        self.readers.run(move |db| refunds::one(db, &number)).await
    }

    async fn refunds_of(&self, id: &OrderId) -> Result<Vec<RefundRecord>, StoreError> {
        let id = id.clone();
        self.readers.run(move |db| refunds::of_order(db, &id)).await
    }

    async fn claim_refunds(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<RefundRecord>, StoreError> {
        self.writer
            .run(move |db| refunds::claim(db, now, claimed_until, limit))
            .await
    }

    async fn plan_refund(&self, out_refund_no: &str, step: PlannedStep) -> Result<(), StoreError> {
        let number = out_refund_no.to_owned();
        self.writer
            .run(move |db| refunds::plan(db, &number, &step))
            .await
    }

    async fn next_refund_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.readers.run(refunds::next_at).await
    }

    async fn webhook_position(&self) -> Result<i64, StoreError> {
        self.readers.run(webhooks::position).await
    }

    async fn collect_webhooks(
        &self,
        new: Vec<NewWebhook>,
        position: i64,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |db| webhooks::collect(db, &new, position, now))
            .await
    }

    async fn claim_webhooks(
        &self,
        now: UnixMillis,
        claimed_until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<WebhookRecord>, StoreError> {
        self.writer
            .run(move |db| webhooks::claim(db, now, claimed_until, limit))
            .await
    }

    async fn webhook_answered(
        &self,
        id: &str,
        status: WebhookStatus,
        due_at: Option<UnixMillis>,
        answer: &str,
    ) -> Result<(), StoreError> {
        let (id, answer) = (id.to_owned(), answer.to_owned());
        self.writer
            .run(move |db| webhooks::answered(db, &id, status, due_at, &answer))
            .await
    }

    async fn redeliver_webhook(&self, id: &str, now: UnixMillis) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.writer
            .run(move |db| webhooks::redeliver(db, &id, now))
            .await
    }

    async fn webhooks(
        &self,
        status: WebhookStatus,
        limit: u32,
    ) -> Result<Vec<WebhookRecord>, StoreError> {
        self.readers
            .run(move |db| webhooks::list(db, status, limit))
            .await
    }

    async fn next_webhook_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.readers.run(webhooks::next_at).await
    }

    async fn hasten(&self, now: UnixMillis) -> Result<(), StoreError> {
        self.writer.run(move |db| change::hasten(db, now)).await
    }

    async fn stock_up(&self, catalog: &Catalog) -> Result<(), StoreError> {
        for product in &catalog.products {
            let Unit::Voucher { codes } = &product.unit else {
                continue;
            };
            for codes in codes.chunks(STOCK_UP_MAX) {
                let (product_id, codes) = (product.id.clone(), codes.to_vec());
                self.writer
                    .run(move |db| deliver::stock_up(db, &product_id, &codes))
                    .await?;
            }
        }
        Ok(())
    }

    async fn forget_keys(&self, before: UnixMillis, limit: u32) -> Result<u64, StoreError> {
        self.writer
            .run(move |db| forget::keys(db, before, limit))
            .await
    }

    async fn forget_webhooks(&self, before: UnixMillis, limit: u32) -> Result<u64, StoreError> {
        self.writer
            .run(move |db| forget::webhooks(db, before, limit))
            .await
    }

    async fn prove_commit(&self) -> Result<(), StoreError> {
        if self.last_commit.is_recent() {
            return Ok(());
        }
        self.writer.run(probe::write).await
    }
}
