//! Notices that the clock was set back, and makes due now what waits for a time that is over.

use wechat_checkout_protocol::UnixMillis;

use crate::app::SharedApp;
use crate::order::inquiry::CLOCKS_DIFFER_MS_MAX;

/// Runs until it is dropped. At the start, too: a simulated clock may have been ahead before.
///
/// A failure of the store is tried again at the next move, which the clock tells of at least every
/// 20 s.
pub async fn hasten_when_set_back(app: SharedApp) {
    let mut moves = app.clock.moves();
    let mut latest: Option<UnixMillis> = None;
    loop {
        let now = app.clock.now();
        let is_set_back = latest.is_none_or(|latest| latest.since_ms(now) > CLOCKS_DIFFER_MS_MAX);
        match is_set_back {
            true => match app.store.hasten(now).await {
                Ok(()) => {
                    latest = Some(now);
                    app.bells.ring_all();
                }
                Err(error) => tracing::warn!(%error, "what is planned waits for its old time"),
            },
            false => latest = Some(now),
        }
        moves.next().await;
    }
}
