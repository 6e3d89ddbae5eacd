//! The catalogue as written: `[[product]]` after `[[product]]`, every mistake noted in one go.

use std::collections::BTreeMap;
use std::path::Path;

use wechat_checkout_protocol::{Fen, LocalText, PlaceOrder, ProductId, ProductKind, Translations};

use super::codes::{CodesFile, check_codes};
use super::{Catalog, Product, Unit};
use crate::settings::{Document, Mistakes, Place, Read, Table, UnknownKey, Value, Written};
use crate::shop_text::{Length, shop_text};

const KEYS: [&str; 13] = [
    "product.id",
    "product.kind",
    "product.title",
    "product.subtitle",
    "product.description",
    "product.validity",
    "product.how_to_use",
    "product.price",
    "product.price_before",
    "product.best_value",
    "product.vip_days",
    "product.codes_file",
    "product",
];

/// A membership longer than this in one unit is a typing mistake.
const VIP_DAYS: std::ops::RangeInclusive<i64> = 1..=3_660;
/// WeChat's limit for `body`, in bytes of UTF-8.
const TITLE: Length = Length::Bytes(127);
const LINE: Length = Length::Characters(120);
const PARAGRAPH: Length = Length::Characters(1_000);

pub(super) fn load(path: &Path) -> Result<Catalog, Mistakes> {
    let mut document = Document::read(path, &KEYS, "`catalog` takes its path");
    let mut reader = Reader {
        folder: path.parent().unwrap_or_else(|| Path::new(".")),
        mistakes: Mistakes::default(),
        ids: BTreeMap::new(),
        codes: Vec::new(),
    };
    let products = reader.products(document.take_root());
    check_codes(&reader.codes, &mut reader.mistakes);
    let mistakes = document.with_mistakes_of_content(reader.mistakes);
    if mistakes.is_empty() {
        Ok(Catalog { products })
    } else {
        Err(mistakes)
    }
}

struct Reader<'a> {
    folder: &'a Path,
    mistakes: Mistakes,
    /// Where each id was written first.
    ids: BTreeMap<String, Place>,
    codes: Vec<CodesFile>,
}

impl Reader<'_> {
    fn products(&mut self, root: Table) -> Vec<Product> {
        let mut products = Vec::new();
        let mut is_empty = true;
        for entry in root.entries {
            if entry.key != "product" {
                let unknown = UnknownKey::among(&entry.key, ["product"].into_iter());
                is_empty &= unknown.meant.is_none();
                self.mistakes
                    .note(entry.place, unknown.shown, unknown.sentence);
                continue;
            }
            is_empty = false;
            let Value::List(items) = entry.written.value else {
                let brackets = "stands in two pairs of brackets: [[product]]";
                self.mistakes.note(entry.place, Some("product"), brackets);
                continue;
            };
            for item in items {
                match item.value {
                    Value::Table(table) => products.extend(self.product(table)),
                    _ => self.mistakes.note(
                        item.place,
                        Some("product"),
                        "takes tables: write [[product]], and its keys in the lines below",
                    ),
                }
            }
        }
        if is_empty {
            let place = root.place;
            self.mistakes
                .note(place, None, "sells nothing: add a [[product]]");
        }
        products
    }

    /// Reads every key before the first of them ends it, so that all mistakes are found.
    fn product(&mut self, table: Table) -> Option<Product> {
        let mut said = self.known(table);
        let id = said.need("id", "\"vip-month\"", self, |reader, written| {
            reader.id(written)
        });
        let kind = said.need("kind", "\"vip\" or \"voucher\"", self, |_, written| {
            kind(written)
        });
        let title = said.need("title", "what buyers read first", self, |_, written| {
            shop_text(written, TITLE)
        });
        let subtitle = said.text("subtitle", LINE, self);
        let description = said.text("description", PARAGRAPH, self);
        let validity = said.text("validity", LINE, self);
        let how_to_use = said.text("how_to_use", PARAGRAPH, self);
        let price = said.need(
            "price",
            "how many fen (分), 1990 for 19.90 yuan",
            self,
            price,
        );
        let price_before = said.take("price_before", self, |_, written| {
            let before = written.fen(Fen::MAX)?;
            if price.is_some_and(|price| before <= price) {
                return Err("must be above `price`: it is shown struck through".to_owned());
            }
            Ok(before)
        });
        let is_best_value = said.take("best_value", self, |_, written| written.switch());
        let unit = match kind {
            Some(ProductKind::Vip) => self.vip(&mut said),
            Some(ProductKind::Voucher) => self.voucher(&mut said),
            None => None,
        };
        let (title, title_translations) = apart(title?);
        let (subtitle, subtitle_translations) = subtitle.map(apart).unwrap_or_default();
        Some(Product {
            id: id?,
            title,
            title_translations,
            subtitle,
            subtitle_translations,
            description,
            validity,
            how_to_use,
            price: price?,
            price_before,
            is_best_value: is_best_value.unwrap_or_default(),
            unit: unit?,
        })
    }

    /// The keys that a product may have; says which others stand there.
    fn known(&mut self, table: Table) -> Said {
        let mut said = Said {
            place: table.place,
            written: BTreeMap::new(),
        };
        let names = KEYS.iter().filter_map(|key| key.strip_prefix("product."));
        let mut misspelt = Vec::new();
        for entry in table.entries {
            if let Some(name) = names.clone().find(|name| *name == entry.key) {
                let _ = said.written.insert(name, entry.written);
                continue;
            }
            let unknown = UnknownKey::among(&entry.key, names.clone());
            self.mistakes
                .note(entry.place, unknown.shown, unknown.sentence);
            misspelt.extend(unknown.meant.map(|meant| (meant, entry.written)));
        }
        for (meant, written) in misspelt {
            let _ = said.written.entry(meant).or_insert(written);
        }
        said
    }

    fn id(&mut self, written: &Written) -> Read<ProductId> {
        let text = written.text()?;
        let id = ProductId::parse(text)
            .map_err(|_| "takes lower-case letters, digits and `-`, at most 48".to_owned())?;
        if let Some(first) = self.ids.get(text) {
            return Err(format!("is the id of another product, too ({first})"));
        }
        let _ = self.ids.insert(text.to_owned(), written.place.clone());
        Ok(id)
    }

    fn vip(&mut self, said: &mut Said) -> Option<Unit> {
        said.refuse(
            "codes_file",
            "belongs to kind = \"voucher\": take it out",
            self,
        );
        let hint = "how many days of membership one unit gives";
        let days = said.need("vip_days", hint, self, |_, written| {
            written.count(VIP_DAYS, "days")
        })?;
        let days = u32::try_from(days).ok()?;
        Some(Unit::Vip { days })
    }

    fn voucher(&mut self, said: &mut Said) -> Option<Unit> {
        said.refuse("vip_days", "belongs to kind = \"vip\": take it out", self);
        let hint = "the file of its codes, one a line";
        let file = said.need("codes_file", hint, self, |reader, written| {
            CodesFile::read(&reader.folder.join(written.text()?), &mut reader.mistakes)
        })?;
        let codes = file.codes();
        self.codes.push(file);
        Some(Unit::Voucher { codes })
    }
}

/// What one product's table says.
struct Said {
    place: Place,
    written: BTreeMap<&'static str, Written>,
}

impl Said {
    fn take<T>(
        &mut self,
        key: &str,
        reader: &mut Reader<'_>,
        read: impl FnOnce(&mut Reader<'_>, &Written) -> Read<T>,
    ) -> Option<T> {
        let written = self.written.remove(key)?;
        match read(reader, &written) {
            Ok(value) => Some(value),
            Err(sentence) => {
                reader.mistakes.note(written.place, Some(key), sentence);
                None
            }
        }
    }

    fn need<T>(
        &mut self,
        key: &str,
        hint: &str,
        reader: &mut Reader<'_>,
        read: impl FnOnce(&mut Reader<'_>, &Written) -> Read<T>,
    ) -> Option<T> {
        if !self.written.contains_key(key) {
            let sentence = format!("is missing: write {hint}");
            reader
                .mistakes
                .note(self.place.clone(), Some(key), sentence);
        }
        self.take(key, reader, read)
    }

    fn text(&mut self, key: &str, length: Length, reader: &mut Reader<'_>) -> Option<LocalText> {
        self.take(key, reader, |_, written| shop_text(written, length))
    }

    fn refuse(&mut self, key: &str, sentence: &str, reader: &mut Reader<'_>) {
        if let Some(written) = self.written.remove(key) {
            reader.mistakes.note(written.place, Some(key), sentence);
        }
    }
}

fn kind(written: &Written) -> Read<ProductKind> {
    match written.text()? {
        "vip" => Ok(ProductKind::Vip),
        "voucher" => Ok(ProductKind::Voucher),
        _ => Err("takes \"vip\" or \"voucher\"".to_owned()),
    }
}

/// As many as a buyer may order at once have a price, too.
fn price(_: &mut Reader<'_>, written: &Written) -> Read<Fen> {
    let most = Fen::MAX.get() / i64::from(PlaceOrder::QUANTITY_MAX);
    written.fen(Fen::new(most).unwrap_or(Fen::MAX))
}

/// The Simplified Chinese text, and the others.
fn apart(text: LocalText) -> (String, Translations) {
    let LocalText { zh_cn, zh_tw, en } = text;
    (zh_cn, Translations { zh_tw, en })
}
