//! The headless checkout: state and actions, no screen.

use std::rc::Rc;

use wechat_checkout_protocol::UnixMillis;
use yew::prelude::*;

use super::driver::Driver;
use crate::{
    api::ApiClient,
    browser,
    checkout::{Checkout, CheckoutEvent, Event, Start},
};

/// One running checkout.
#[derive(Clone)]
pub struct CheckoutHandle {
    driver: Rc<Driver>,
}

impl From<&Rc<Driver>> for CheckoutHandle {
    fn from(driver: &Rc<Driver>) -> CheckoutHandle {
        CheckoutHandle {
            driver: Rc::clone(driver),
        }
    }
}

impl std::fmt::Debug for CheckoutHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckoutHandle")
            .field("state", &self.driver.state())
            .finish_non_exhaustive()
    }
}

impl CheckoutHandle {
    /// What the machine knows.
    #[must_use]
    pub fn state(&self) -> Rc<Checkout> {
        self.driver.state()
    }

    /// The device's clock, as the machine reads it.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        browser::now()
    }

    /// Opens the pay sheet. Call it directly from the buyer's tap, not from a task.
    pub fn pay(&self) {
        self.driver.dispatch(Event::PayTapped);
    }

    /// Tries, checks or orders again, whichever the present state offers.
    pub fn retry(&self) {
        self.driver.dispatch(Event::RetryTapped);
    }
}

/// Runs a checkout for as long as the component lives; a changed `start` starts over.
#[hook]
pub fn use_checkout(
    start: Option<Start>,
    api: ApiClient,
    can_sign_in: bool,
    on_event: Callback<CheckoutEvent>,
) -> CheckoutHandle {
    let update = use_force_update();
    let driver = use_memo((api, can_sign_in), |(api, can_sign_in)| {
        Driver::new(
            api.clone(),
            *can_sign_in,
            Box::new(move || update.force_update()),
        )
    });
    let driver = Rc::clone(&*driver);
    driver.set_listener(on_event);
    use_effect_with((start, Rc::as_ptr(&driver)), {
        let driver = Rc::clone(&driver);
        move |(start, _)| {
            if let Some(start) = start {
                driver.dispatch(Event::Started(start.clone()));
            }
        }
    });
    use_effect_with(Rc::as_ptr(&driver), {
        let driver = Rc::clone(&driver);
        move |_| move || driver.close()
    });
    CheckoutHandle::from(&driver)
}
