//! Sends the buyer through WeChat's sign-in, makes sure that he does not go round in circles, and
//! knows why the last trip brought no session.

use std::cell::{Cell, OnceCell};

use js_sys::encode_uri_component;
use wechat_checkout_protocol::{UnixMillis, routes};

use crate::{
    api::ApiClient,
    browser::{self, Query, Shelf},
    text::Texts,
};

/// A second trip within this time, by the page itself, means that the first one brought no session.
/// Longer than a trip takes on a slow network.
const TRIP_PAUSE_MS: i64 = 20_000;

/// While the browser leaves the page, further calls learn of the missing session too.
const LEAVING_MS: i64 = 5_000;

const LAST_TRIP: &str = "sign-in-at";

/// How the server says in the page's address why nobody is signed in.
const REASON: &str = "sign_in";

thread_local! {
    static LEFT_AT: Cell<Option<UnixMillis>> = const { Cell::new(None) };
    static FAILURE: OnceCell<Option<Failure>> = const { OnceCell::new() };
}

/// Why a trip to WeChat brought no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The buyer or WeChat refused.
    Refused,
    /// WeChat shows a snapshot of the page, to somebody whom it does not name.
    Snapshot,
    /// The way back was too old, or another browser's.
    Expired,
    /// WeChat did not answer.
    Unavailable,
}

impl Failure {
    /// By its name in the address; an unknown one asks to try again, too.
    fn of_name(name: &str) -> Failure {
        match name {
            "snapshot" => Failure::Snapshot,
            "expired" => Failure::Expired,
            "unavailable" => Failure::Unavailable,
            _ => Failure::Refused,
        }
    }

    /// What happened and what to do, for the buyer.
    #[must_use]
    pub fn sentence(self, texts: &Texts) -> &'static str {
        match self {
            Failure::Refused => texts.sign_in_refused,
            Failure::Snapshot => texts.sign_in_snapshot,
            Failure::Expired => texts.sign_in_expired,
            Failure::Unavailable => texts.sign_in_unavailable,
        }
    }
}

/// Why the trip that led to this page brought no session, if it did not. Reading takes it out of the
/// address: a reload or a shared link is not another failure.
#[must_use]
pub fn failure() -> Option<Failure> {
    FAILURE.with(|failure| {
        *failure.get_or_init(|| {
            let name = Query::current().get(REASON)?;
            browser::replace_query(&Query::current().without(REASON));
            Some(Failure::of_name(&name))
        })
    })
}

/// Leaves the page for WeChat's sign-in; `false` when the last trip was too short ago, which
/// happens when the web-view refuses cookies or the server's origins are set up wrongly. Buyers who
/// asked for it go in any case: taps make no circle.
pub fn start(api_base: &str, is_asked_for: bool) -> bool {
    let now = browser::now();
    if LEFT_AT
        .get()
        .is_some_and(|left_at| now.since_ms(left_at) < LEAVING_MS)
    {
        return true;
    }
    // The buyer reads why, and goes again when he likes.
    if !is_asked_for && failure().is_some() {
        return false;
    }
    let last = browser::load(Shelf::Session, LAST_TRIP).and_then(|text| text.parse::<i64>().ok());
    if !is_asked_for && last.is_some_and(|last| now.0.saturating_sub(last).abs() < TRIP_PAUSE_MS) {
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

/// Asks who is buying, before anything is asked for that needs a buyer, and sends whoever is nobody
/// yet to WeChat, if `is_wanted` still. `false`: nothing more is to be done, since the browser is
/// leaving the page or nobody waits any more. Where no answer came, and where the last trip brought no
/// session, the calls that follow tell the buyer.
pub async fn ensure(api: &ApiClient, is_wanted: impl Fn() -> bool) -> bool {
    let session = api.session().await;
    if !is_wanted() {
        return false;
    }
    match session {
        Ok(session) => session.is_signed_in || !start(api.base(), false),
        Err(error) => {
            browser::log_warning(&error.developer_text());
            true
        }
    }
}
