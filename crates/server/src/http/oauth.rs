//! `GET /oauth/start` and `GET /oauth/callback`: signs the buyer in with WeChat.
//!
//! ```text
//!   page ─▶ /oauth/start ─▶ WeChat ─▶ /oauth/callback?code&state ─▶ page, signed in
//! ```
//!
//! The `state` is random, bound to the browser by a cookie, and carries no address: where to
//! return to is in the cookie, signed. After the exchange the browser goes to a clean URL, so that
//! no `?code=` is ever shared. A code that is spent sends the browser to WeChat once more, which
//! asks the buyer nothing; whatever else fails brings him back to where he was, with the reason.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::{Deserialize, Serialize};
use wechat_checkout_protocol::routes::{OAUTH_CALLBACK, OAUTH_START};
use wechat_checkout_protocol::{ErrorCode, OpenId, Problem};

use super::answer::Refused;
use super::buyer::session_cookie;
use super::cookies;
use super::return_path::{own_path, with_reason, without_reason};
use crate::app::{App, SharedApp};
use crate::flow::sign_in::{SignInError, sign_in};
use crate::ids;
use crate::session::{Purpose, SIGN_IN_MS};

/// WeChat's codes have 32.
const CODE_BYTES_MAX: usize = 128;

/// What the browser keeps while WeChat is asked.
#[derive(Debug, Serialize, Deserialize)]
struct SignInUnderWay {
    state: String,
    origin: String,
    return_to: String,
    /// WeChat was asked once more already.
    #[serde(default)]
    is_second: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct StartQuery {
    origin: Option<String>,
    return_to: Option<String>,
}

/// Sends the browser to WeChat.
#[utoipa::path(
    get, path = OAUTH_START,
    params(
        ("origin" = Option<String>, Query, description = "one of the public origins"),
        ("return_to" = Option<String>, Query, description = "a path of this site"),
    ),
    responses(
        (status = 303, description = "to WeChat's sign-in"),
        (status = 400, description = "unreadable or out of range", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn start(
    State(app): State<SharedApp>,
    Query(query): Query<StartQuery>,
) -> Result<Response, Refused> {
    let under_way = SignInUnderWay {
        state: ids::nonce(),
        origin: own_origin(&app, query.origin)?,
        return_to: without_reason(&own_path(query.return_to)?),
        is_second: false,
    };
    Ok(to_wechat(&app, &under_way))
}

fn to_wechat(app: &App, under_way: &SignInUnderWay) -> Response {
    let origin = under_way.origin.as_str();
    let redirect_uri = [origin, OAUTH_CALLBACK].concat();
    let location = app.oauth.authorize_url(&redirect_uri, &under_way.state);
    let ends_at = app.clock.now().plus_ms(SIGN_IN_MS);
    let sealed = app.session_key.seal(Purpose::SignIn, under_way, ends_at);
    let cookie = cookies::make(cookies::SIGN_IN, sealed, origin, SIGN_IN_MS);
    let jar = CookieJar::new().add(cookie);
    (jar, Redirect::to(location.as_str())).into_response()
}

#[derive(Debug, Deserialize)]
pub(super) struct CallbackQuery {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Takes WeChat's code, exchanges it once, and returns to the page.
#[utoipa::path(
    get, path = OAUTH_CALLBACK,
    params(("code" = String, Query), ("state" = String, Query)),
    responses((
        status = 303,
        description = "back to the page, signed in if WeChat agreed, else with `sign_in` and one of \
                       `refused`, `snapshot`, `expired`, `unavailable`; or once more to WeChat"
    )),
)]
pub(super) async fn callback(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    Query(query): Query<CallbackQuery>,
) -> Result<Response, Refused> {
    let cookie = cookies::read(&app, &headers, cookies::SIGN_IN)?;
    let under_way: Option<SignInUnderWay> = cookie.and_then(|cookie| {
        app.session_key
            .open(Purpose::SignIn, cookie, app.clock.now())
    });
    // A shared or very old link: not an attack to report, just nothing to go on with.
    let Some(under_way) = under_way else {
        let origin = app.public_origins.first().map_or("", String::as_str);
        return Ok(back(origin, &with_reason("/", "expired")));
    };
    // Of another sign-in of this browser: that one knows no code of this.
    if under_way.state != query.state {
        return Ok(not_signed_in(&under_way, "expired"));
    }
    if query.code.is_empty() || query.code.len() > CODE_BYTES_MAX {
        return Ok(not_signed_in(&under_way, "refused"));
    }
    let exchange = exchange_once(SharedApp::clone(&app), query.state, query.code);
    // A task of its own: a browser that gives up half-way must not cost the code.
    let exchanged = tokio::spawn(exchange).await;
    Ok(match exchanged.unwrap_or(Err(SignInError::Unavailable)) {
        Ok(openid) => {
            let jar = CookieJar::new().add(session_cookie(&app, &openid, &under_way.origin));
            (jar, back(&under_way.origin, &under_way.return_to)).into_response()
        }
        Err(SignInError::CodeSpent) if !under_way.is_second => {
            let second = SignInUnderWay {
                state: ids::nonce(),
                is_second: true,
                ..under_way
            };
            to_wechat(&app, &second)
        }
        Err(error) => not_signed_in(&under_way, reason(error)),
    })
}

/// Exchanges a code, or waits for whoever is exchanging it for the same browser.
async fn exchange_once(app: SharedApp, state: String, code: String) -> Result<OpenId, SignInError> {
    let exchange = app.sign_ins.of(&state, &code, app.clock.now());
    let openid = exchange.ok_or(SignInError::Refused)?;
    let openid = openid.get_or_try_init(|| async {
        let _leave = app
            .sign_ins
            .leave_to_exchange()
            .ok_or(SignInError::Unavailable)?;
        sign_in(&app, &code).await
    });
    openid.await.cloned()
}

/// What the page makes a sentence of.
const fn reason(error: SignInError) -> &'static str {
    match error {
        SignInError::Refused => "refused",
        SignInError::Snapshot => "snapshot",
        SignInError::CodeSpent => "expired",
        SignInError::Unavailable => "unavailable",
    }
}

/// Back to where the buyer was; the page says what happened in his words.
fn not_signed_in(under_way: &SignInUnderWay, why: &str) -> Response {
    back(&under_way.origin, &with_reason(&under_way.return_to, why))
}

fn back(origin: &str, path: &str) -> Response {
    Redirect::to(&[origin, path].concat()).into_response()
}

/// Security: an open redirect would lend our name to others.
fn own_origin(app: &App, origin: Option<String>) -> Result<String, Refused> {
    match origin {
        Some(origin) if app.is_own_origin(&origin) => Ok(origin),
        Some(_) => Err(Refused::detailed(
            ErrorCode::BadRequest,
            "`origin` is not one of the configured public_origins",
        )),
        None => app
            .public_origins
            .first()
            .cloned()
            .ok_or_else(|| ErrorCode::Internal.into()),
    }
}
