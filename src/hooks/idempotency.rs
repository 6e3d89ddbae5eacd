//! The idempotency key of a purchase: on the device before the first request, so that a retry after
//! a reload, a crash or a dead network asks for the same order and not for a second one.

use wechat_checkout_protocol::{IdempotencyKey, ProductId};

use crate::browser::{self, Shelf};

const KEY_BYTES: usize = 16;

fn name(product_id: &ProductId, quantity: u32) -> String {
    ["key:", product_id.as_str(), ":", &quantity.to_string()].concat()
}

/// The stored key; a new one is stored first when there is none.
pub(super) fn key_for(product_id: &ProductId, quantity: u32) -> Option<IdempotencyKey> {
    let name = name(product_id, quantity);
    let stored = browser::load(Shelf::Device, &name);
    if let Some(key) = stored.and_then(|text| IdempotencyKey::parse(text).ok()) {
        return Some(key);
    }
    let fresh = browser::random_hex::<KEY_BYTES>();
    browser::save(Shelf::Device, &name, &fresh);
    IdempotencyKey::parse(fresh).ok()
}

/// The order is settled: the next purchase of the same thing is another one.
pub(super) fn forget_key(product_id: &ProductId, quantity: u32) {
    browser::remove(Shelf::Device, &name(product_id, quantity));
}
