//! Money on its way back to the buyer.

use serde::{Deserialize, Serialize};

use crate::{Fen, UnixMillis};

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Decided here or accepted by WeChat; the money has not arrived.
    Processing,
    /// WeChat says that the buyer has the money.
    Succeeded,
    /// WeChat could not send it back; people look into it.
    Failed,
}

/// One sum that goes back to the buyer, in full or in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundView {
    /// The refund's number, `out_refund_no` at WeChat.
    pub out_refund_no: String,
    /// How much.
    pub amount: Fen,
    /// Where it stands.
    pub status: RefundStatus,
    /// When it was decided.
    pub requested_at: UnixMillis,
    /// When it ended, well or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UnixMillis>,
}
