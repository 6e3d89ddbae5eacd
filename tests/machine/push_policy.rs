//! When the page connects again and how often it asks.

use wechat_checkout::push::{
    AfterClose, POLL_FAST_MS, POLL_FAST_TIMES, POLL_SLOW_MS, after_close, poll_pause_ms,
    reconnect_pause_ms,
};
use wechat_checkout_protocol::watch::close;

#[test]
fn pauses_grow_and_end_growing() {
    let pauses: Vec<i64> = (0..8).map(reconnect_pause_ms).collect();
    assert_eq!(
        pauses,
        [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
    );
    assert_eq!(reconnect_pause_ms(u32::MAX), 30_000);
}

#[test]
fn close_codes_say_what_to_do() {
    assert_eq!(
        after_close(close::SIGN_IN_REQUIRED, 0),
        AfterClose::NewTokenIn(500)
    );
    assert_eq!(after_close(close::NOT_FOUND, 0), AfterClose::AskOnly);
    assert_eq!(
        after_close(close::TOO_MANY, 0),
        AfterClose::ReconnectIn(60_000)
    );
    assert_eq!(
        after_close(close::GOING_AWAY, 0),
        AfterClose::ReconnectIn(500)
    );
    assert_eq!(after_close(1006, 3), AfterClose::ReconnectIn(4_000));
}

#[test]
fn asking_slows_down() {
    assert_eq!(poll_pause_ms(0), POLL_FAST_MS);
    assert_eq!(poll_pause_ms(POLL_FAST_TIMES), POLL_SLOW_MS);
}
