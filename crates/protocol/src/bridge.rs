//! The call into the WeChat app and what comes back.

use serde::{Deserialize, Serialize};

/// Parameters of `getBrandWCPayRequest`: every value a string, WeChat's exact spelling.
///
/// A number in `timeStamp` or a lower-case `appid` makes some WeChat versions refuse the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BridgeParams {
    /// The appid that the order was placed with.
    pub app_id: String,
    /// Unix seconds, ten digits.
    pub time_stamp: String,
    /// Random text.
    pub nonce_str: String,
    /// `prepay_id=` and the id.
    pub package: String,
    /// `MD5` or `HMAC-SHA256`, the same as the order's.
    pub sign_type: String,
    /// Signature over the five fields above.
    pub pay_sign: String,
}

/// What the bridge said, by WeChat's own result policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BridgeOutcome {
    /// The client believes that it was paid. Not evidence.
    Ok,
    /// The buyer closed the sheet.
    Cancel,
    /// The sheet or the bridge reported an error.
    Fail,
    /// An answer that nobody documented.
    Unknown,
    /// No answer within the page's patience.
    NoAnswer,
}

/// Body of `POST /api/orders/{id}/report`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportOutcome {
    /// The judged outcome.
    pub outcome: BridgeOutcome,
    /// `err_msg`, `err_code` and `err_desc` as received, for support; at most
    /// [`ReportOutcome::RAW_BYTES_MAX`] bytes.
    #[serde(default)]
    pub raw: String,
}

impl ReportOutcome {
    /// A longer raw answer is cut by the page and refused by the server.
    pub const RAW_BYTES_MAX: usize = 1024;
}
