//! Errors as they travel: problem documents (RFC 9457).

use serde::{Deserialize, Serialize};

/// Why a call was refused: a closed set with fixed wire names. The page chooses its words by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The request does not say what the call needs.
    BadRequest,
    /// No session, or it ended: start at `/oauth/start`.
    SignInRequired,
    /// Unknown, or somebody else's: the two look the same.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The body is longer than the call allows.
    BodyTooLarge,
    /// The body is not `application/json`.
    UnsupportedMediaType,
    /// The idempotency key was used for another order.
    IdempotencyConflict,
    /// Nothing left of this product.
    SoldOut,
    /// Too many unpaid orders of one buyer.
    TooManyOpenOrders,
    /// The order cannot be paid (any more).
    OrderNotPayable,
    /// The refund does not fit the order; the detail says why. Operators only.
    RefundRefused,
    /// The origin of the request is not ours.
    ForeignOrigin,
    /// Too many requests: wait.
    TooManyRequests,
    /// WeChat refused the order; the reason is in the server's log under the request id.
    WechatRefused,
    /// WeChat did not answer clearly; asking again is safe.
    WechatUnavailable,
    /// The server cannot work now; asking again is safe.
    Unavailable,
    /// A defect on our side; the cause is in the server's log under the request id.
    Internal,
    /// A code that this build does not know.
    #[serde(other)]
    Unrecognised,
}

/// The body of every refused call, `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// What programs branch on.
    pub code: ErrorCode,
    /// The HTTP status.
    pub status: u16,
    /// A sentence for developers; the buyer's words come from the page.
    pub title: String,
    /// More on this occurrence; never a secret, never another buyer's data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Finds the request in the server's log; the buyer's support code.
    pub request_id: String,
}
