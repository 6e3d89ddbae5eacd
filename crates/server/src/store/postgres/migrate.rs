//! Schema versions: forward only, each in one transaction, run at start.

use tokio_postgres::Client;

use super::OpenError;

/// Each entry brings the schema from its index to its index + 1.
const MIGRATIONS: [&str; 3] = [
    include_str!("schema_v1.sql"),
    include_str!("schema_v2.sql"),
    include_str!("schema_v3.sql"),
];

/// A change of a big table takes its time; a lock that somebody forgot does not end by itself.
const LIMITS: &str = "SET lock_timeout = '60s'; SET statement_timeout = 0";

/// Servers that start at once migrate one after the other, and the later ones find it done. No
/// buyer has this lock: theirs have the upper half 0x5743, not 0x5744.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(22340, 0)";

/// Brings the schema up to date.
pub(super) async fn run(client: &mut Client) -> Result<(), OpenError> {
    client.batch_execute(LIMITS).await?;
    while let Step::Done = step(client).await? {}
    Ok(())
}

enum Step {
    Done,
    NothingLeft,
}

async fn step(client: &mut Client) -> Result<Step, OpenError> {
    let migration = client.transaction().await?;
    migration.batch_execute(ONE_AT_A_TIME).await?;
    migration
        .batch_execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
        .await?;
    let row = migration
        .query_one("SELECT coalesce(max(version), 0) FROM schema_version", &[])
        .await?;
    let found: i64 = row.try_get(0)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(OpenError::FromTheFuture { found, known });
    }
    let next = usize::try_from(found)
        .ok()
        .and_then(|done| MIGRATIONS.get(done));
    let Some(sql) = next else {
        return Ok(Step::NothingLeft);
    };
    let version = found.saturating_add(1);
    migration.batch_execute(sql).await?;
    migration.execute("DELETE FROM schema_version", &[]).await?;
    migration
        .execute(
            "INSERT INTO schema_version (version) VALUES ($1)",
            &[&version],
        )
        .await?;
    migration.commit().await?;
    tracing::info!(version, "the database schema is up to date");
    Ok(Step::Done)
}
