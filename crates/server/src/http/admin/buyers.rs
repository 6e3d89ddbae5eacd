//! `/admin/buyers/{openid}/sign-out`: ends a buyer's sessions, on all devices.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use wechat_checkout_protocol::{ErrorCode, OpenId};

use crate::app::SharedApp;
use crate::http::answer::Refused;

/// Ends every session that the buyer has now. He may sign in anew.
pub(super) async fn sign_out(
    State(app): State<SharedApp>,
    Path(openid): Path<String>,
) -> Result<StatusCode, Refused> {
    let openid = OpenId::parse(openid)
        .map_err(|_| Refused::detailed(ErrorCode::BadRequest, "that is no openid"))?;
    let now = app.clock.now();
    app.store.end_sessions(&openid, now).await?;
    app.ended_sessions.read(&*app.store, now).await?;
    tracing::info!("an operator ended a buyer's sessions");
    Ok(StatusCode::NO_CONTENT)
}
