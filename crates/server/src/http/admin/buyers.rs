//! `/admin/buyers/sign-out`: ends a buyer's sessions, on all devices.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use wechat_checkout_protocol::OpenId;

use crate::app::SharedApp;
use crate::http::answer::Refused;
use crate::http::request::JsonBody;

/// Body of `POST /admin/buyers/sign-out`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOutBody {
    /// Whose sessions end.
    pub openid: OpenId,
}

/// Ends every session that the buyer has now. He may sign in anew.
pub(super) async fn sign_out(
    State(app): State<SharedApp>,
    JsonBody(body): JsonBody<SignOutBody>,
) -> Result<StatusCode, Refused> {
    let now = app.clock.now();
    app.store.end_sessions(&body.openid, now).await?;
    app.ended_sessions.read(&*app.store, now).await?;
    tracing::info!("an operator ended a buyer's sessions");
    Ok(StatusCode::NO_CONTENT)
}
