//! What a shop says in its own words: one text, or one in each of the page's languages.

use wechat_checkout_protocol::LocalText;

use crate::settings::{Read, Table, UnknownKey, Value, Written};

/// How long a text may be in each language.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Length {
    /// WeChat counts these.
    Bytes(usize),
    /// The page's lines have room for these.
    Characters(usize),
}

const LANGUAGES: [&str; 3] = ["zh_cn", "zh_tw", "en"];

/// Reads `"中文"`, or `{ zh_cn = "简体", zh_tw = "繁體", en = "English" }`.
pub(crate) fn shop_text(written: &Written, length: Length) -> Read<LocalText> {
    match &written.value {
        Value::Text(_) => Ok(LocalText {
            zh_cn: length.check(written.text()?)?.to_owned(),
            zh_tw: None,
            en: None,
        }),
        Value::Table(table) => translated(table, length),
        Value::Integer(_) | Value::Float(_) | Value::Switch(_) | Value::Date | Value::List(_) => {
            Err("takes a text, \"…\", or one for each language, { zh_cn = \"…\", zh_tw = \"…\", en = \"…\" }".to_owned())
        }
    }
}

fn translated(table: &Table, length: Length) -> Read<LocalText> {
    let mut texts = [None, None, None];
    for entry in &table.entries {
        let Some(language) = LANGUAGES.iter().position(|known| entry.key == *known) else {
            let UnknownKey {
                shown, sentence, ..
            } = UnknownKey::among(&entry.key, LANGUAGES.into_iter());
            let shown = shown.map(|key| format!("`{key}` ")).unwrap_or_default();
            return Err(format!(
                "takes zh_cn, zh_tw and en (in line {}, {shown}{sentence})",
                entry.place.line_number().unwrap_or_default()
            ));
        };
        let text = entry.written.text().and_then(|text| length.check(text));
        let text = text.map_err(|sentence| format!("in {}: {sentence}", entry.key))?;
        texts[language] = Some(text.to_owned());
    }
    let [zh_cn, zh_tw, en] = texts;
    Ok(LocalText {
        zh_cn: zh_cn.ok_or("needs its Simplified Chinese text, zh_cn")?,
        zh_tw,
        en,
    })
}

impl Length {
    pub(crate) fn check(self, text: &str) -> Read<&str> {
        if text.chars().any(|one| one.is_control() && one != '\n') {
            return Err("has a control character in it".to_owned());
        }
        match self {
            Length::Bytes(max) if text.len() > max => Err(format!(
                "takes up to {max} bytes, which are {} Chinese characters",
                max / 3
            )),
            Length::Characters(max) if text.chars().nth(max).is_some() => {
                Err(format!("takes up to {max} characters"))
            }
            Length::Bytes(_) | Length::Characters(_) => Ok(text),
        }
    }
}
