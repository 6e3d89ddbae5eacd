//! Who is buying: signed tokens for the session cookie, the watch socket and the sign-in in flight.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tokio::sync::OnceCell;
use wechat_checkout_protocol::{OpenId, OrderId, UnixMillis};

/// A session lasts this long: WeChat signs the buyer in again without asking him.
pub const SESSION_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// A page that connects later fetches a new watch token with its order.
pub const WATCH_TOKEN_MS: i64 = 10 * 60 * 1000;
/// WeChat's code lives five minutes; so does a sign-in.
pub const SIGN_IN_MS: i64 = 5 * 60 * 1000;

/// What a token may be used for. Part of what is signed: one kind never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The session cookie.
    Session,
    /// The first frame of a watch socket.
    Watch,
    /// The cookie that binds an OAuth `state` to the browser.
    SignIn,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Purpose::Session => "session",
            Purpose::Watch => "watch",
            Purpose::SignIn => "sign-in",
        }
    }
}

/// What a watch token lets see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchGrant {
    /// The order; `None` in the session's own token, which opens all of the buyer's.
    pub order: Option<OrderId>,
    /// Whose it is.
    pub openid: OpenId,
    /// When it was granted.
    pub issued_at: UnixMillis,
}

/// Signs and opens tokens.
#[derive(Clone)]
pub struct SessionKey(SecretString);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(…)")
    }
}

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    ends_at: UnixMillis,
    content: T,
}

impl SessionKey {
    /// Takes the configured key.
    #[must_use]
    pub const fn new(key: SecretString) -> SessionKey {
        SessionKey(key)
    }

    /// Seals content into a token: readable by anybody, made only here.
    #[must_use]
    pub fn seal<T: Serialize>(&self, purpose: Purpose, content: T, ends_at: UnixMillis) -> String {
        let json = serde_json::to_vec(&Sealed { ends_at, content }).unwrap_or_default();
        let payload = URL_SAFE_NO_PAD.encode(json);
        let mac = URL_SAFE_NO_PAD.encode(self.mac(purpose, &payload).finalize().into_bytes());
        [payload.as_str(), ".", mac.as_str()].concat()
    }

    /// Opens a token; `None` when it is not ours, not for this purpose, or over.
    #[must_use]
    pub fn open<T: for<'de> Deserialize<'de>>(
        &self,
        purpose: Purpose,
        token: &str,
        now: UnixMillis,
    ) -> Option<T> {
        let (payload, mac) = token.split_once('.')?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        self.mac(purpose, payload).verify_slice(&mac).ok()?;
        let json = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let sealed: Sealed<T> = serde_json::from_slice(&json).ok()?;
        (now < sealed.ends_at).then_some(sealed.content)
    }

    /// A token that lets a buyer watch one order for [`WATCH_TOKEN_MS`].
    #[must_use]
    pub fn seal_watch(&self, order: Option<OrderId>, openid: OpenId, now: UnixMillis) -> String {
        let grant = WatchGrant {
            order,
            openid,
            issued_at: now,
        };
        self.seal(Purpose::Watch, grant, now.plus_ms(WATCH_TOKEN_MS))
    }

    /// Opens a token of [`SessionKey::seal_watch`].
    #[must_use]
    pub fn open_watch(&self, token: &str, now: UnixMillis) -> Option<WatchGrant> {
        self.open(Purpose::Watch, token, now)
    }

    fn mac(&self, purpose: Purpose, payload: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(purpose.as_str().as_bytes());
        mac.update(b"\0");
        mac.update(payload.as_bytes());
        mac
    }
}

/// Sign-ins remembered at a time; beyond, the oldest is forgotten.
const SIGN_INS_MAX: usize = 1_024;

/// Sign-ins of the last minutes, by WeChat's code.
///
/// WeChat delivers the redirect twice at times, and a code can be exchanged once: the second
/// arrival waits for the first and gets its answer instead of an error.
#[derive(Debug, Default)]
pub struct SignIns(Mutex<HashMap<String, SignIn>>);

#[derive(Clone, Debug)]
struct SignIn {
    started_at: UnixMillis,
    openid: Arc<OnceCell<OpenId>>,
}

impl SignIns {
    /// The sign-in of a code in one browser, new or under way.
    ///
    /// Security: a code alone would let whoever sees it in a shared link become its buyer.
    #[must_use]
    pub fn of(&self, state: &str, code: &str, now: UnixMillis) -> Arc<OnceCell<OpenId>> {
        let Ok(mut sign_ins) = self.0.lock() else {
            return Arc::default();
        };
        sign_ins.retain(|_, sign_in| now.since_ms(sign_in.started_at) < SIGN_IN_MS);
        if sign_ins.len() >= SIGN_INS_MAX
            && let Some(oldest) = oldest(&sign_ins)
        {
            let _ = sign_ins.remove(&oldest);
        }
        let sign_in = sign_ins
            .entry([state, code].join("/"))
            .or_insert_with(|| SignIn {
                started_at: now,
                openid: Arc::default(),
            });
        Arc::clone(&sign_in.openid)
    }
}

fn oldest(sign_ins: &HashMap<String, SignIn>) -> Option<String> {
    sign_ins
        .iter()
        .min_by_key(|(_, sign_in)| sign_in.started_at)
        .map(|(code, _)| code.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

    fn key(text: &str) -> SessionKey {
        SessionKey::new(SecretString::from(text))
    }

    #[test]
    fn a_token_opens_only_for_its_purpose_in_time_and_with_its_key() {
        let token = key("one").seal(Purpose::Session, "openid-1", NOW.plus_ms(1_000));
        let open = |key: &SessionKey, purpose, now| key.open::<String>(purpose, &token, now);
        assert_eq!(
            open(&key("one"), Purpose::Session, NOW).as_deref(),
            Some("openid-1")
        );
        assert_eq!(open(&key("one"), Purpose::Watch, NOW), None);
        assert_eq!(open(&key("two"), Purpose::Session, NOW), None);
        assert_eq!(
            open(&key("one"), Purpose::Session, NOW.plus_ms(1_000)),
            None
        );
    }

    #[test]
    fn a_changed_token_does_not_open() {
        let token = key("one").seal(Purpose::Session, "openid-1", NOW.plus_ms(1_000));
        for index in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap_or_default();
            if changed != token {
                assert_eq!(
                    key("one").open::<String>(Purpose::Session, &changed, NOW),
                    None
                );
            }
        }
    }
}
