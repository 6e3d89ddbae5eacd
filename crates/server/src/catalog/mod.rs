//! What is sold: a TOML file, read and checked at start.

mod codes;
mod file;

use std::path::Path;

use wechat_checkout_protocol::{Fen, LocalText, ProductId, ProductKind, Translations};

use crate::order::Goods;
use crate::settings::Mistakes;

/// One thing for sale.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its name in requests.
    pub id: ProductId,
    /// What the buyer reads first.
    pub title: String,
    /// The title in the page's other languages.
    pub title_translations: Translations,
    /// One line on what it gives.
    pub subtitle: String,
    /// The same in the page's other languages.
    pub subtitle_translations: Translations,
    /// More about it.
    pub description: Option<LocalText>,
    /// How long and where it is valid.
    pub validity: Option<LocalText>,
    /// How to use it once it is bought.
    pub how_to_use: Option<LocalText>,
    /// Price of one unit.
    pub price: Fen,
    /// Struck-through price.
    pub price_before: Option<Fen>,
    /// Marked in the shop.
    pub is_best_value: bool,
    /// What one unit delivers.
    pub unit: Unit,
}

/// What one unit of a product delivers.
#[derive(Clone, Debug)]
pub enum Unit {
    /// Days of membership.
    Vip {
        /// Days per unit.
        days: u32,
    },
    /// One voucher code out of a list.
    Voucher {
        /// Codes to have in stock; those the store knows already are left alone.
        codes: Vec<String>,
    },
}

impl Product {
    /// Its kind as the page knows it.
    #[must_use]
    pub const fn kind(&self) -> ProductKind {
        match self.unit {
            Unit::Vip { .. } => ProductKind::Vip,
            Unit::Voucher { .. } => ProductKind::Voucher,
        }
    }

    /// Days of membership that one unit gives.
    #[must_use]
    pub const fn vip_days(&self) -> Option<u32> {
        match self.unit {
            Unit::Vip { days } => Some(days),
            Unit::Voucher { .. } => None,
        }
    }

    /// What a number of units delivers; `None` when that is absurdly much.
    #[must_use]
    pub fn goods(&self, quantity: u32) -> Option<Goods> {
        match self.unit {
            Unit::Vip { days } => days.checked_mul(quantity).map(|days| Goods::Vip { days }),
            Unit::Voucher { .. } => Some(Goods::Vouchers { count: quantity }),
        }
    }
}

/// All products, in the order the shop shows them.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Never empty.
    pub products: Vec<Product>,
}

impl Catalog {
    /// Finds a product.
    #[must_use]
    pub fn product(&self, id: &ProductId) -> Option<&Product> {
        self.products.iter().find(|product| product.id == *id)
    }

    /// Reads and checks a catalogue file and the files of codes that it names.
    ///
    /// # Errors
    /// Every mistake in them, each with its place and its fix.
    pub fn load(path: &Path) -> Result<Catalog, Mistakes> {
        file::load(path)
    }
}
