//! What goes on without a request.

mod inquire;

pub use inquire::inquire_when_due;
