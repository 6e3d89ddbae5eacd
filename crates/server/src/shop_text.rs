//! What a shop says in its own words: one text, or one in each of the page's languages.

use serde::Deserialize;
use wechat_checkout_protocol::LocalText;

/// As written: `"中文"`, or `{ zh_cn = "简体", zh_tw = "繁體", en = "English" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum ShopText {
    Plain(String),
    Local(Translated),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Translated {
    zh_cn: String,
    zh_tw: Option<String>,
    en: Option<String>,
}

/// How long a text may be in each language.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Length {
    /// WeChat counts these.
    Bytes(usize),
    /// The page's lines have room for these.
    Characters(usize),
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ShopTextError {
    #[error("has an empty text: leave the language out instead")]
    Empty,
    #[error("takes up to {max} bytes, which are {} Chinese characters", max / 3)]
    Bytes { max: usize },
    #[error("takes up to {max} characters")]
    Characters { max: usize },
    #[error("has a control character in it")]
    Control,
}

impl ShopText {
    /// The text as the page gets it.
    pub(crate) fn check(self, length: Length) -> Result<LocalText, ShopTextError> {
        let Translated { zh_cn, zh_tw, en } = match self {
            ShopText::Plain(zh_cn) => Translated {
                zh_cn,
                zh_tw: None,
                en: None,
            },
            ShopText::Local(texts) => texts,
        };
        let fits = |text: String| length.check(text.trim());
        Ok(LocalText {
            zh_cn: fits(zh_cn)?,
            zh_tw: zh_tw.map(fits).transpose()?,
            en: en.map(fits).transpose()?,
        })
    }
}

impl Length {
    fn check(self, text: &str) -> Result<String, ShopTextError> {
        if text.is_empty() {
            return Err(ShopTextError::Empty);
        }
        if text.chars().any(|one| one.is_control() && one != '\n') {
            return Err(ShopTextError::Control);
        }
        match self {
            Length::Bytes(max) if text.len() > max => Err(ShopTextError::Bytes { max }),
            Length::Characters(max) if text.chars().nth(max).is_some() => {
                Err(ShopTextError::Characters { max })
            }
            Length::Bytes(_) | Length::Characters(_) => Ok(text.to_owned()),
        }
    }
}
