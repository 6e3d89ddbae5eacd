//! The signed-in buyer of a request, from the session cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use wechat_checkout_protocol::{ErrorCode, OpenId};

use super::answer::Refused;
use crate::app::{App, SharedApp};
use crate::session::{Purpose, SESSION_MS};

const SESSION_COOKIE: &str = "checkout_session";

/// Who is buying. A handler that asks for it refuses everybody else.
#[derive(Debug)]
pub(super) struct Buyer(pub(super) OpenId);

/// Who is buying, if anybody: an absent or ended session is not an error everywhere.
#[derive(Debug)]
pub(super) struct MaybeBuyer(pub(super) Option<OpenId>);

impl FromRequestParts<SharedApp> for MaybeBuyer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refused> {
        let jar = CookieJar::from_headers(&parts.headers);
        let openid = jar.get(SESSION_COOKIE).and_then(|cookie| {
            app.session_key
                .open(Purpose::Session, cookie.value(), app.clock.now())
        });
        Ok(MaybeBuyer(openid))
    }
}

impl FromRequestParts<SharedApp> for Buyer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refused> {
        let MaybeBuyer(openid) = MaybeBuyer::from_request_parts(parts, app).await?;
        openid
            .map(Buyer)
            .ok_or_else(|| ErrorCode::SignInRequired.into())
    }
}

/// The cookie that signs a buyer in at an origin.
pub(super) fn session_cookie(app: &App, openid: &OpenId, origin: &str) -> Cookie<'static> {
    let ends_at = app.clock.now().plus_ms(SESSION_MS);
    let token = app.session_key.seal(Purpose::Session, openid, ends_at);
    cookie(SESSION_COOKIE, token, origin, SESSION_MS)
}

/// HttpOnly, so that no script reads it; Lax, so that no other site's form uses it.
pub(super) fn cookie(
    name: &'static str,
    value: String,
    origin: &str,
    lives_ms: i64,
) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(origin.starts_with("https://"))
        .max_age(time::Duration::milliseconds(lives_ms))
        .build()
}
