//! A merchant: who signs our messages, and whom messages to us must be for.

use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq;

use crate::{ApiKey, Params, SignType, Verified, nonce, sign};

/// The identity and the key of one merchant (商户). Cheap to clone.
#[derive(Clone)]
pub struct Merchant(Arc<Identity>);

struct Identity {
    appid: String,
    mch_id: String,
    sign_type: SignType,
    key: ApiKey,
}

/// Why an identity is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MerchantError {
    /// 1 to 32 ASCII letters, digits, `-` or `_`.
    #[error("appid is not 1 to 32 ASCII letters and digits")]
    BadAppid,
    /// 1 to 32 digits.
    #[error("mch_id is not 1 to 32 digits")]
    BadMchId,
}

/// Why a message is not accepted as WeChat's to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// No `sign`, or an empty one.
    #[error("message has no signature")]
    SignatureMissing,
    /// `sign` is not the signature by the configured key and sign type.
    #[error("signature does not match")]
    SignatureMismatch,
    /// The message does not say which appid it is for.
    #[error("message has no appid")]
    AppidMissing,
    /// The message is for another appid.
    #[error("message is for another appid")]
    ForeignAppid,
    /// The message does not say which merchant it is for.
    #[error("message has no mch_id")]
    MchIdMissing,
    /// The message is for another merchant.
    #[error("message is for another merchant")]
    ForeignMchId,
}

impl Merchant {
    /// Puts an identity together.
    ///
    /// # Errors
    /// When appid or merchant number cannot be one.
    pub fn new(
        appid: impl Into<String>,
        mch_id: impl Into<String>,
        sign_type: SignType,
        key: ApiKey,
    ) -> Result<Merchant, MerchantError> {
        let (appid, mch_id) = (appid.into(), mch_id.into());
        let is_appid_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !(1..=32).contains(&appid.len()) || !appid.bytes().all(is_appid_byte) {
            return Err(MerchantError::BadAppid);
        }
        if !(1..=32).contains(&mch_id.len()) || !mch_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(MerchantError::BadMchId);
        }
        Ok(Merchant(Arc::new(Identity {
            appid,
            mch_id,
            sign_type,
            key,
        })))
    }

    /// 公众账号ID.
    #[must_use]
    pub fn appid(&self) -> &str {
        &self.0.appid
    }

    /// 商户号.
    #[must_use]
    pub fn mch_id(&self) -> &str {
        &self.0.mch_id
    }

    /// The digest of all messages of this merchant, in both directions.
    #[must_use]
    pub fn sign_type(&self) -> SignType {
        self.0.sign_type
    }

    /// Completes a message: `nonce_str` if there is none, `sign_type`, and `sign`.
    pub fn sign(&self, params: &mut Params) {
        self.sign_as(params, self.sign_type());
    }

    pub(crate) fn sign_as(&self, params: &mut Params, sign_type: SignType) {
        if params.get("nonce_str").is_none_or(str::is_empty) {
            params.set("nonce_str", nonce::fresh());
        }
        params.set("sign_type", sign_type.as_str());
        let signature = sign::sign(params, self.key(), sign_type);
        params.set("sign", signature);
    }

    /// Checks the signature, and that appid and mch_id, where given, are ours.
    ///
    /// An empty element is one that was not given: the signature does not cover it either.
    ///
    /// # Errors
    /// With the first check that failed; the message must then not be used at all.
    pub fn verify(&self, params: Params) -> Result<Verified<Params>, VerifyError> {
        self.check_signature(&params)?;
        let is_foreign = |name, own| addressee(&params, name).is_some_and(|given| given != own);
        if is_foreign("appid", self.appid()) {
            return Err(VerifyError::ForeignAppid);
        }
        if is_foreign("mch_id", self.mch_id()) {
            return Err(VerifyError::ForeignMchId);
        }
        Ok(Verified::new(params))
    }

    /// Like [`Merchant::verify`], but appid and mch_id must be there. For messages that anybody on
    /// the Internet can send us.
    ///
    /// # Errors
    /// With the first check that failed; the message must then not be used at all.
    pub fn verify_addressed(&self, params: Params) -> Result<Verified<Params>, VerifyError> {
        let params = self.verify(params)?;
        if addressee(&params, "appid").is_none() {
            return Err(VerifyError::AppidMissing);
        }
        if addressee(&params, "mch_id").is_none() {
            return Err(VerifyError::MchIdMissing);
        }
        Ok(params)
    }

    /// Security: the configured sign type decides. A `sign_type` in the message is covered by the
    /// signature like any other parameter and chooses nothing, so nobody can pick the weaker digest.
    fn check_signature(&self, params: &Params) -> Result<(), VerifyError> {
        let received = params.get("sign").filter(|sign| !sign.is_empty());
        let received = received.ok_or(VerifyError::SignatureMissing)?;
        let expected = sign::sign(params, self.key(), self.sign_type());
        if bool::from(expected.as_bytes().ct_eq(received.as_bytes())) {
            Ok(())
        } else {
            Err(VerifyError::SignatureMismatch)
        }
    }

    pub(crate) fn key(&self) -> &ApiKey {
        &self.0.key
    }
}

/// `appid` or `mch_id` of a message, if it says anything.
pub(crate) fn addressee<'p>(params: &'p Params, name: &str) -> Option<&'p str> {
    params.get(name).filter(|value| !value.is_empty())
}

impl fmt::Debug for Merchant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merchant")
            .field("appid", &self.0.appid)
            .field("mch_id", &self.0.mch_id)
            .field("sign_type", &self.0.sign_type)
            .field("key", &self.0.key)
            .finish()
    }
}
