//! The measurement: 1, 64 and 256 connections, then the store and the engine without HTTP.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use wechat_checkout_gateway::SignType;
use wechat_checkout_protocol::OrderStatus;
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::store::Store;
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};

use super::Plan;
use super::database::Database;
use super::engine::{confirm_by_store, write_rows};
use super::load::notify_all;
use super::report::{Figures, Row};
use crate::shop::{
    Cashier, DATABASE, Folder, Observed, OrderNumber, Program, ShopFiles, place_all,
};

/// Keep-alive connections, and what part of the notifications each measurement sends: one
/// connection waits for a commit each time, and would take minutes for all of them.
const LOADS: [(usize, u64); 3] = [(1, 8), (64, 1), (256, 1)];

/// Callers of the store at once: enough to fill its largest batch.
pub(super) const CALLERS: usize = 256;

/// No gateway is asked during a measurement.
const NO_GATEWAY: &str = "http://127.0.0.1:9";

/// The files of a measured shop; MD5 is what WeChat signs with unless a merchant asks otherwise.
pub(super) const FILES: ShopFiles<'static> = ShopFiles {
    gateway: NO_GATEWAY,
    origin: "http://127.0.0.1",
    sign_type: SignType::Md5,
    voucher_codes: 0,
};

pub(super) async fn measure(plan: &Plan) -> Result<Figures> {
    let folder = Folder::new(&plan.folder, "bench")?;
    let database = Database::of(plan.store.as_deref(), folder.path());
    let mut figures = over_http(plan, folder.path(), database).await?;
    figures.database = database.name();
    match database {
        Database::Sqlite(_) => {
            let (store, raw) = without_http(plan).await?;
            figures.store_per_s = Some(store);
            figures.raw_limit_per_s = Some(raw);
        }
        Database::Postgres(_) => {
            let numbers = total(plan)..total(plan) + plan.notifications;
            let now = Clock::System.now();
            let store = database.open(Durability::Full).await?;
            place_all(&*store, numbers.clone(), now).await?;
            let by_store = confirm_by_store(&*store, numbers, CALLERS, now).await?;
            figures.store_per_s = Some(by_store.per_second());
        }
    }
    Ok(figures)
}

/// Notifications of all loads together.
fn total(plan: &Plan) -> u64 {
    LOADS
        .iter()
        .map(|(_, part)| plan.notifications / part)
        .sum()
}

async fn over_http(plan: &Plan, folder: &Path, database: Database<'_>) -> Result<Figures> {
    let total = total(plan);
    let config_file = FILES.write(folder)?;
    {
        let store = database.open(Durability::Normal).await?;
        place_all(&*store, 0..total, Clock::System.now()).await?;
    }
    let server = Program::start_on(&plan.server, &config_file, database.url()).await?;
    let cashier = Cashier::new(SignType::Md5)?;
    let mut figures = Figures::default();
    let mut first = 0;
    for (connections, part) in LOADS {
        let numbers = first..first + plan.notifications / part;
        first = numbers.end;
        let measurement = notify_all(server.address(), &cashier, numbers, connections).await?;
        figures.rows.push(Row {
            connections,
            stored: None,
            measurement,
        });
    }
    figures.rss_bytes = server.observed().and_then(Observed::rss_bytes);
    server.kill().await?;
    check_all_delivered(&*database.open(Durability::Full).await?, total).await?;
    Ok(figures)
}

/// The same kind of orders in a database of its own, confirmed by the store and by plain SQL.
async fn without_http(plan: &Plan) -> Result<(u64, u64)> {
    let folder = Folder::new(&plan.folder, "bench-engine")?;
    let now = Clock::System.now();
    let total = plan.notifications * 2;
    let database = folder.path().join(DATABASE);
    {
        let store = SqliteStore::open(&database, Durability::Normal)?;
        place_all(&store, 0..total, now).await?;
    }
    let store = SqliteStore::open(&database, Durability::Full)?;
    let by_store = 0..plan.notifications;
    let through_store = confirm_by_store(&store, by_store.clone(), CALLERS, now).await?;
    drop(store);
    let by_sql = plan.notifications..total;
    let (file, numbers) = (database.clone(), by_sql.clone());
    let raw = tokio::task::spawn_blocking(move || write_rows(&file, numbers, now)).await??;
    check_same_shape(&database, by_store.start, by_sql.start).await?;
    Ok((through_store.per_second(), raw.per_second()))
}

/// The engine must have done the same work: its rows read as a confirmed, delivered order.
async fn check_same_shape(database: &Path, stored: u64, written: u64) -> Result<()> {
    let store = SqliteStore::open(database, Durability::Full)?;
    let mut shapes = Vec::new();
    for number in [stored, written] {
        let id = OrderNumber(number).id()?;
        let record = store
            .order(&id)
            .await?
            .context("a measured order is gone")?;
        let journal = store.journal_of(&id).await?;
        shapes.push((
            record.order.status,
            record.order.seq,
            record.order.confirmed_at.is_some() && record.order.delivered_at.is_some(),
            record.benefits,
            journal.len(),
        ));
    }
    ensure!(
        shapes.first() == shapes.last(),
        "the engine's rows are not the store's rows: {shapes:?}"
    );
    Ok(())
}

/// Every notification was acknowledged, so every order must be confirmed and delivered once.
async fn check_all_delivered(store: &dyn Store, orders: u64) -> Result<()> {
    for number in (0..orders).map(OrderNumber) {
        let record = store.order(&number.id()?).await?;
        let record = record.context("a placed order is gone")?;
        ensure!(
            record.order.status == OrderStatus::Confirmed && record.benefits.len() == 1,
            "an acknowledged order is not delivered exactly once: {:?}",
            record.order.id
        );
    }
    Ok(())
}
