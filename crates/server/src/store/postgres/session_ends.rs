//! Which buyers' sessions an operator ended.

use async_trait::async_trait;
use wechat_checkout_protocol::{OpenId, UnixMillis};

use super::PostgresStore;
use super::session::{Failure, Values};
use crate::store::{SessionEnds, StoreError};

#[async_trait]
impl SessionEnds for PostgresStore {
    async fn end_sessions(&self, openid: &OpenId, ended_at: UnixMillis) -> Result<(), StoreError> {
        let sql = "INSERT INTO ended_sessions (openid, ended_at) VALUES ($1, $2) \
                   ON CONFLICT (openid) DO UPDATE \
                   SET ended_at = greatest(ended_sessions.ended_at, excluded.ended_at)";
        self.database
            .write(|db| async move {
                let values: Values<'_> = &[&openid.as_str(), &ended_at.0];
                db.execute(sql, values).await.map(drop)
            })
            .await
    }

    async fn session_ends_after(
        &self,
        after: UnixMillis,
        limit: u32,
    ) -> Result<Vec<(OpenId, UnixMillis)>, StoreError> {
        let sql = "SELECT openid, ended_at FROM ended_sessions WHERE ended_at > $1 \
                   ORDER BY ended_at DESC LIMIT $2";
        self.database
            .read(|db| async move {
                let found = db.rows(sql, &[&after.0, &i64::from(limit)]).await?;
                found
                    .iter()
                    .map(|row| {
                        let openid = OpenId::parse(row.try_get::<_, String>("openid")?)
                            .map_err(|_| Failure::Damaged("openid"))?;
                        Ok((openid, UnixMillis(row.try_get("ended_at")?)))
                    })
                    .collect()
            })
            .await
    }
}
