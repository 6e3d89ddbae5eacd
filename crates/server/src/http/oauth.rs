//! `GET /oauth/start` and `GET /oauth/callback`: signs the buyer in with WeChat.
//!
//! ```text
//!   page ─▶ /oauth/start ─▶ WeChat ─▶ /oauth/callback?code&state ─▶ page, signed in
//! ```
//!
//! The `state` is random, bound to the browser by a cookie, and carries no address: where to
//! return to is in the cookie, signed. After the exchange the browser goes to a clean URL, so that
//! no `?code=` is ever shared.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::{Deserialize, Serialize};
use wechat_checkout_protocol::routes::{OAUTH_CALLBACK, OAUTH_START};
use wechat_checkout_protocol::{ErrorCode, OpenId, Problem};

use super::answer::Refused;
use super::buyer::{cookie, session_cookie};
use crate::app::{App, SharedApp};
use crate::ids;
use crate::session::{Purpose, SIGN_IN_MS};

const SIGN_IN_COOKIE: &str = "checkout_sign_in";
/// Longer paths are not ours.
const RETURN_TO_BYTES_MAX: usize = 512;
/// WeChat's codes have 32.
const CODE_BYTES_MAX: usize = 128;

/// What the browser keeps while WeChat is asked.
#[derive(Debug, Serialize, Deserialize)]
struct SignInUnderWay {
    state: String,
    origin: String,
    return_to: String,
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
    let origin = own_origin(&app, query.origin)?;
    let return_to = own_path(query.return_to)?;
    let state = ids::nonce();
    let redirect_uri = [origin.as_str(), OAUTH_CALLBACK].concat();
    let location = app.oauth.authorize_url(&redirect_uri, &state);
    let sealed = app.session_key.seal(
        Purpose::SignIn,
        SignInUnderWay {
            state,
            origin: origin.clone(),
            return_to,
        },
        app.clock.now().plus_ms(SIGN_IN_MS),
    );
    let jar = CookieJar::new().add(cookie(SIGN_IN_COOKIE, sealed, &origin, SIGN_IN_MS));
    Ok((jar, Redirect::to(location.as_str())).into_response())
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
    responses((status = 303, description = "back to the page, signed in if WeChat agreed")),
)]
pub(super) async fn callback(
    State(app): State<SharedApp>,
    jar: CookieJar,
    Query(query): Query<CallbackQuery>,
) -> Response {
    let under_way: Option<SignInUnderWay> = jar.get(SIGN_IN_COOKIE).and_then(|cookie| {
        app.session_key
            .open(Purpose::SignIn, cookie.value(), app.clock.now())
    });
    // A shared or very old link: not an attack to report, just nothing to go on with.
    let Some(under_way) = under_way.filter(|known| known.state == query.state) else {
        return not_signed_in(
            app.public_origins.first().map_or("", String::as_str),
            "expired",
        );
    };
    if query.code.is_empty() || query.code.len() > CODE_BYTES_MAX {
        return not_signed_in(&under_way.origin, "refused");
    }
    let exchange = exchange_once(SharedApp::clone(&app), query.state, query.code);
    // A task of its own: a browser that gives up half-way must not cost the code.
    let exchanged = tokio::spawn(exchange).await.unwrap_or(Err("refused"));
    match exchanged {
        Ok(openid) => {
            let jar = CookieJar::new().add(session_cookie(&app, &openid, &under_way.origin));
            let location = [under_way.origin.as_str(), under_way.return_to.as_str()].concat();
            (jar, Redirect::to(&location)).into_response()
        }
        Err(why) => not_signed_in(&under_way.origin, why),
    }
}

/// Exchanges a code, or waits for whoever is exchanging it for the same browser.
async fn exchange_once(
    app: SharedApp,
    state: String,
    code: String,
) -> Result<OpenId, &'static str> {
    let sign_in = app.sign_ins.of(&state, &code, app.clock.now());
    let openid = sign_in.get_or_try_init(|| async {
        let grant = app.oauth.exchange(&code).await.map_err(|error| {
            tracing::warn!(%error, "WeChat did not sign the buyer in");
            "refused"
        })?;
        if grant.is_snapshot_user {
            Err("snapshot")
        } else {
            Ok(grant.openid)
        }
    });
    openid.await.cloned()
}

/// Back to the page, which says what happened in the buyer's words.
fn not_signed_in(origin: &str, why: &str) -> Response {
    Redirect::to(&[origin, "/?sign_in=", why].concat()).into_response()
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

/// A path of this site: `//host` and `/\host` would be another's.
pub(super) fn own_path(path: Option<String>) -> Result<String, Refused> {
    let path = path.unwrap_or_else(|| "/".to_owned());
    let is_own = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= RETURN_TO_BYTES_MAX
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_own {
        Ok(path)
    } else {
        Err(Refused::detailed(
            ErrorCode::BadRequest,
            "the path must be one of this site",
        ))
    }
}
