//! Everything that happened to one trade, in order; exported as JSON, and replayed.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use url::Url;
use wechat_checkout_protocol::UnixMillis;

use super::{ControlError, NO_TRADE, key_of};
use crate::client::Client;
use crate::courier::outbox::{Notification, NotificationKind};
use crate::courier::plan::{FirstAttempt, Planned};
use crate::ledger::trade::{Trade, TradeKey};
use crate::platform::Book;

/// A replay of more messages than a trade ever has is a mistake.
const REPLAYED_MAX: usize = 200;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moment {
    /// Simulated instant.
    at: UnixMillis,
    /// `placed`, `called`, `paid`, `refund_requested`, `refund_ended` or `notified`.
    what: String,
    /// In words.
    detail: String,
}

/// A message that was sent, with everything needed to send it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Recorded {
    kind: NotificationKind,
    url: String,
    body: String,
    /// From the placing of the order to the first attempt, in simulated milliseconds.
    after_ms: i64,
}

/// What is exported, and what a replay takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Timeline {
    mch_id: String,
    out_trade_no: String,
    #[serde(default)]
    moments: Vec<Moment>,
    notifications: Vec<Recorded>,
}

/// `GET /_control/trades/{out_trade_no}/timeline`.
pub(super) async fn read(
    State(client): State<Arc<Client>>,
    Path(out_trade_no): Path<String>,
) -> Result<Json<Timeline>, ControlError> {
    let key = key_of(&client.platform, &out_trade_no).ok_or(NO_TRADE)?;
    client
        .platform
        .read(|book| timeline(book, &key))
        .map(Json)
        .ok_or(NO_TRADE)
}

/// `POST /_control/replay`: sends the recorded messages again, at the recorded distances.
///
/// Security: only to addresses that merchants gave as their `notify_url`, or a file that somebody
/// attached to a bug would make this machine post whatever it likes wherever it likes.
pub(super) async fn replay(
    State(client): State<Arc<Client>>,
    Json(recorded): Json<Timeline>,
) -> Result<StatusCode, ControlError> {
    let refused = |why| ControlError(StatusCode::UNPROCESSABLE_ENTITY, why);
    if recorded.notifications.len() > REPLAYED_MAX {
        return Err(refused("too many notifications to replay"));
    }
    let key = TradeKey::new(&recorded.mch_id, &recorded.out_trade_no);
    let first_ms = recorded
        .notifications
        .iter()
        .map(|sent| sent.after_ms)
        .min()
        .unwrap_or(0);
    let mut planned = vec![];
    for sent in recorded.notifications {
        let url: Url = sent
            .url
            .parse()
            .map_err(|_| refused("a recorded url is not a URL"))?;
        let first = FirstAttempt::After(sent.after_ms.saturating_sub(first_ms));
        planned.push((
            url,
            Planned {
                kind: sent.kind,
                body: sent.body,
                first,
            },
        ));
    }
    let now = client.platform.clock.now();
    let are_known = client.platform.change(|book| {
        let are_known = planned.iter().all(|(url, _)| book.is_notify_url(url));
        if are_known {
            for (url, message) in planned {
                book.plan_notification(&key, &url, message, now);
            }
        }
        are_known
    });
    match are_known {
        true => Ok(StatusCode::ACCEPTED),
        false => Err(refused(
            "a recorded url is no notify_url of an order or a refund placed here: place one with it \
             first",
        )),
    }
}

fn timeline(book: &Book, key: &TradeKey) -> Option<Timeline> {
    let trade = book.ledger.trade(key)?;
    let sent: Vec<&Notification> = book
        .outbox
        .iter()
        .filter(|notification| notification.key == *key)
        .collect();
    let mut moments = of_trade(trade);
    moments.extend(of_calls(book, key));
    moments.extend(
        sent.iter()
            .flat_map(|notification| of_notification(notification)),
    );
    moments.sort_by_key(|moment| moment.at);
    let notifications = sent
        .iter()
        .filter_map(|sent| recorded(sent, trade.placed_at))
        .collect();
    let (mch_id, out_trade_no) = (key.mch_id.clone(), key.out_trade_no.clone());
    Some(Timeline {
        mch_id,
        out_trade_no,
        moments,
        notifications,
    })
}

fn moment(at: UnixMillis, what: &str, detail: String) -> Moment {
    Moment {
        at,
        what: what.to_owned(),
        detail,
    }
}

fn of_trade(trade: &Trade) -> Vec<Moment> {
    let placed = format!("{} for ¥{}", trade.terms.trade_type, trade.terms.total_fee);
    let mut moments = vec![moment(trade.placed_at, "placed", placed)];
    if let Some(payment) = trade.payment() {
        let paid = format!("¥{} as {}", payment.total_fee, payment.transaction_id);
        moments.push(moment(payment.paid_at, "paid", paid));
    }
    for refund in &trade.refunds {
        let detail = format!("¥{} as {}", refund.refund_fee, refund.out_refund_no);
        moments.push(moment(refund.requested_at, "refund_requested", detail));
        if let Some(at) = refund.completed_at {
            let detail = format!("{} {}", refund.out_refund_no, refund.status.name());
            moments.push(moment(at, "refund_ended", detail));
        }
    }
    moments
}

fn of_calls<'a>(book: &'a Book, key: &'a TradeKey) -> impl Iterator<Item = Moment> + 'a {
    book.requests
        .iter()
        .filter(|call| call.out_trade_no.as_deref() == Some(&key.out_trade_no))
        .map(|call| {
            moment(
                call.at,
                "called",
                format!("{} → {}", call.path, call.answer),
            )
        })
}

fn of_notification(notification: &Notification) -> Vec<Moment> {
    let name = notification.kind.name();
    let told = |attempt: &crate::Attempt| match attempt.is_acknowledged {
        true => format!("{name} #{} acknowledged", attempt.number),
        false => format!("{name} #{}: {}", attempt.number, attempt.explanation),
    };
    notification
        .attempts
        .iter()
        .map(|attempt| moment(attempt.at, "notified", told(attempt)))
        .collect()
}

fn recorded(notification: &Notification, placed_at: UnixMillis) -> Option<Recorded> {
    let first = notification.attempts.first()?;
    Some(Recorded {
        kind: notification.kind,
        url: notification.url.to_string(),
        body: notification.body.clone(),
        after_ms: first.at.since_ms(placed_at),
    })
}
