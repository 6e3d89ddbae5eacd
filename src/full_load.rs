//! Loads the page in full where WeChat would otherwise judge an address that the buyer has left, and
//! makes sure that it happens once.

use crate::browser::{self, Shelf};

/// The address that was loaded in full last for this reason.
const LOADED: &str = "loaded-in-full";

/// Loads the present address in full when that lets a payment through that WeChat for iOS would
/// refuse: see [`needs_full_load`](crate::pay_directory::PayAddresses::needs_full_load). `true`: the
/// browser is leaving the page.
///
/// To be called before there is something to lose: the buyer's input, or an open sheet. An address
/// that was loaded already is not loaded again, whatever the browser says of it afterwards.
pub fn load_in_full_if_needed(registered: Option<&str>) -> bool {
    let addresses = browser::pay_addresses();
    if !addresses.needs_full_load(registered) {
        return false;
    }
    if browser::load(Shelf::Session, LOADED).as_deref() == Some(&addresses.present) {
        browser::log_warning(&addresses.advice());
        return false;
    }
    browser::save(Shelf::Session, LOADED, &addresses.present);
    if browser::load(Shelf::Session, LOADED).as_deref() != Some(&addresses.present) {
        // A storage that keeps nothing could not stop the second load.
        browser::log_warning(&addresses.advice());
        return false;
    }
    browser::load_in_full();
    true
}
