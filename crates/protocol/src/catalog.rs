//! What is sold.

use serde::{Deserialize, Serialize};

use crate::{Fen, LocalText, ProductId, Translations};

/// The two kinds of goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProductKind {
    /// VIP service (会员): time added to the buyer's membership.
    Vip,
    /// A voucher (凭证): one code per unit from stock.
    Voucher,
}

/// One product as the shop shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductView {
    /// Names the product in [`crate::PlaceOrder`].
    pub id: ProductId,
    /// VIP time or voucher.
    pub kind: ProductKind,
    /// What the buyer reads first, for example `VIP 月度会员`.
    pub title: String,
    /// The same in the page's other languages.
    #[serde(default, skip_serializing_if = "Translations::is_empty")]
    pub title_translations: Translations,
    /// One line on what it gives; may be empty.
    pub subtitle: String,
    /// The same in the page's other languages.
    #[serde(default, skip_serializing_if = "Translations::is_empty")]
    pub subtitle_translations: Translations,
    /// More about it, where the shop says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<LocalText>,
    /// How long and where it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<LocalText>,
    /// How to use it once it is bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how_to_use: Option<LocalText>,
    /// Days of membership that one unit gives; `None` for vouchers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vip_days: Option<u32>,
    /// Price of one unit.
    pub price: Fen,
    /// Price before a reduction, shown struck through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_before: Option<Fen>,
    /// Whether the shop marks it as the best value.
    #[serde(default)]
    pub is_best_value: bool,
    /// Units that can still be ordered; `None` when the stock has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock_left: Option<u32>,
}

/// Answer of `GET /api/catalog`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogView {
    /// Who sells, as WeChat's sheet names him.
    pub merchant_name: String,
    /// In the order the shop shows them.
    pub products: Vec<ProductView>,
}
