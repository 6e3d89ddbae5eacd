//! What a buyer receives for his money.

use serde::{Deserialize, Serialize};

use crate::{OrderId, UnixMillis};

/// One thing delivered by an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Benefit {
    /// Membership, extended by this order.
    Vip {
        /// End of the membership after this order.
        until: UnixMillis,
    },
    /// One voucher.
    Voucher {
        /// The code to show or copy.
        code: String,
    },
}

/// A voucher that the buyer owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnedVoucher {
    /// The order that bought it.
    pub order_id: OrderId,
    /// Title of the product.
    pub title: String,
    /// The code to show or copy.
    pub code: String,
}

/// Answer of `GET /api/benefits`: what the buyer owns now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BenefitsView {
    /// End of the membership; `None` when the buyer never had one. May lie in the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vip_until: Option<UnixMillis>,
    /// Newest first.
    pub vouchers: Vec<OwnedVoucher>,
}
