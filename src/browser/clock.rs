//! The device's clock.

use wechat_checkout_protocol::UnixMillis;

/// Now, by the device's clock. It may be wrong; only differences of it are used.
#[must_use]
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "JavaScript counts milliseconds in a double, whole and far below 2^53"
)]
pub fn now() -> UnixMillis {
    UnixMillis(js_sys::Date::now() as i64)
}
