//! One life of the server: started, listened to, notified over many connections, killed.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures_util::future::join_all;
use rand::RngExt;
use rand::rngs::StdRng;
use rusqlite::{Connection as Database, OpenFlags, OptionalExtension};

use super::courier::Courier;
use crate::shop::{Connection, OrderNumber, Program};

const CONNECTIONS: usize = 32;

/// The server lives so long under load, at most.
const LIFE_MS_MAX: u64 = 250;

/// One life in so many ends while the server is still starting, and recovering from the last kill.
const STILLBORN_ONE_IN: u32 = 10;

/// WeChat tries sixteen times. A server that runs needs one.
const RETRIES_MAX: usize = 16;

/// What is killed and what it leaves behind.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) program: PathBuf,
    pub(super) config: PathBuf,
    pub(super) database: PathBuf,
}

impl Shop {
    /// One life. Returns how many orders, acknowledged in earlier lives, are no longer paid for.
    pub(super) async fn live_until_killed(
        &self,
        courier: &mut Courier,
        chance: &mut StdRng,
    ) -> Result<u64> {
        if chance.random_ratio(1, STILLBORN_ONE_IN) {
            let moment = Duration::from_millis(chance.random_range(0..40));
            Program::start_and_kill(&self.program, &self.config, moment).await?;
            return Ok(0);
        }
        let server = Program::start(&self.program, &self.config).await?;
        let lost = self.count_lost(&courier.take_unseen())?;
        let moment = Duration::from_micros(chance.random_range(0..LIFE_MS_MAX * 1_000));
        let address = server.address();
        let courier = RefCell::new(courier);
        let kill = async {
            tokio::time::sleep(moment).await;
            server.kill().await
        };
        let notify = join_all((0..CONNECTIONS).map(|_| notify_until_dead(address, &courier)));
        let (killed, _) = tokio::join!(kill, notify);
        killed?;
        Ok(lost)
    }

    /// The last life: what WeChat still has to tell is told, and acknowledged.
    pub(super) async fn retry_until_acknowledged(&self, courier: &mut Courier) -> Result<u64> {
        let server = Program::start(&self.program, &self.config).await?;
        let lost = self.count_lost(&courier.take_unseen())?;
        let mut connection = Connection::open(server.address()).await?;
        for _ in 0..RETRIES_MAX {
            for number in courier.unacknowledged() {
                let request = courier.notification(number)?;
                if connection.is_acknowledged(&request).await? {
                    courier.note_acknowledged(number);
                }
            }
        }
        let left = courier.unacknowledged().len();
        ensure!(left == 0, "{left} notifications are never acknowledged");
        server.kill().await?;
        Ok(lost)
    }

    /// Looks for acknowledged orders in the file while the server runs: it has recovered from the
    /// kill by itself, and nobody has told it again.
    fn count_lost(&self, acknowledged: &[OrderNumber]) -> Result<u64> {
        let database = open_reader(&self.database)?;
        let mut lost = 0;
        for number in acknowledged {
            let id = number.id()?;
            let status: Option<String> = database
                .prepare_cached("SELECT status FROM orders WHERE id = ?1")?
                .query_row([id.as_str()], |row| row.get(0))
                .optional()?;
            if status.as_deref() != Some("confirmed") {
                println!("LOST: order {id} was acknowledged and is {status:?}");
                lost += 1;
            }
        }
        Ok(lost)
    }
}

fn open_reader(database: &Path) -> Result<Database> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Database::open_with_flags(database, flags)
        .with_context(|| format!("cannot read {}", database.display()))
}

/// Tells until the connection breaks. What was received before that counts as acknowledged.
async fn notify_until_dead(address: SocketAddr, courier: &RefCell<&mut Courier>) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    loop {
        let (number, request) = courier.borrow_mut().next()?;
        if connection.is_acknowledged(&request).await? {
            courier.borrow_mut().note_acknowledged(number);
        }
    }
}
