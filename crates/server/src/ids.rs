//! Fresh identifiers. The only place that draws randomness for them.

use rand::distr::{Alphanumeric, SampleString};
use wechat_checkout_protocol::OrderId;

/// A new order id: 32 hex digits, time first (UUID version 7), so that neighbours in time are
/// neighbours in the database's indexes. 74 random bits: nobody guesses another's.
#[must_use]
pub(crate) fn order_id() -> OrderId {
    let text = uuid::Uuid::now_v7().simple().to_string();
    OrderId::parse(text).expect("32 hex digits are an order id")
}

/// A new request id, found in the log and told to the buyer as support code.
#[must_use]
pub(crate) fn request_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// 32 random letters and digits: `nonce_str`, OAuth `state`.
#[must_use]
pub(crate) fn nonce() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), 32)
}
