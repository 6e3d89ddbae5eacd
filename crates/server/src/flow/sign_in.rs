//! Signs a buyer in: exchanges WeChat's code for his openid, once, whatever breaks for a moment.

use std::time::Duration;

use wechat_checkout_gateway::oauth::CodeState;
use wechat_checkout_protocol::OpenId;

use crate::app::App;

/// Between two tries with the same code. The buyer looks at a white page meanwhile.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// WeChat gives no openid, and will not.
    #[error("WeChat refused")]
    Refused,
    /// The page was opened in snapshot mode (快照页): that account cannot pay.
    #[error("a snapshot account cannot pay")]
    Snapshot,
    /// The code is spent: another one may do.
    #[error("the code is spent")]
    CodeSpent,
    /// WeChat cannot be asked at the moment.
    #[error("WeChat is not available")]
    Unavailable,
}

/// Exchanges a code.
///
/// # Errors
/// See [`SignInError`].
pub async fn sign_in(app: &App, code: &str) -> Result<OpenId, SignInError> {
    let mut pauses = PAUSES.iter();
    loop {
        let error = match app.oauth.exchange(code).await {
            Ok(grant) if grant.is_snapshot_user => return Err(SignInError::Snapshot),
            Ok(grant) => return Ok(grant.openid),
            Err(error) => error,
        };
        match (error.code_state(), pauses.next()) {
            (CodeState::WorthAnotherTry, Some(pause)) => tokio::time::sleep(*pause).await,
            (CodeState::WorthAnotherTry, None) => return Err(SignInError::Unavailable),
            (CodeState::Spent, _) => return Err(SignInError::CodeSpent),
            (CodeState::Useless, _) => return Err(SignInError::Refused),
        }
    }
}
