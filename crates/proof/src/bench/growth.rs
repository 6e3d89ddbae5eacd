//! Whether the server slows down as orders pile up: the same load with 10^4, 10^5 and 10^6 stored.

use anyhow::Result;
use wechat_checkout_gateway::SignType;
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};

use super::Plan;
use super::engine::confirm_by_store;
use super::load::notify_all;
use super::notify::{CALLERS, write_shop};
use super::report::{Figures, Row};
use crate::shop::{Cashier, DATABASE, Folder, Program, place_all};

const STORED: [u64; 3] = [10_000, 100_000, 1_000_000];
const CONNECTIONS: usize = 64;

pub(super) async fn measure(plan: &Plan) -> Result<Figures> {
    let mut figures = Figures::default();
    let folder = Folder::new(&plan.folder, "growth")?;
    let now = Clock::System.now();
    let cashier = Cashier::new(SignType::Md5)?;
    let config_file = write_shop(folder.path(), 0, now).await?;
    let database = folder.path().join(DATABASE);
    let mut stored = 0;
    for target in STORED {
        // Measured orders stay and count as stored ones of the next measurement.
        let measured = target..target + plan.notifications;
        {
            let store = SqliteStore::open(&database, Durability::Normal)?;
            place_all(&store, stored..measured.end, now).await?;
            let _ = confirm_by_store(&store, stored..target, CALLERS, now).await?;
        }
        let server = Program::start(&plan.server, &config_file).await?;
        let measurement =
            notify_all(server.address(), &cashier, measured.clone(), CONNECTIONS).await?;
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
