//! The signed-in buyer of a request, from the session cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::cookie::Cookie;
use wechat_checkout_protocol::{ErrorCode, OpenId};

use super::answer::Refused;
use super::cookies;
use crate::app::{App, SharedApp};
use crate::session::{Purpose, SESSION_MS};

/// Who is buying. A handler that asks for it refuses everybody else.
#[derive(Debug)]
pub(super) struct Buyer(pub(super) OpenId);

/// Who is buying, if anybody: an absent or ended session is not an error everywhere.
#[derive(Debug)]
pub(super) struct MaybeBuyer(pub(super) Option<OpenId>);

impl FromRequestParts<SharedApp> for MaybeBuyer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refused> {
        let token = cookies::read(app, &parts.headers, cookies::SESSION)?;
        let session = token.and_then(|token| app.session_key.open_session(token, app.clock.now()));
        let session = session.filter(|session| {
            !app.ended_sessions
                .include(&session.openid, session.issued_at)
        });
        Ok(MaybeBuyer(session.map(|session| session.openid)))
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
    cookies::make(cookies::SESSION, token, origin, SESSION_MS)
}
