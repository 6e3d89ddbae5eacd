//! Whether the server slows down as orders pile up: the same load with 10^4, 10^5 and 10^6 stored.

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
use crate::shop::{Cashier, Folder, Program, place_all};

const STORED: [u64; 3] = [10_000, 100_000, 1_000_000];
const CONNECTIONS: usize = 64;

/// Measurements of each size, of which the fastest counts: what else the machine does slows some
/// of them down, and says nothing about the size.
const ROUNDS: u64 = 3;

pub(super) async fn measure(plan: &Plan) -> Result<Figures> {
    let mut figures = Figures::default();
    let folder = Folder::new(&plan.folder, "growth")?;
    let now = Clock::System.now();
    let cashier = Cashier::new(SignType::Md5)?;
    let database = Database::of(plan.store.as_deref(), folder.path());
    figures.database = database.name();
    let config_file = FILES.write(folder.path())?;
    let mut stored = 0;
    for target in STORED {
        // Measured orders stay and count as stored ones of the next measurement.
        let measured = target..target + plan.notifications * ROUNDS;
        {
            let store = database.open(Durability::Normal).await?;
            place_all(&*store, stored..measured.end, now).await?;
            let _ = confirm_by_store(&*store, stored..target, CALLERS, now).await?;
        }
        let server = Program::start_on(&plan.server, &config_file, database.url()).await?;
        let mut best: Option<Measurement> = None;
        for round in 0..ROUNDS {
            let first = target + plan.notifications * round;
            let numbers = first..first + plan.notifications;
            let found = notify_all(server.address(), &cashier, numbers, CONNECTIONS).await?;
            if best
                .as_ref()
                .is_none_or(|best| found.per_second() > best.per_second())
            {
                best = Some(found);
            }
        }
        let measurement = best.context("nothing was measured")?;
        figures.rss_bytes = server.rss_bytes();
        server.kill().await?;
        figures.rows.push(Row {
            connections: CONNECTIONS,
            stored: Some(target),
            measurement,
        });
        stored = measured.end;
    }
    Ok(figures)
}
