//! The mark of what has passed the signature check.

use std::ops::Deref;

/// A value that came out of a message whose signature, appid and merchant number were right.
///
/// Only this crate makes one, so a function that takes `Verified<Payment>` cannot be handed a
/// forged payment, however its caller is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    pub(crate) fn new(value: T) -> Verified<T> {
        Verified(value)
    }

    /// Gives up the mark.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
