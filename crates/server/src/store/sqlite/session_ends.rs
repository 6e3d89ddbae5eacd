//! Which buyers' sessions an operator ended.

use async_trait::async_trait;
use rusqlite::params;
use wechat_checkout_protocol::{OpenId, UnixMillis};

use super::{SqliteStore, rows};
use crate::store::{SessionEnds, StoreError};

#[async_trait]
impl SessionEnds for SqliteStore {
    async fn end_sessions(&self, openid: &OpenId, ended_at: UnixMillis) -> Result<(), StoreError> {
        let openid = openid.clone();
        self.writer
            .run(move |db| {
                let mut end = db.prepare_cached(
                    "INSERT INTO ended_sessions (openid, ended_at) VALUES (?1, ?2) \
                     ON CONFLICT (openid) DO UPDATE SET ended_at = max(ended_at, excluded.ended_at)",
                )?;
                end.execute(params![openid.as_str(), ended_at.0]).map(drop)
            })
            .await
    }

    async fn session_ends_after(
        &self,
        after: UnixMillis,
        limit: u32,
    ) -> Result<Vec<(OpenId, UnixMillis)>, StoreError> {
        self.readers
            .run(move |db| {
                db.prepare_cached(
                    "SELECT openid, ended_at FROM ended_sessions WHERE ended_at > ?1 \
                     ORDER BY ended_at DESC LIMIT ?2",
                )?
                .query_map(params![after.0, limit], |row| {
                    let openid = OpenId::parse(row.get::<_, String>(0)?);
                    let openid = openid.map_err(|_| rows::damaged(0, "openid"))?;
                    Ok((openid, UnixMillis(row.get(1)?)))
                })?
                .collect()
            })
            .await
    }
}
