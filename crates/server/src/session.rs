//! Who is buying: signed tokens for the session cookie, the watch socket and the sign-in in flight.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
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
    /// Which order.
    pub order: OrderId,
    /// Whose it is.
    pub openid: OpenId,
    /// When it was granted.
    pub issued_at: UnixMillis,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The buyer.
    pub openid: OpenId,
    /// When he signed in.
    pub issued_at: UnixMillis,
}

/// Signs and opens tokens.
#[derive(Clone)]
pub struct SessionKey {
    current: SecretString,
    /// Opens what it sealed before the key was changed.
    former: Option<SecretString>,
}

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
    /// Takes the configured key, and the one before it, if its tokens still hold.
    #[must_use]
    pub const fn new(current: SecretString, former: Option<SecretString>) -> SessionKey {
        SessionKey { current, former }
    }

    /// Seals content into a token: readable by anybody, made only here.
    #[must_use]
    pub fn seal<T: Serialize>(&self, purpose: Purpose, content: T, ends_at: UnixMillis) -> String {
        let json = serde_json::to_vec(&Sealed { ends_at, content }).unwrap_or_default();
        let payload = URL_SAFE_NO_PAD.encode(json);
        let mac = mac(&self.current, purpose, &payload)
            .finalize()
            .into_bytes();
        let mac = URL_SAFE_NO_PAD.encode(mac);
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
        self.unseal(purpose, token, now)
            .map(|sealed| sealed.content)
    }

    /// Opens a session.
    #[must_use]
    pub fn open_session(&self, token: &str, now: UnixMillis) -> Option<Session> {
        let sealed: Sealed<OpenId> = self.unseal(Purpose::Session, token, now)?;
        Some(Session {
            openid: sealed.content,
            issued_at: sealed.ends_at.plus_ms(-SESSION_MS),
        })
    }

    fn unseal<T: for<'de> Deserialize<'de>>(
        &self,
        purpose: Purpose,
        token: &str,
        now: UnixMillis,
    ) -> Option<Sealed<T>> {
        let (payload, given) = token.split_once('.')?;
        let given = URL_SAFE_NO_PAD.decode(given).ok()?;
        let is_ours = |key| mac(key, purpose, payload).verify_slice(&given).is_ok();
        if !is_ours(&self.current) && !self.former.as_ref().is_some_and(is_ours) {
            return None;
        }
        let json = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let sealed: Sealed<T> = serde_json::from_slice(&json).ok()?;
        (now < sealed.ends_at).then_some(sealed)
    }

    /// A token that lets a buyer watch one order for [`WATCH_TOKEN_MS`].
    #[must_use]
    pub fn seal_watch(&self, grant: &WatchGrant) -> String {
        let ends_at = grant.issued_at.plus_ms(WATCH_TOKEN_MS);
        self.seal(Purpose::Watch, grant, ends_at)
    }

    /// Opens a token of [`SessionKey::seal_watch`].
    #[must_use]
    pub fn open_watch(&self, token: &str, now: UnixMillis) -> Option<WatchGrant> {
        self.open(Purpose::Watch, token, now)
    }
}

fn mac(key: &SecretString, purpose: Purpose, payload: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(purpose.as_str().as_bytes());
    mac.update(b"\0");
    mac.update(payload.as_bytes());
    mac
}

/// Sign-ins remembered at a time; beyond, the oldest is forgotten.
const SIGN_INS_MAX: usize = 1_024;

/// Arrivals with one code that may still ask WeChat: the redirect comes twice at times, and a buyer
/// tries again. Beyond, a loop of one address would use up what WeChat lets the appid ask.
const ARRIVALS_PER_CODE: usize = 3;

/// Codes that one sign-in may bring: WeChat gives one, and another to whoever goes back and forth.
const CODES_PER_SIGN_IN: usize = 4;

/// Codes exchanged at a time. Each is a connection to WeChat.
const EXCHANGES_MAX: usize = 64;

/// Sign-ins of the last minutes, by `state`.
///
/// WeChat delivers the redirect twice at times, and a code can be exchanged once: the second
/// arrival waits for the first and gets its answer instead of an error.
#[derive(Debug)]
pub struct SignIns {
    known: Mutex<HashMap<String, SignIn>>,
    exchanges: Semaphore,
}

#[derive(Debug)]
struct SignIn {
    started_at: UnixMillis,
    codes: Vec<Code>,
}

#[derive(Debug)]
struct Code {
    code: String,
    openid: Arc<OnceCell<OpenId>>,
    /// Arrivals of the browser with it.
    arrivals: usize,
}

impl Default for SignIns {
    fn default() -> SignIns {
        SignIns {
            known: Mutex::default(),
            exchanges: Semaphore::new(EXCHANGES_MAX),
        }
    }
}

impl SignIns {
    /// The exchange of a code in one browser, new or under way; `None` when this sign-in has
    /// brought too many.
    ///
    /// Security: a code alone would let whoever sees it in a shared link become its buyer.
    #[must_use]
    pub fn of(&self, state: &str, code: &str, now: UnixMillis) -> Option<Arc<OnceCell<OpenId>>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, sign_in| now.since_ms(sign_in.started_at) < SIGN_IN_MS);
        if known.len() >= SIGN_INS_MAX
            && !known.contains_key(state)
            && let Some(oldest) = oldest(&known)
        {
            let _ = known.remove(&oldest);
        }
        let sign_in = known.entry(state.to_owned()).or_insert_with(|| SignIn {
            started_at: now,
            codes: Vec::new(),
        });
        if let Some(known) = sign_in.codes.iter_mut().find(|known| known.code == code) {
            known.arrivals += 1;
            let may_ask_wechat = known.arrivals <= ARRIVALS_PER_CODE;
            return (may_ask_wechat || known.openid.initialized())
                .then(|| Arc::clone(&known.openid));
        }
        if sign_in.codes.len() >= CODES_PER_SIGN_IN {
            return None;
        }
        let openid = Arc::default();
        sign_in.codes.push(Code {
            code: code.to_owned(),
            openid: Arc::clone(&openid),
            arrivals: 1,
        });
        Some(openid)
    }

    /// Leave to exchange a code; `None` when too many are being exchanged.
    #[must_use]
    pub fn leave_to_exchange(&self) -> Option<SemaphorePermit<'_>> {
        self.exchanges.try_acquire().ok()
    }
}

fn oldest(known: &HashMap<String, SignIn>) -> Option<String> {
    known
        .iter()
        .min_by_key(|(_, sign_in)| sign_in.started_at)
        .map(|(state, _)| state.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

    fn key(text: &str) -> SessionKey {
        SessionKey::new(SecretString::from(text), None)
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
    fn a_former_key_opens_what_it_sealed_and_seals_nothing() {
        let changed = SessionKey::new("two".into(), Some("one".into()));
        let before = key("one").seal(Purpose::Session, "openid-1", NOW.plus_ms(SESSION_MS));
        let session = changed.open_session(&before, NOW).expect("still open");
        assert_eq!(
            (session.openid.as_str(), session.issued_at),
            ("openid-1", NOW)
        );
        let after = changed.seal(Purpose::Session, "openid-1", NOW.plus_ms(SESSION_MS));
        assert_eq!(key("one").open_session(&after, NOW), None);
        assert_eq!(key("two").open_session(&before, NOW), None, "all are over");
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

    #[test]
    fn a_watch_token_is_of_one_order_and_minutes() {
        let grant = WatchGrant {
            order: OrderId::parse("order-1").expect("a test id"),
            openid: OpenId::parse("openid-1").expect("a test openid"),
            issued_at: NOW,
        };
        let token = key("one").seal_watch(&grant);
        let open = |now| key("one").open_watch(&token, now);
        assert_eq!(open(NOW), Some(grant));
        assert_eq!(open(NOW.plus_ms(WATCH_TOKEN_MS)), None);
        let session = key("one").open::<OpenId>(Purpose::Session, &token, NOW);
        assert_eq!(session, None, "it signs nobody in");
    }

    #[test]
    fn a_sign_in_brings_few_codes_and_each_is_exchanged_once() {
        let sign_ins = SignIns::default();
        let of = |state: &str, code: &str| sign_ins.of(state, code, NOW);
        let first = of("state-1", "code-1").expect("the first");
        let again = of("state-1", "code-1").expect("the same again");
        assert!(Arc::ptr_eq(&first, &again));
        let other = of("state-2", "code-1").expect("another browser");
        assert!(!Arc::ptr_eq(&first, &other));
        let codes = (1..100).filter(|number| of("state-1", &format!("code-{number}")).is_some());
        assert_eq!(codes.count(), CODES_PER_SIGN_IN);
        for number in 0..SIGN_INS_MAX * 2 {
            let _ = of(&format!("state-{number}"), "code");
        }
        let known = sign_ins.known.lock().expect("nobody panicked").len();
        assert!(known <= SIGN_INS_MAX, "{known}");
    }

    #[test]
    fn a_code_that_wechat_does_not_take_is_not_asked_about_for_ever() {
        let sign_ins = SignIns::default();
        let arrive = || sign_ins.of("state", "code", NOW);
        for _ in 0..ARRIVALS_PER_CODE {
            assert!(arrive().is_some());
        }
        assert!(arrive().is_none(), "one address asks WeChat in a loop");
    }
}
