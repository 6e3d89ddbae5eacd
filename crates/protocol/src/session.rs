//! Who is buying.

use serde::{Deserialize, Serialize};

/// Answer of `GET /api/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// Whether there is a buyer; if not, the page goes to [`crate::routes::OAUTH_START`].
    pub is_signed_in: bool,
    /// Opens watch sockets of this buyer's orders. A cookie would not do: it does not survive
    /// every development proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch_token: Option<String>,
}
