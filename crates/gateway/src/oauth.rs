//! Who is buying: WeChat's page authorisation (网页授权), from a redirect to an openid.
//!
//! Official page:
//! <https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html>.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;
use wechat_checkout_protocol::OpenId;

use crate::WallClock;
use crate::advice;
use crate::call_log::chain;
use crate::transport::{ClientError, Transport, TransportConfig, TransportError};

/// A grant is a few hundred bytes of JSON.
const GRANT_BYTES_MAX: usize = 16 * 1024;

/// WeChat's words are a sentence and a number for its support.
const ERRMSG_CHARS_MAX: usize = 256;

/// WeChat's OAuth for one appid.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OAuthConfig {
    /// The official account whose openids are wanted: the one that is paid to.
    pub appid: String,
    /// AppSecret of that account.
    pub app_secret: SecretString,
    /// Where the browser is sent.
    pub authorize_url: Url,
    /// Where the code is exchanged, server to server.
    pub token_url: Url,
    /// What is compared with the `Date` of WeChat's answers; the machine's clock.
    pub clock: WallClock,
}

impl OAuthConfig {
    /// WeChat itself.
    #[must_use]
    pub fn production(appid: impl Into<String>, app_secret: SecretString) -> OAuthConfig {
        let address = |text| Url::parse(text).expect("a constant address");
        OAuthConfig::new(
            appid,
            app_secret,
            address("https://open.weixin.qq.com/connect/oauth2/authorize"),
            address("https://api.weixin.qq.com/sns/oauth2/access_token"),
        )
    }

    /// WeChat, or something that plays it, at the given addresses.
    #[must_use]
    pub fn new(
        appid: impl Into<String>,
        app_secret: SecretString,
        authorize_url: Url,
        token_url: Url,
    ) -> OAuthConfig {
        OAuthConfig {
            appid: appid.into(),
            app_secret,
            authorize_url,
            token_url,
            clock: WallClock::system(),
        }
    }
}

/// What a code was exchanged for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthGrant {
    /// The buyer, as known to the appid.
    pub openid: OpenId,
    /// The page was opened in snapshot mode (快照页): a virtual account, which cannot pay.
    pub is_snapshot_user: bool,
}

/// Why there is no openid.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OAuthError {
    /// The code is wrong, old or used (40029, 40163): send the buyer through again.
    #[error("WeChat does not accept the code ({code})")]
    BadCode {
        /// WeChat's `errcode`.
        code: i64,
    },
    /// WeChat is busy (-1), or this appid has asked too often for the moment: the code is still
    /// good.
    #[error("WeChat is busy ({code})")]
    Busy {
        /// WeChat's `errcode`.
        code: i64,
    },
    /// Anything else that WeChat refuses, for example a wrong AppSecret (40125).
    #[error("WeChat refused the exchange ({code})")]
    Refused {
        /// WeChat's `errcode`.
        code: i64,
    },
    /// No usable answer; the code may be used up.
    #[error("no usable answer")]
    Transport(#[from] TransportError),
    /// An answer that is neither a grant nor a refusal.
    #[error("answer is not readable")]
    Unreadable(#[source] serde_json::Error),
    /// A grant without a usable openid.
    #[error("answer has no usable openid")]
    NoOpenId,
}

/// What a failed exchange means for the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// The same code may be exchanged in a moment; should it turn out to be spent, nothing is lost.
    WorthAnotherTry,
    /// The code is used up, or likely so: the buyer has to bring another one, which WeChat gives
    /// him without asking.
    Spent,
    /// No code will do: the account's settings are wrong.
    Useless,
}

impl OAuthError {
    /// What this failure means for the code.
    #[must_use]
    pub fn code_state(&self) -> CodeState {
        match self {
            OAuthError::Busy { .. } | OAuthError::Unreadable(_) => CodeState::WorthAnotherTry,
            // After so long, the buyer does not wait for a second try.
            OAuthError::Transport(TransportError::TimedOut(_)) | OAuthError::BadCode { .. } => {
                CodeState::Spent
            }
            OAuthError::Transport(_) => CodeState::WorthAnotherTry,
            OAuthError::Refused { .. } | OAuthError::NoOpenId => CodeState::Useless,
        }
    }
}

/// Sends buyers to WeChat and exchanges the codes they bring back. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OAuthClient {
    config: OAuthConfig,
    transport: Transport,
}

impl OAuthClient {
    /// Prepares the connections; nothing is sent yet.
    ///
    /// # Errors
    /// When the token address is not https (loopback excepted).
    pub fn new(config: OAuthConfig) -> Result<OAuthClient, ClientError> {
        let transport_config = TransportConfig {
            clock: config.clock.clone(),
            ..TransportConfig::default()
        };
        let transport = Transport::new(&transport_config, &[&config.token_url])?;
        Ok(OAuthClient { config, transport })
    }

    /// Where to send the browser; it comes back to `redirect_uri` with `code` and `state`.
    ///
    /// `state` has at most 128 letters and digits. The order of the parameters and the
    /// fragment are WeChat's demand.
    #[must_use]
    pub fn authorize_url(&self, redirect_uri: &str, state: &str) -> Url {
        let mut url = self.config.authorize_url.clone();
        url.query_pairs_mut()
            .clear()
            .append_pair("appid", &self.config.appid)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("scope", "snsapi_base")
            .append_pair("state", state);
        url.set_fragment(Some("wechat_redirect"));
        url
    }

    /// Exchanges a code for the buyer's openid. A code works once, for five minutes.
    ///
    /// # Errors
    /// See [`OAuthError`]; none of them repeats the code or the secret.
    pub async fn exchange(&self, code: &str) -> Result<OAuthGrant, OAuthError> {
        let mut url = self.config.token_url.clone();
        url.query_pairs_mut()
            .append_pair("appid", &self.config.appid)
            .append_pair("secret", self.config.app_secret.expose_secret())
            .append_pair("code", code)
            .append_pair("grant_type", "authorization_code");
        let answer = self.transport.get(url, GRANT_BYTES_MAX).await;
        let words = answer.as_deref().ok().and_then(words_of);
        // Security: an answer may repeat what it was asked.
        let secrets = [code, self.config.app_secret.expose_secret()];
        let words = words.filter(|words| !secrets.iter().any(|secret| words.contains(secret)));
        let outcome = match answer {
            Ok(answer) => read_grant(&answer),
            Err(error) => Err(error.into()),
        };
        log(outcome.as_ref().err(), words.as_deref());
        outcome
    }
}

impl OAuthError {
    /// What most likely is behind it, and what to do, where that is known.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            OAuthError::BadCode { code }
            | OAuthError::Busy { code }
            | OAuthError::Refused { code } => advice::of_errcode(*code),
            OAuthError::Transport(_) | OAuthError::Unreadable(_) | OAuthError::NoOpenId => None,
        }
    }
}

/// Security: the number, WeChat's words and our advice; neither the code nor the secret.
fn log(error: Option<&OAuthError>, words: Option<&str>) {
    let outcome = match error {
        None => "ok",
        Some(OAuthError::BadCode { .. }) => "bad_code",
        Some(OAuthError::Busy { .. }) => "busy",
        Some(OAuthError::Refused { .. }) => "refused",
        Some(_) => "unknown",
    };
    metrics::counter!("wechat_sign_ins", "outcome" => outcome).increment(1);
    let Some(error) = error else { return };
    let advice = error.advice();
    match error {
        OAuthError::BadCode { code } => {
            tracing::info!(
                errcode = code,
                wechat = words,
                advice,
                "WeChat refused a sign-in"
            );
        }
        OAuthError::Refused { code } => {
            tracing::error!(
                errcode = code,
                wechat = words,
                advice,
                "WeChat refused a sign-in"
            );
        }
        other => tracing::warn!(why = chain(other), "the outcome of a sign-in is unknown"),
    }
}

/// WeChat answers refusals with HTTP 200 too, and calls its JSON text/plain.
#[derive(Deserialize)]
struct Answer {
    errcode: Option<i64>,
    openid: Option<String>,
    is_snapshotuser: Option<i64>,
}

/// WeChat's words for people, of a bounded length.
fn words_of(answer: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Words {
        errmsg: Option<String>,
    }
    let words: Words = serde_json::from_slice(answer).ok()?;
    Some(words.errmsg?.chars().take(ERRMSG_CHARS_MAX).collect())
}

fn read_grant(answer: &[u8]) -> Result<OAuthGrant, OAuthError> {
    let answer: Answer = serde_json::from_slice(answer).map_err(OAuthError::Unreadable)?;
    match answer.errcode {
        None | Some(0) => {}
        Some(code @ (40_029 | 40_163 | 41_008)) => return Err(OAuthError::BadCode { code }),
        Some(code @ (-1 | 45_009 | 45_011)) => return Err(OAuthError::Busy { code }),
        Some(code) => return Err(OAuthError::Refused { code }),
    }
    let openid = answer.openid.ok_or(OAuthError::NoOpenId)?;
    let openid = OpenId::parse(openid).map_err(|_| OAuthError::NoOpenId)?;
    Ok(OAuthGrant {
        openid,
        is_snapshot_user: answer.is_snapshotuser == Some(1),
    })
}
