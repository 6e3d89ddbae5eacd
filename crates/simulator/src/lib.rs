//! WeChat on a laptop: the v2 gateway, OAuth, the notification courier and the in-app browser.
//!
//! ```text
//! merchant's server ──/pay/…──▶ gateway_api ─▶ platform (clock, ledger, agenda) ─▶ courier ──▶ notify_url
//! browser ──▶ client (proxy, bridge, sheet) ─▶ platform
//! tests and people ──▶ control (HTTP) or Simulator (Rust) ─▶ platform
//! ```
//!
//! One process, no files, no network beyond what it is told to talk to.

mod account;
mod agenda;
mod agent;
mod buyer;
mod client;
mod clock;
mod control;
mod courier;
mod date;
pub mod demo;
mod gateway_api;
mod guard;
mod ledger;
mod listener;
mod oauth;
mod platform;
mod request_log;
mod scenario;
mod simulator;
mod tls;
mod web_pay;

pub use account::{AccountError, MerchantAccount};
pub use agent::{Agent, UnknownAgent};
pub use client::Drawer;
pub use clock::{Clock, Pace};
pub use control::view::{NotificationView, RefundView, TradeView};
pub use courier::outbox::{Attempt, NotificationKind, NotificationStatus};
pub use guard::CONTROL_HEADER;
pub use request_log::{RequestEntry, SignatureVerdict};
pub use scenario::{Scenario, UnknownScenario};
pub use simulator::{PayError, Simulator, SimulatorConfig, StartError};
pub use tls::{TlsConfig, TlsError};
