//! Schema versions: forward only, each in one transaction, run at start.

use std::path::Path;

use rusqlite::Connection;

use super::OpenError;

/// Each entry brings the schema from its index to its index + 1.
const MIGRATIONS: [&str; 4] = [
    include_str!("schema_v1.sql"),
    include_str!("schema_v2.sql"),
    include_str!("schema_v3.sql"),
    include_str!("schema_v4.sql"),
];

pub(super) fn run(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let refused = |source| OpenError::Database {
        path: path.to_owned(),
        source,
    };
    let known = MIGRATIONS.len();
    let found: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(refused)?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    if done > known {
        let known = u32::try_from(known).unwrap_or(u32::MAX);
        return Err(OpenError::FromTheFuture { found, known });
    }
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        let version = u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX);
        let migration = connection.transaction().map_err(refused)?;
        migration.execute_batch(sql).map_err(refused)?;
        migration
            .pragma_update(None, "user_version", version)
            .map_err(refused)?;
        migration.commit().map_err(refused)?;
        tracing::info!(version, "the database schema is up to date");
    }
    Ok(())
}
