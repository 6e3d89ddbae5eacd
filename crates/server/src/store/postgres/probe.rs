//! Trying a commit: a row that is written and waits for the disk and the standby, as a payment does.

use super::session::{Failure, Session};

/// Rows that probes of this and other servers left are removed so many at a time.
const REMOVED_MAX: i64 = 64;

/// Writes a row and removes older ones. It waits for no other server's probe: each has a row of its
/// own, and those that another is removing just now are left to it.
pub(super) async fn write(db: &Session) -> Result<(), Failure> {
    let sql = "WITH old AS (DELETE FROM probe WHERE entry IN \
             (SELECT entry FROM probe LIMIT $1 FOR UPDATE SKIP LOCKED)) \
         INSERT INTO probe (at) VALUES ((extract(epoch FROM now()) * 1000)::BIGINT)";
    db.execute_on(1, sql, &[&REMOVED_MAX]).await
}
