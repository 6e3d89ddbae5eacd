//! The checkout machine: from "the buyer wants this" to "the server says how it ended".
//!
//! ```text
//!              ┌────────── Issuing ──────────┐            ┌─ NotYetConfirmed
//!   Started ───┤                             ├─ Payable ──┤        ▲
//!              └────────── Loading ──────────┘   ▲   │    │        │ window ends
//!                   │ refused                    │   ▼ tap│        │
//!                   ▼               cancel ──────┴ SheetOpen ─ Confirming ──┐
//!                 Halted                             │ never opened         │
//!                                                    ▼                      ▼
//!                                                  Failed               Settled (the server's word)
//! ```
//!
//! [`transition`] is pure: no clock, no network, no JavaScript. Time comes in with every call, wishes go
//! out as [`Effect`]s, and the hook performs them. **Invariant:** only an order view made by the
//! server moves anything to [`Stage::Settled`]; nothing the bridge says does.

mod effect;
mod entering;
mod event;
mod holding;
mod money;
mod reason;
mod sheet;
mod side_calls;
mod state;
mod timing;
mod transition;
mod trouble;

pub use effect::{CheckoutEvent, Effect, Timer};
pub use event::{Event, SheetAnswer, Start};
pub use money::Money;
pub use reason::FailReason;
pub use state::{Asking, Checkout, HeldBridge, Holding, Link, Notice, Stage};
pub use timing::{
    BRIDGE_FRESH_MS, CONFIRMING_FAIL_MS, CONFIRMING_MS, NO_ANSWER_MS, PAY_AGAIN_FAIL_MS,
    PAY_AGAIN_MS, RETRIES_MAX, RETRY_AFTER_MS_MAX, RETURNED_MS, retry_delay_ms,
};
pub use transition::{Transition, transition};
pub use trouble::{Recovery, Trouble, TroubleKind};
