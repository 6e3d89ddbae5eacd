//! WeChat Pay version 2 on the wire: strict XML, signatures, verified values, calls, notifications.
//!
//! A message goes one way: bytes → [`xml::read`] → [`Params`] → [`Merchant::verify`] →
//! [`Verified`] → typed values. Nothing here believes a message that has not come that way, and
//! nothing here decides what a payment means for an order: that is the caller's.
//!
//! | to | use |
//! |---|---|
//! | call WeChat | [`Client`]; how a call can end: [`CallError`], [`retry`] |
//! | take notifications | [`notification`] |
//! | open the pay sheet | [`bridge_params`], [`app_params`] |
//! | learn who is buying | [`OAuthClient`] |
//! | reconcile a day | [`Client::downloadbill`], [`bill`] |
//! | understand a refused signature | [`explain`] |
//! | understand any other refusal | [`CallError::advice`], [`advice`] |
//! | play WeChat | [`xml`], [`Merchant::sign`], [`Merchant::verify`], [`notification::write_refund`] |

pub mod advice;
pub mod app;
pub mod beijing;
pub mod bill;
pub mod bridge;
pub mod call;
mod call_log;
mod certificate;
mod client;
mod clock_skew;
pub mod coupon;
mod error_code;
mod exchange;
pub mod explain;
mod fields;
mod hex;
mod judge;
mod key;
pub mod legacy;
mod merchant;
pub mod nonce;
pub mod notification;
pub mod oauth;
mod params;
mod pem;
pub mod retry;
pub mod sign;
mod signature_pause;
mod terms;
mod transaction;
mod transport;
pub mod undocumented;
mod verified;
mod wall_clock;
pub mod xml;

pub use app::{AppParams, app_params};
pub use bridge::{bridge_params, verify_bridge_params};
pub use call::{
    CallError, Closed, InvalidRequest, OrderQueryReply, Prepay, QueryBy, Refund, RefundAccepted,
    RefundAccount, RefundQueryBy, RefundQueryReply, RefundRecord, RefundStatus, TradeType,
    UnifiedOrder, UnknownCause,
};
pub use certificate::{CertificateError, CertificateFacts, ClientCertificate};
pub use client::{Client, ClientConfig};
pub use clock_skew::ClockSkew;
pub use coupon::{Coupon, CouponKind};
pub use error_code::{Call, ErrCode, RetryClass};
pub use fields::FieldError;
pub use key::{ApiKey, ApiKeyError};
pub use merchant::{Merchant, MerchantError, VerifyError};
pub use notification::{
    NotificationError, PaymentNotification, RefundNotification, RefundNotificationError,
};
pub use oauth::{OAuthClient, OAuthConfig, OAuthError, OAuthGrant};
pub use params::Params;
pub use pem::PemError;
pub use sign::{SignType, SignTypeError};
pub use terms::{OrderTerms, TermsError};
pub use transaction::{Payment, TradeState};
pub use transport::{ClientError, TransportError};
pub use verified::Verified;
pub use wall_clock::WallClock;

/// The examples of the README, which run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
