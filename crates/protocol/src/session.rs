//! Who is buying.

use serde::{Deserialize, Serialize};

use crate::LocalText;

/// Answer of `GET /api/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// Whether there is a buyer; if not, the page goes to [`crate::routes::OAUTH_START`].
    pub is_signed_in: bool,
    /// Whose shop it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<ShopView>,
}

/// The shop, as every screen may need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopView {
    /// Who sells, as WeChat's sheet names it.
    pub name: String,
    /// Where buyers turn to: an https address, or a telephone number as `tel:+8675512345678`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// What the shop calls vouchers, where that is not 兑换券.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher_name: Option<LocalText>,
}
