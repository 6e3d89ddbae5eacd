//! The cookies: their names, and reading them so that nobody plants one.
//!
//! Behind TLS they are called `__Host-…`: a browser takes such a cookie from this very host over
//! TLS only, so no neighbouring subdomain can set one. On a developer's plain loopback that name
//! is not to be had, and the plain one is used.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HOST};
use axum_extra::extract::cookie::{Cookie, SameSite};
use wechat_checkout_protocol::ErrorCode;

use super::answer::Refused;
use crate::app::App;

/// One of our cookies.
#[derive(Clone, Copy, Debug)]
pub(super) struct CookieName {
    plain: &'static str,
    behind_tls: &'static str,
}

/// Who is buying.
pub(super) const SESSION: CookieName = CookieName {
    plain: "checkout_session",
    behind_tls: "__Host-checkout_session",
};

/// Binds a sign-in under way to the browser.
pub(super) const SIGN_IN: CookieName = CookieName {
    plain: "checkout_sign_in",
    behind_tls: "__Host-checkout_sign_in",
};

impl CookieName {
    const fn at(self, is_behind_tls: bool) -> &'static str {
        if is_behind_tls {
            self.behind_tls
        } else {
            self.plain
        }
    }
}

/// Whether a request came to an origin behind TLS. Where origins are mixed, the host that the
/// browser names decides; an unknown one gets the stricter name.
fn is_behind_tls(app: &App, headers: &HeaderMap) -> bool {
    let mut plain = app
        .public_origins
        .iter()
        .filter_map(|origin| origin.strip_prefix("http://"))
        .peekable();
    if plain.peek().is_none() {
        return true;
    }
    let has_tls = app
        .public_origins
        .iter()
        .any(|origin| origin.starts_with("https://"));
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    has_tls && !plain.any(|own| Some(own) == host)
}

/// The value of a cookie of this request.
///
/// # Errors
/// When there are two of the name: one of them was planted, and nobody can say which.
pub(super) fn read<'a>(
    app: &App,
    headers: &'a HeaderMap,
    name: CookieName,
) -> Result<Option<&'a str>, Refused> {
    let name = name.at(is_behind_tls(app, headers));
    let mut values = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(given, _)| *given == name)
        .map(|(_, value)| value);
    let value = values.next();
    if values.next().is_some() {
        return Err(Refused::detailed(
            ErrorCode::BadRequest,
            "two cookies of the same name: clear the cookies of this site",
        ));
    }
    Ok(value)
}

/// A cookie for an origin. HttpOnly, so that no script reads it; Lax, so that no other site's form
/// uses it.
pub(super) fn make(
    name: CookieName,
    value: String,
    origin: &str,
    lives_ms: i64,
) -> Cookie<'static> {
    let is_behind_tls = origin.starts_with("https://");
    build(name, value, is_behind_tls, lives_ms)
}

/// Takes a cookie away from the browser that sent a request.
pub(super) fn clear(app: &App, headers: &HeaderMap, name: CookieName) -> Cookie<'static> {
    build(name, String::new(), is_behind_tls(app, headers), 0)
}

fn build(name: CookieName, value: String, is_behind_tls: bool, lives_ms: i64) -> Cookie<'static> {
    Cookie::build((name.at(is_behind_tls), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_behind_tls)
        .max_age(time::Duration::milliseconds(lives_ms))
        .build()
}
