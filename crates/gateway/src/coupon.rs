//! Coupons (代金券) in payments and refunds: the numbered parameters `coupon_…_$n`.

use wechat_checkout_protocol::Fen;

use crate::Params;
use crate::fields::{self, FieldError};

/// More coupons on one payment than WeChat combines; a larger count is a broken message.
pub const COUPONS_MAX: u32 = 100;

/// One coupon that paid for a part. WeChat omits any of its fields at times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupon {
    /// `coupon_type_$n`: who paid for it.
    pub kind: Option<CouponKind>,
    /// `coupon_id_$n`, or `coupon_refund_id_$n`.
    pub id: Option<String>,
    /// `coupon_fee_$n`, or `coupon_refund_fee_$n`.
    pub fee: Option<Fen>,
}

/// `coupon_type_$n` (代金券类型).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CouponKind {
    /// 充值代金券: somebody paid for it, so the merchant gets the money.
    Cash,
    /// 非充值优惠券: the merchant gives the reduction.
    NoCash,
    /// A kind that this build does not know.
    Other(String),
}

impl CouponKind {
    fn parse(text: &str) -> CouponKind {
        match text {
            "CASH" => CouponKind::Cash,
            "NO_CASH" => CouponKind::NoCash,
            other => CouponKind::Other(other.to_owned()),
        }
    }
}

/// The coupons of a payment: `coupon_count`, and for each n `coupon_type_n`, `coupon_id_n`,
/// `coupon_fee_n`.
pub(crate) fn of_payment(params: &Params) -> Result<Vec<Coupon>, FieldError> {
    let count = fields::count(params, "coupon_count", COUPONS_MAX)?.unwrap_or(0);
    (0..count)
        .map(|n| {
            let kind = params
                .get(&format!("coupon_type_{n}"))
                .filter(|kind| !kind.is_empty());
            Ok(Coupon {
                kind: kind.map(CouponKind::parse),
                id: fields::text(params, &format!("coupon_id_{n}")),
                fee: fields::numbered_fen(params, "coupon_fee", &format!("_{n}"))?,
            })
        })
        .collect()
}

/// The coupons of a refund. `suffix` is empty in the answer to a refund, and `_n` in the answer to
/// a query about several, where the coupons of refund n are then `…_n_m`.
pub(crate) fn of_refund(params: &Params, suffix: &str) -> Result<Vec<Coupon>, FieldError> {
    let count_name = format!("coupon_refund_count{suffix}");
    let count = fields::numbered_count(params, "coupon_refund_count", &count_name, COUPONS_MAX)?;
    (0..count.unwrap_or(0))
        .map(|m| {
            let place = format!("{suffix}_{m}");
            let kind = params
                .get(&format!("coupon_type{place}"))
                .filter(|kind| !kind.is_empty());
            Ok(Coupon {
                kind: kind.map(CouponKind::parse),
                id: fields::text(params, &format!("coupon_refund_id{place}")),
                fee: fields::numbered_fen(params, "coupon_refund_fee", &place)?,
            })
        })
        .collect()
}
