//! One buyer at a time: a lock for decisions that count over several of his rows.

use sha2::{Digest, Sha256};
use tokio_postgres::Row;
use wechat_checkout_protocol::OpenId;

use super::session::{Asked, Failure, Session};

/// The upper half of the lock's number; the lower is the buyer's. Locks of two halves never meet
/// those of one whole number that the journal uses.
const BUYERS: i32 = 0x5743;

const LOCK: &str = "SELECT pg_advisory_xact_lock($1, $2)";

/// Waits until no other transaction decides about this buyer, and keeps it so until this one ends.
///
/// His open orders are counted and his membership is extended from its end: two transactions that
/// did so at once would each see what was there before the other. Two buyers of one hash merely
/// wait for each other.
///
/// **Order of locks:** an order's row first, its buyer after. Whoever holds a buyer takes no row
/// lock on an order that a change could be waiting with, so nobody waits in a circle.
pub(super) async fn lock(db: &Session, openid: &OpenId) -> Result<(), Failure> {
    db.row(LOCK, &[&BUYERS, &number(openid)?]).await?;
    Ok(())
}

/// The same, and then reads a row: nobody else decides about this buyer after it was read.
pub(super) async fn lock_and_read(
    db: &Session,
    openid: &OpenId,
    query: Asked<'_>,
) -> Result<Option<Row>, Failure> {
    let number = number(openid)?;
    db.row_after((LOCK, &[&BUYERS, &number]), query).await
}

fn number(openid: &OpenId) -> Result<i32, Failure> {
    let hash = Sha256::digest(openid.as_str().as_bytes());
    let [a, b, c, d, ..] = *hash else {
        return Err(Failure::Damaged("hash"));
    };
    Ok(i32::from_be_bytes([a, b, c, d]))
}
