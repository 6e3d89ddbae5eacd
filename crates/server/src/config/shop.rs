//! What buyers read about the shop: its name, where to turn to, what it calls its vouchers.

use url::Url;
use wechat_checkout_protocol::{LocalText, ShopView};

use super::keys;
use super::sources::Sources;
use crate::settings::{Read, Written};
use crate::shop_text::{Length, shop_text};

const NAME: Length = Length::Bytes(64);
const CONTACT_BYTES_MAX: usize = 512;
const VOUCHER_NAME: Length = Length::Characters(16);
/// Without the `+`: what ITU-T E.164 allows, and the shortest numbers of services.
const TELEPHONE_DIGITS: std::ops::RangeInclusive<usize> = 5..=15;
/// What the page calls vouchers by itself, in each of its languages.
const VOUCHER_NAME_USUAL: &str = "兑换券";

pub(super) fn check(sources: &mut Sources) -> Option<ShopView> {
    let name = sources.take(keys::NAME, |written| {
        NAME.check(written.text()?).map(str::to_owned)
    });
    let contact = sources.take(keys::CONTACT, contact);
    let voucher_name = sources.take(keys::VOUCHER_NAME, |written| {
        shop_text(written, VOUCHER_NAME)
    });
    Some(ShopView {
        name: name?,
        contact,
        voucher_name: voucher_name.filter(|name| !is_usual(name)),
    })
}

/// An https address as it is, or a telephone number as people write it.
fn contact(written: &Written) -> Read<String> {
    let text = written.text()?;
    let is_https = Url::parse(text)
        .is_ok_and(|url| url.scheme() == "https" && url.has_host() && url.username().is_empty());
    if is_https && text.len() <= CONTACT_BYTES_MAX {
        return Ok(text.to_owned());
    }
    telephone(text.strip_prefix("tel:").unwrap_or(text)).ok_or_else(|| {
        "takes an https address or a telephone number, for example \"+86 755 1234 5678\"".to_owned()
    })
}

fn telephone(text: &str) -> Option<String> {
    let (plus, rest) = text
        .strip_prefix('+')
        .map_or(("", text), |rest| ("+", rest));
    let between = |one: char| matches!(one, ' ' | '-' | '(' | ')');
    let digits: String = rest.chars().filter(|one| !between(*one)).collect();
    let is_number = TELEPHONE_DIGITS.contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| ["tel:", plus, &digits].concat())
}

/// Where the page says it by itself.
fn is_usual(name: &LocalText) -> bool {
    name.zh_cn == VOUCHER_NAME_USUAL && name.zh_tw.is_none() && name.en.is_none()
}
