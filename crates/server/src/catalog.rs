//! What is sold: a TOML file, read and checked at start.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use wechat_checkout_protocol::{Fen, LocalText, PlaceOrder, ProductId, ProductKind, Translations};

use crate::order::Goods;
use crate::shop_text::{Length, ShopText};

/// A membership longer than this in one unit is a typing mistake.
const VIP_DAYS_MAX: u32 = 3_660;
/// More codes than this in one file are a mistake, too.
const CODES_MAX: usize = 1_000_000;
/// WeChat's limit for `body`, in bytes of UTF-8.
const TITLE: Length = Length::Bytes(127);
const LINE: Length = Length::Characters(120);
const PARAGRAPH: Length = Length::Characters(1_000);

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

    /// Reads and checks a catalogue file.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, or describes something that cannot be sold.
    pub fn load(path: &Path) -> Result<Catalog, CatalogError> {
        let text = std::fs::read_to_string(path).map_err(|source| CatalogError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let file: CatalogFile = toml::from_str(&text).map_err(|source| CatalogError::NotToml {
            path: path.to_owned(),
            source,
        })?;
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        let products = file
            .product
            .into_iter()
            .map(|entry| entry.check(folder))
            .collect::<Result<Vec<_>, _>>()?;
        check_whole(&products)?;
        Ok(Catalog { products })
    }
}

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// No such file, or no permission.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML, or a key is missing, unknown or of the wrong kind.
    #[error("{} is not a catalogue", path.display())]
    NotToml {
        /// Which file.
        path: PathBuf,
        /// Line and reason.
        source: toml::de::Error,
    },
    /// An entry that makes no sense.
    #[error("product `{id}`: {mistake}")]
    Product {
        /// Which entry.
        id: String,
        /// What is wrong, and what to write instead.
        mistake: String,
    },
    /// A mistake of the file as a whole.
    #[error("{0}")]
    Whole(&'static str),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogFile {
    #[serde(default)]
    product: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    kind: ProductKind,
    title: ShopText,
    subtitle: Option<ShopText>,
    description: Option<ShopText>,
    validity: Option<ShopText>,
    how_to_use: Option<ShopText>,
    price: Fen,
    price_before: Option<Fen>,
    #[serde(default)]
    best_value: bool,
    vip_days: Option<u32>,
    codes_file: Option<PathBuf>,
}

impl Entry {
    fn check(self, folder: &Path) -> Result<Product, CatalogError> {
        let mistake = |mistake: &str| CatalogError::Product {
            id: self.id.clone(),
            mistake: mistake.to_owned(),
        };
        let id = ProductId::parse(self.id.as_str())
            .map_err(|_| mistake("`id` takes lower-case letters, digits and `-`, at most 48"))?;
        let text = |key, text: Option<ShopText>, length| {
            text.map(|text| text.check(length))
                .transpose()
                .map_err(|error| mistake(&format!("`{key}` {error}")))
        };
        let title = text("title", Some(self.title), TITLE)?;
        let subtitle = text("subtitle", self.subtitle, LINE)?;
        let description = text("description", self.description, PARAGRAPH)?;
        let validity = text("validity", self.validity, LINE)?;
        let how_to_use = text("how_to_use", self.how_to_use, PARAGRAPH)?;
        let (title, title_translations) = apart(title);
        let (subtitle, subtitle_translations) = apart(subtitle);
        if self.price == Fen::ZERO {
            return Err(mistake(
                "`price` is in fen and at least 1: WeChat refuses free orders",
            ));
        }
        if self.price.checked_mul(PlaceOrder::QUANTITY_MAX).is_none() {
            return Err(mistake("`price` is in fen and too large to sell twenty of"));
        }
        if self.price_before.is_some_and(|before| before <= self.price) {
            return Err(mistake("`price_before` must be above `price`"));
        }
        let unit = match (self.kind, self.vip_days, &self.codes_file) {
            (ProductKind::Vip, Some(days @ 1..=VIP_DAYS_MAX), None) => Unit::Vip { days },
            (ProductKind::Vip, _, _) => {
                return Err(mistake(
                    "`kind = \"vip\"` needs `vip_days` from 1 to 3660, and no `codes_file`",
                ));
            }
            (ProductKind::Voucher, None, Some(file)) => Unit::Voucher {
                codes: read_codes(&folder.join(file), &self.id)?,
            },
            (ProductKind::Voucher, _, _) => {
                return Err(mistake(
                    "`kind = \"voucher\"` needs `codes_file`, and no `vip_days`",
                ));
            }
        };
        Ok(Product {
            id,
            title,
            title_translations,
            subtitle,
            subtitle_translations,
            description,
            validity,
            how_to_use,
            price: self.price,
            price_before: self.price_before,
            is_best_value: self.best_value,
            unit,
        })
    }
}

/// The Simplified Chinese text, and the others; empty when there is none.
fn apart(text: Option<LocalText>) -> (String, Translations) {
    text.map_or_else(Default::default, |LocalText { zh_cn, zh_tw, en }| {
        (zh_cn, Translations { zh_tw, en })
    })
}

/// One code a line; empty lines and lines starting with `#` are skipped.
fn read_codes(path: &Path, id: &str) -> Result<Vec<String>, CatalogError> {
    let text = std::fs::read_to_string(path).map_err(|source| CatalogError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let codes: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    let mistake = |mistake: &str| CatalogError::Product {
        id: id.to_owned(),
        mistake: mistake.to_owned(),
    };
    if codes.len() > CODES_MAX {
        return Err(mistake("`codes_file` holds more than a million codes"));
    }
    if codes
        .iter()
        .any(|code| code.len() > 64 || !code.bytes().all(|byte| byte.is_ascii_graphic()))
    {
        return Err(mistake("a code takes at most 64 visible ASCII characters"));
    }
    if codes.iter().collect::<HashSet<_>>().len() != codes.len() {
        return Err(mistake("`codes_file` holds one code twice"));
    }
    Ok(codes)
}

fn check_whole(products: &[Product]) -> Result<(), CatalogError> {
    if products.is_empty() {
        return Err(CatalogError::Whole(
            "the catalogue sells nothing: add a [[product]]",
        ));
    }
    if products
        .iter()
        .map(|product| &product.id)
        .collect::<HashSet<_>>()
        .len()
        != products.len()
    {
        return Err(CatalogError::Whole("two products share one `id`"));
    }
    let mut codes = products.iter().flat_map(|product| match &product.unit {
        Unit::Vip { .. } => [].iter(),
        Unit::Voucher { codes } => codes.iter(),
    });
    let mut seen = HashSet::new();
    if codes.all(|code| seen.insert(code)) {
        Ok(())
    } else {
        Err(CatalogError::Whole(
            "one voucher code stands in the files of two products",
        ))
    }
}
