//! Waiting without polling: answers as soon as the books satisfy a condition.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use wechat_checkout_protocol::UnixMillis;

use super::view::{self, TradeView};
use super::{ControlError, NO_TRADE, key_of};
use crate::client::Client;
use crate::courier::outbox::NotificationStatus;
use crate::ledger::trade::TradeKey;
use crate::platform::Book;

/// Real time; longer waits are asked for again.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// What to wait for; all that is given must hold at once.
#[derive(Debug, Deserialize)]
pub(super) struct WaitQuery {
    out_trade_no: String,
    /// `NOTPAY`, `SUCCESS`, `REFUND` or `CLOSED`.
    trade_state: Option<String>,
    /// At least so many true notifications of the trade acknowledged.
    acknowledged: Option<usize>,
    /// At least so many attempts to deliver, of whatever kind and outcome.
    attempts: Option<usize>,
    /// Real milliseconds; at most a minute.
    timeout_ms: Option<u64>,
}

impl WaitQuery {
    fn is_met(&self, book: &Book, key: &TradeKey, now: UnixMillis) -> bool {
        let Some(trade) = book.ledger.trade(key) else {
            return false;
        };
        if self
            .trade_state
            .as_deref()
            .is_some_and(|state| state != trade.state(now).name())
        {
            return false;
        }
        let of_trade = || {
            book.outbox
                .iter()
                .filter(|notification| notification.key == *key)
        };
        let acknowledged = of_trade()
            .filter(|notification| notification.status == NotificationStatus::Acknowledged)
            .filter(|notification| notification.kind.is_repeated())
            .count();
        let attempts: usize = of_trade()
            .map(|notification| notification.attempts.len())
            .sum();
        acknowledged >= self.acknowledged.unwrap_or(0) && attempts >= self.attempts.unwrap_or(0)
    }
}

/// Answers as soon as the condition holds, with the trade; 408 when it does not in time.
pub(super) async fn wait(
    State(client): State<Arc<Client>>,
    Query(query): Query<WaitQuery>,
) -> Result<Json<TradeView>, ControlError> {
    let platform = &client.platform;
    let timeout = query
        .timeout_ms
        .map_or(WAIT_MAX, |ms| Duration::from_millis(ms).min(WAIT_MAX));
    let met = platform.wait_until(|book| {
        platform.accounts.iter().any(|account| {
            let key = TradeKey::new(account.mch_id(), &query.out_trade_no);
            query.is_met(book, &key, platform.clock.now())
        })
    });
    let too_late = ControlError(
        StatusCode::REQUEST_TIMEOUT,
        "the condition did not hold in time",
    );
    tokio::time::timeout(timeout, met)
        .await
        .map_err(|_| too_late)?;
    let key = key_of(platform, &query.out_trade_no).ok_or(NO_TRADE)?;
    view::trade(platform, &key).map(Json).ok_or(NO_TRADE)
}

/// Query of `GET /_control/changes`.
#[derive(Debug, Deserialize)]
pub(super) struct ChangesQuery {
    /// The revision that the caller knows.
    #[serde(default)]
    after: u64,
}

/// Answers with the revision of the books as soon as it differs from the one that is known, at the
/// latest after a while: a page that follows the books asks again and again and never misses any.
pub(super) async fn changes(
    State(client): State<Arc<Client>>,
    Query(query): Query<ChangesQuery>,
) -> Json<Value> {
    const QUIET_MAX: Duration = Duration::from_secs(20);
    let mut revisions = client.platform.subscribe();
    let changed = revisions.wait_for(|revision| *revision != query.after);
    // Nothing new is an answer, too.
    let _ = tokio::time::timeout(QUIET_MAX, changed).await;
    let revision = *client.platform.subscribe().borrow();
    Json(json!({ "revision": revision }))
}
