//! One refund of a trade.

use url::Url;
use wechat_checkout_protocol::{Fen, UnixMillis};

/// `refund_status` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefundStatus {
    /// Accepted; the money is on its way.
    Processing,
    /// The money is back.
    Success,
    /// 退款异常: the bank did not take it; people have to act.
    Abnormal,
}

impl RefundStatus {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            RefundStatus::Processing => "PROCESSING",
            RefundStatus::Success => "SUCCESS",
            RefundStatus::Abnormal => "CHANGE",
        }
    }
}

/// A refund and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub(crate) out_refund_no: String,
    pub(crate) refund_id: String,
    pub(crate) refund_fee: Fen,
    pub(crate) status: RefundStatus,
    pub(crate) requested_at: UnixMillis,
    /// When it reached its end; `None` while it is processing.
    pub(crate) completed_at: Option<UnixMillis>,
    pub(crate) notify_url: Option<Url>,
}
