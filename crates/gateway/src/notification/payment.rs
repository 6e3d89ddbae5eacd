//! The payment notification (支付结果通知): raw bytes to a verified payment.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_7>.

use wechat_checkout_protocol::Fen;

use crate::coupon::{self, Coupon};
use crate::fields::{self, FieldError};
use crate::merchant::VerifyError;
use crate::xml::{self, XmlError};
use crate::{Merchant, Params, Payment, Verified};

/// A payment notification, every field that it can have. Amounts are in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentNotification {
    /// The payment itself.
    pub payment: Payment,
    /// 应结订单金额: the total without the coupons that nobody paid for.
    pub settlement_total_fee: Option<Fen>,
    /// Currency of `cash_fee`.
    pub cash_fee_type: Option<String>,
    /// Whether the buyer follows the official account (`Y` or `N`).
    pub is_subscribe: Option<String>,
    /// 设备号.
    pub device_info: Option<String>,
    /// 代金券金额: `cash_fee` and this make `total_fee`.
    pub coupon_fee: Option<Fen>,
    /// Coupons that paid for a part.
    pub coupons: Vec<Coupon>,
    /// 单品优惠详情: JSON, only for orders with a `version`.
    pub promotion_detail: Option<String>,
    /// Every parameter as received, also those that nobody documented.
    pub params: Params,
}

impl Verified<PaymentNotification> {
    /// The payment alone, still verified.
    #[must_use]
    pub fn payment(self) -> Verified<Payment> {
        Verified::new(self.into_inner().payment)
    }
}

/// Why a notification is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// Not WeChat's XML.
    #[error("notification is not readable")]
    Unreadable(#[from] XmlError),
    /// `return_code` is not `SUCCESS`: a message without content and without signature.
    #[error("notification reports a communication failure")]
    CommunicationFailed,
    /// Not from WeChat, or not for us.
    #[error("notification is not verified")]
    Unverified(#[from] VerifyError),
    /// Verified, but `result_code` is not `SUCCESS`: nothing was paid.
    #[error("notification does not report a payment")]
    NotPaid,
    /// Verified, but without what every payment has.
    #[error("notification is incomplete")]
    Incomplete(#[from] FieldError),
}

/// Reads and verifies the body of a payment notification.
///
/// What is left to the caller: that the order exists, and that `total_fee`, `fee_type` and
/// `openid` are the order's.
///
/// # Errors
/// Nothing in the message may be used then, not even its order number.
pub fn read_payment(
    merchant: &Merchant,
    body: &[u8],
) -> Result<Verified<PaymentNotification>, NotificationError> {
    let params = xml::read(body)?;
    if params.get("return_code") != Some("SUCCESS") {
        return Err(NotificationError::CommunicationFailed);
    }
    let params = merchant.verify_addressed(params)?;
    if params.get("result_code") != Some("SUCCESS") {
        return Err(NotificationError::NotPaid);
    }
    let params = params.into_inner();
    Ok(Verified::new(PaymentNotification {
        payment: Payment::from_params(&params)?,
        settlement_total_fee: fields::fen(&params, "settlement_total_fee")?,
        cash_fee_type: fields::text(&params, "cash_fee_type"),
        is_subscribe: fields::text(&params, "is_subscribe"),
        device_info: fields::text(&params, "device_info"),
        coupon_fee: fields::fen(&params, "coupon_fee")?,
        coupons: coupon::of_payment(&params)?,
        promotion_detail: fields::text(&params, "promotion_detail"),
        params,
    }))
}
