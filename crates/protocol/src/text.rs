//! What the shop says in the page's three languages.

use serde::{Deserialize, Serialize};

/// A text of the shop in Traditional Chinese and English, beside the Simplified Chinese one that it
/// translates. What is missing is shown in Simplified Chinese.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Translations {
    /// Traditional Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh_tw: Option<String>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Translations {
    /// Whether there is only the Simplified Chinese text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.zh_tw.is_none() && self.en.is_none()
    }
}

/// A text of the shop with its translations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocalText {
    /// Simplified Chinese.
    pub zh_cn: String,
    /// Traditional Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh_tw: Option<String>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}
