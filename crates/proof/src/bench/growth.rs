//! Whether the server slows down as orders pile up: the same load with 10^4, 10^5 and 10^6 stored.
//!
//! Each size has a shop of its own, and they take turns: what else the machine and its disk do in a
//! minute then meets all of them alike, and the ratio between them holds.

use anyhow::{Context, Result};
use wechat_checkout_gateway::SignType;
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::store::sqlite::Durability;

use super::Plan;
use super::database::Database;
use super::engine::confirm_by_store;
use super::load::notify_all;
use super::measurement::Measurement;
use super::notify::{CALLERS, FILES};
use super::report::{Figures, Row};
use crate::shop::{Cashier, Folder, Observed, Program, place_all};

const STORED: [u64; 3] = [10_000, 100_000, 1_000_000];
const CONNECTIONS: usize = 64;

/// Turns of each shop, of which the fastest counts: what else the machine does slows some of them
/// down, and says nothing about the size.
const ROUNDS: u64 = 4;

/// A server over so many orders that were confirmed before.
struct Shop {
    stored: u64,
    server: Program,
    best: Option<Measurement>,
    // Removed when the server is gone.
    _folder: Folder,
}

pub(super) async fn measure(plan: &Plan) -> Result<Figures> {
    let mut shops = Vec::with_capacity(STORED.len());
    for stored in STORED {
        shops.push(open(plan, stored).await?);
    }
    let cashier = Cashier::new(SignType::Md5)?;
    for round in 0..ROUNDS {
        for shop in &mut shops {
            let first = shop.stored + plan.notifications * round;
            let numbers = first..first + plan.notifications;
            let found = notify_all(shop.server.address(), &cashier, numbers, CONNECTIONS).await?;
            let before = shop.best.as_ref().map(Measurement::per_second);
            if before.is_none_or(|before| found.per_second() > before) {
                shop.best = Some(found);
            }
        }
    }
    let mut figures = Figures {
        database: Database::Sqlite(&plan.folder).name(),
        ..Figures::default()
    };
    for shop in shops {
        figures.rss_bytes = shop.server.observed().and_then(Observed::rss_bytes);
        shop.server.kill().await?;
        figures.rows.push(Row {
            connections: CONNECTIONS,
            stored: Some(shop.stored),
            measurement: shop.best.context("nothing was measured")?,
        });
    }
    Ok(figures)
}

/// Places what is stored and what will be measured, and confirms the former.
async fn open(plan: &Plan, stored: u64) -> Result<Shop> {
    let folder = Folder::new(&plan.folder, "growth")?;
    let now = Clock::System.now();
    let database = Database::Sqlite(folder.path());
    let config_file = FILES.write(folder.path())?;
    {
        let store = database.open(Durability::Normal).await?;
        let measured = plan.notifications * ROUNDS;
        place_all(&*store, 0..stored + measured, now).await?;
        let _ = confirm_by_store(&*store, 0..stored, CALLERS, now).await?;
    }
    Ok(Shop {
        stored,
        server: Program::start_on(&plan.server, &config_file, database.url()).await?,
        best: None,
        _folder: folder,
    })
}
