//! Secrets: read and checked without ever being repeated.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{SecretSlice, SecretString};
use wechat_checkout_gateway::{ApiKey, Merchant, SignType};

use super::keys;
use super::sources::Sources;
use crate::flow::send_webhook::WebhookTarget;
use crate::settings::{Read, Written};

const RANDOM_CHARACTERS_MIN: usize = 32;
/// What WeChat and proxies carry in a header or an address without trouble.
const CHARACTERS_MAX: usize = 1_024;

/// A secret that the operator makes up.
pub(super) fn random(written: &Written) -> Read<SecretString> {
    let text = visible(written)?;
    if text.len() < RANDOM_CHARACTERS_MIN {
        return Err(
            "needs at least 32 characters; `openssl rand -hex 32` makes a good one".to_owned(),
        );
    }
    Ok(SecretString::from(text))
}

/// What the service account's page shows.
pub(super) fn app_secret(written: &Written) -> Read<SecretString> {
    visible(written).map(SecretString::from)
}

fn visible(written: &Written) -> Read<&str> {
    let text = written.text()?;
    if text.len() > CHARACTERS_MAX {
        return Err(format!("takes up to {CHARACTERS_MAX} characters"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("takes visible ASCII characters only, without blanks".to_owned());
    }
    Ok(text)
}

/// Who signs.
pub(super) fn merchant(sources: &mut Sources) -> Option<Merchant> {
    let appid = sources.take(keys::APPID, appid);
    let mch_id = sources.take(keys::MCH_ID, mch_id);
    let api_key = sources.take(keys::API_KEY, |written| {
        ApiKey::parse(written.text()?).map_err(|error| format!("is not the API v2 key: {error}"))
    });
    let sign_type = sources.take(keys::SIGN_TYPE, |written| {
        let text = written.text()?;
        let sign_type: Result<SignType, _> = text.parse();
        sign_type.map_err(|_| "takes \"HMAC-SHA256\" or \"MD5\"".to_owned())
    });
    match Merchant::new(appid?, mch_id?, sign_type?, api_key?) {
        Ok(merchant) => Some(merchant),
        Err(error) => {
            sources.wrong(keys::MCH_ID, format!("cannot be used: {error}"));
            None
        }
    }
}

fn appid(written: &Written) -> Read<String> {
    let text = written.text()?;
    let is_one = (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_one {
        Ok(text.to_owned())
    } else {
        Err(
            "takes the appid, 1 to 32 ASCII letters and digits, for example wx2421b1c4370ec43b"
                .to_owned(),
        )
    }
}

fn mch_id(written: &Written) -> Read<String> {
    let text = written.text()?;
    if (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("takes the merchant number, 1 to 32 digits, for example \"1900000001\"".to_owned())
    }
}

/// The merchant's own system, if there is one: both keys, or none.
pub(super) fn webhook(sources: &mut Sources) -> Option<WebhookTarget> {
    let (has_url, has_secret) = (
        sources.has(keys::WEBHOOK_URL),
        sources.has(keys::WEBHOOK_SECRET),
    );
    if has_url && !has_secret {
        sources.miss(keys::WEBHOOK_SECRET, "whsec_ and 24 to 64 bytes in base64");
    }
    if has_secret && !has_url {
        sources.miss(keys::WEBHOOK_URL, "where your own system takes messages");
    }
    let url = sources.take(keys::WEBHOOK_URL, super::addresses::url);
    let secret = sources.take(keys::WEBHOOK_SECRET, webhook_secret);
    match WebhookTarget::new(url?, secret?) {
        Ok(target) => Some(target),
        Err(_) => {
            sources.wrong(
                keys::WEBHOOK_URL,
                "cannot be called: no HTTP client can be made",
            );
            None
        }
    }
}

/// Standard Webhooks: `whsec_` and 24 to 64 bytes in base64.
fn webhook_secret(written: &Written) -> Read<SecretSlice<u8>> {
    let bytes = written
        .text()?
        .strip_prefix("whsec_")
        .and_then(|text| STANDARD.decode(text).ok())
        .filter(|bytes| (24..=64).contains(&bytes.len()));
    bytes.map(SecretSlice::from).ok_or_else(|| {
        "takes `whsec_` and 24 to 64 bytes in base64, for example of `openssl rand -base64 32`"
            .to_owned()
    })
}
