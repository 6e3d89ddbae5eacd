//! Every life an order can have. Pure: no clock, no SQL, no network, no serde.
//!
//! Read in this order: [`Order`] (what an order is), [`OrderEvent`] (what can happen to it),
//! [`decide`] (what follows), [`inquiry`] (when an order without news is asked about).

mod asking;
mod decision;
mod event;
pub mod inquiry;
pub mod membership;
mod payment;
mod record;
mod refund;
mod transition;

pub use decision::{Change, Decision, Effect, Facts, KnownRefund, OwedRefund, Refusal};
pub use event::{
    AskedRefund, OrderEvent, PaymentEvidence, QueryAnswer, RefundEnding, RefundOf, SettledRefund,
    StuckRefund,
};
pub use payment::misfit;
pub use record::{Goods, IssuedPrepay, Misfit, Order, Terms};
pub use transition::decide;
