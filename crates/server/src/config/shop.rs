//! What buyers read about the shop: its name, where to turn to, what it calls its vouchers.

use url::Url;
use wechat_checkout_protocol::{LocalText, ShopView};

use super::ConfigError;
use super::check::mistake;
use super::file::ShopSection;
use crate::shop_text::{Length, ShopText};

const NAME_BYTES_MAX: usize = 64;
const CONTACT_BYTES_MAX: usize = 512;
const VOUCHER_NAME: Length = Length::Characters(16);
/// Without the `+`: what ITU-T E.164 allows, and the shortest numbers of services.
const TELEPHONE_DIGITS: std::ops::RangeInclusive<usize> = 5..=15;
/// What the page calls vouchers by itself, in each of its languages.
const VOUCHER_NAME_USUAL: &str = "兑换券";

pub(super) fn check(name: String, section: ShopSection) -> Result<ShopView, ConfigError> {
    if name.is_empty() || name.len() > NAME_BYTES_MAX {
        return Err(mistake(
            "merchant.name",
            "takes 1 to 64 bytes (21 Chinese characters)",
        ));
    }
    Ok(ShopView {
        name,
        contact: section.contact.as_deref().map(contact).transpose()?,
        voucher_name: voucher_name(section.voucher_name)?,
    })
}

/// An https address as it is, or a telephone number as people write it.
fn contact(text: &str) -> Result<String, ConfigError> {
    let text = text.trim();
    let is_https = Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    if is_https && text.len() <= CONTACT_BYTES_MAX {
        return Ok(text.to_owned());
    }
    telephone(text.strip_prefix("tel:").unwrap_or(text)).ok_or_else(|| {
        mistake(
            "shop.contact",
            "takes an https address or a telephone number, for example \"+86 755 1234 5678\"",
        )
    })
}

fn telephone(text: &str) -> Option<String> {
    let (plus, rest) = text
        .strip_prefix('+')
        .map_or(("", text), |rest| ("+", rest));
    let written = |one: char| matches!(one, ' ' | '-' | '(' | ')');
    let digits: String = rest.chars().filter(|one| !written(*one)).collect();
    let is_number = TELEPHONE_DIGITS.contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| ["tel:", plus, &digits].concat())
}

/// `None` where the page says it by itself.
fn voucher_name(written: Option<ShopText>) -> Result<Option<LocalText>, ConfigError> {
    let name = written
        .map(|text| text.check(VOUCHER_NAME))
        .transpose()
        .map_err(|error| mistake("shop.voucher_name", error.to_string()))?;
    let is_usual = |name: &LocalText| {
        name.zh_cn == VOUCHER_NAME_USUAL && name.zh_tw.is_none() && name.en.is_none()
    };
    Ok(name.filter(|name| !is_usual(name)))
}
