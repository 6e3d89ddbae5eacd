//! Trying a commit: as many new pages as an order writes, and the old ones given back.
//!
//! Changing one page in place would pass on a disk that has no room for an order: the log overwrites
//! what a failed commit left there, and the database needs no page more.

use rusqlite::{Connection, params};

/// About what placing an order writes: eight pages of 4 KiB. A probe each second all day, on a shop
/// without orders, writes 3 GB; real work makes probes needless.
const FILLING_BYTES: u32 = 8 * 4_096;

/// Writes the probe anew. The old row goes only after the new one has its pages.
pub(super) fn write(db: &Connection) -> rusqlite::Result<()> {
    let newest: i64 = db
        .prepare_cached("SELECT coalesce(max(entry), 0) FROM probe")?
        .query_row([], |row| row.get(0))?;
    let entry = newest.wrapping_add(1);
    let _ = db
        .prepare_cached("INSERT INTO probe (entry, filling) VALUES (?1, zeroblob(?2))")?
        .execute(params![entry, FILLING_BYTES])?;
    let _ = db
        .prepare_cached("DELETE FROM probe WHERE entry < ?1")?
        .execute([entry])?;
    Ok(())
}
