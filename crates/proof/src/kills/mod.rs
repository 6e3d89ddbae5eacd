//! `kill -9` at random moments under concurrent duplicate notifications: nothing acknowledged is
//! lost, nothing is delivered twice, nothing paid stays undelivered once WeChat has tried again.
//!
//! ```text
//!   seed orders ─▶ start ─▶ notify, notify, notify … ✝ kill -9 ─▶ start ─▶ look ─▶ notify … ✝
//!                                                                   └▶ at last: retries, whole audit
//! ```

mod audit;
mod courier;
mod life;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wechat_checkout_gateway::SignType;
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::store::Store;
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};

use self::audit::Counts;
use self::courier::Courier;
use self::life::Shop;
use crate::shop::{DATABASE, Folder, OrderNumber, ShopFiles, place_all};

/// Orders waiting to be paid for each kill, half of them for vouchers.
const ORDERS_PER_KILL: u64 = 250;

/// What to do to the server.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How often the server is killed.
    pub kills: u32,
    /// Repeats a run's decisions; a random one when absent.
    pub seed: Option<u64>,
    /// The server's program.
    pub server: PathBuf,
    /// Where databases are written.
    pub folder: PathBuf,
}

/// Kills, restarts, looks, and prints the counts on the last line.
///
/// # Errors
/// When anything acknowledged was lost, anything was delivered twice or unpaid, or anything paid
/// stayed undelivered; and when the server does not run.
pub async fn run(plan: &Plan) -> Result<()> {
    let seed = plan.seed.unwrap_or_else(rand::random);
    let mut folder = Folder::new(&plan.folder, "kills")?;
    println!("seed {seed} kills {}", plan.kills);
    let outcome = live_and_die(plan, seed, &folder).await;
    let is_clean = outcome.as_ref().is_ok_and(Counts::is_clean);
    if !is_clean {
        println!("the files are kept in {}", folder.keep().display());
    }
    let counts = outcome?;
    println!("seed {seed} kills {} {counts}", plan.kills);
    ensure!(is_clean, "money went wrong");
    Ok(())
}

async fn live_and_die(plan: &Plan, seed: u64, folder: &Folder) -> Result<Counts> {
    let mut chance = StdRng::seed_from_u64(seed);
    let orders = u64::from(plan.kills).saturating_mul(ORDERS_PER_KILL);
    let files = ShopFiles {
        gateway: "http://127.0.0.1:9",
        origin: "http://127.0.0.1",
        sign_type: SignType::HmacSha256,
        voucher_codes: u32::try_from(orders)?,
    };
    let config = files.load(folder.path())?;
    let database = folder.path().join(DATABASE);
    let numbers = numbers(orders);
    {
        let store = SqliteStore::open(&database, Durability::Normal)?;
        store.stock_up(&config.catalog).await?;
        let now = Clock::System.now();
        let half = orders / 2;
        place_all(&store, 0..orders - half, now).await?;
        let vouchers = OrderNumber::FIRST_VOUCHER..OrderNumber::FIRST_VOUCHER + half;
        place_all(&store, vouchers, now).await?;
    }
    let mut courier = Courier::new(numbers, files.sign_type, chance.random())?;
    let shop = Shop {
        program: plan.server.clone(),
        config: folder.path().join("checkout.toml"),
        database: database.clone(),
    };
    let mut lost = 0;
    for kill in 1..=plan.kills {
        lost += shop.live_until_killed(&mut courier, &mut chance).await?;
        if kill % 50 == 0 {
            println!("  {kill} kills, {courier}");
        }
    }
    lost += shop.retry_until_acknowledged(&mut courier).await?;
    let mut counts = audit::audit(&database, &courier).await?;
    counts.lost = counts.lost.max(lost);
    Ok(counts)
}

/// Memberships and vouchers in turn.
fn numbers(orders: u64) -> Vec<OrderNumber> {
    (0..orders)
        .map(|index| match index % 2 {
            0 => OrderNumber(index / 2),
            _ => OrderNumber(OrderNumber::FIRST_VOUCHER + index / 2),
        })
        .collect()
}
