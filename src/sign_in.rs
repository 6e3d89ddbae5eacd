//! Sends the buyer through WeChat's sign-in, and makes sure that he does not go round in circles.

use std::cell::Cell;

use js_sys::encode_uri_component;
use wechat_checkout_protocol::{UnixMillis, routes};

use crate::browser::{self, Shelf};

/// A second trip within this time means that the first one brought no session. Longer than a trip
/// takes on a slow network, short enough for a buyer who taps "sign in again".
const TRIP_PAUSE_MS: i64 = 20_000;

/// While the browser leaves the page, further calls learn of the missing session too.
const LEAVING_MS: i64 = 5_000;

const LAST_TRIP: &str = "sign-in-at";

thread_local! {
    static LEFT_AT: Cell<Option<UnixMillis>> = const { Cell::new(None) };
}

/// Leaves the page for WeChat's sign-in; `false` when the last trip was too short ago, which
/// happens when the web-view refuses cookies or the server's origins are set up wrongly.
pub fn start(api_base: &str) -> bool {
    let now = browser::now();
    if LEFT_AT
        .get()
        .is_some_and(|left_at| now.since_ms(left_at) < LEAVING_MS)
    {
        return true;
    }
    let last = browser::load(Shelf::Session, LAST_TRIP).and_then(|text| text.parse::<i64>().ok());
    if last.is_some_and(|last| now.0.saturating_sub(last).abs() < TRIP_PAUSE_MS) {
        browser::log_error(
            "signed in a moment ago and still without a session: does the server list this origin \
             in public_origins, and does this web-view keep cookies?",
        );
        return false;
    }
    LEFT_AT.set(Some(now));
    browser::save(Shelf::Session, LAST_TRIP, &now.0.to_string());
    let origin = String::from(encode_uri_component(&browser::origin()));
    let return_to = String::from(encode_uri_component(&browser::path_and_query()));
    let address = [
        api_base,
        routes::OAUTH_START,
        "?origin=",
        &origin,
        "&return_to=",
        &return_to,
    ]
    .concat();
    browser::replace_location(&address);
    true
}
