//! Words shared by the page and the server: money, ids, messages, routes.
//!
//! Nothing here does I/O, reads a clock or knows a secret, so the page can link all of it.
//! Every type parses on deserialisation: a value that exists has passed its checks.

pub mod benefit;
pub mod bridge;
pub mod catalog;
pub mod ids;
pub mod money;
pub mod order;
pub mod problem;
pub mod refund;
pub mod routes;
pub mod session;
pub mod text;
pub mod time;
pub mod watch;

pub use benefit::{Benefit, BenefitsView};
pub use bridge::{BridgeOutcome, BridgeParams, ReportOutcome};
pub use catalog::{CatalogView, ProductKind, ProductView};
pub use ids::{IdempotencyKey, OpenId, OrderId, ProductId};
pub use money::Fen;
pub use order::{
    Attention, LastQuery, OrderListView, OrderStatus, OrderView, PlaceOrder, QueriedState,
};
pub use problem::{ErrorCode, Problem};
pub use refund::{RefundStatus, RefundView};
pub use session::{SessionView, ShopView};
pub use text::{LocalText, Translations};
pub use time::UnixMillis;
pub use watch::{ClientFrame, ServerFrame};
