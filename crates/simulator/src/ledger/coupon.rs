//! Coupons (代金券): what they pay of an order, and what of it goes back with a refund.

use wechat_checkout_protocol::Fen;

use super::numbers;
use super::refund::Refund;
use super::trade::Payment;

/// The prepaid coupon of the scenario pays a tenth, the merchant's own one a twentieth.
const SHARES: [(CouponKind, i64); 2] = [(CouponKind::Cash, 10), (CouponKind::NoCash, 20)];

/// `coupon_type_$n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CouponKind {
    /// 充值代金券: somebody paid for it, so the merchant gets the money.
    Cash,
    /// 非充值优惠券: the merchant gives the reduction.
    NoCash,
}

impl CouponKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            CouponKind::Cash => "CASH",
            CouponKind::NoCash => "NO_CASH",
        }
    }
}

/// A coupon, or the part of one that goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Coupon {
    pub(crate) id: String,
    pub(crate) kind: CouponKind,
    pub(crate) fee: Fen,
}

/// What the buyer of the scenario `coupon` has: nothing that would pay for all of a tiny order.
pub(crate) fn of_order(total_fee: Fen) -> Vec<Coupon> {
    let coupons = SHARES.map(|(kind, share)| Coupon {
        id: numbers::coupon_id(),
        kind,
        fee: Fen::new((total_fee.get() / share).max(1)).unwrap_or(Fen::ZERO),
    });
    if sum(&coupons, None) < total_fee {
        coupons.to_vec()
    } else {
        vec![]
    }
}

/// The fees of all coupons, or of those of one kind.
pub(crate) fn sum(coupons: &[Coupon], only: Option<CouponKind>) -> Fen {
    let wanted = |coupon: &&Coupon| only.is_none_or(|kind| coupon.kind == kind);
    let mut fees = coupons.iter().filter(wanted).map(|coupon| coupon.fee);
    fees.try_fold(Fen::ZERO, Fen::checked_add)
        .unwrap_or(Fen::MAX)
}

/// How a refund is split: the buyer's money by 退款金额 × 现金 ÷ 订单金额, rounded over all refunds
/// together, so that the last one brings back what is left; the rest are coupons, one after the other.
pub(crate) fn of_refund(payment: &Payment, earlier: &[Refund], refund_fee: Fen) -> Vec<Coupon> {
    let refunded = |fee: &dyn Fn(&Refund) -> Fen| earlier.iter().map(|r| fee(r).get()).sum::<i64>();
    let after = refunded(&|refund| refund.refund_fee).saturating_add(refund_fee.get());
    let cash = share(payment.cash_fee().get(), after, payment.total_fee.get());
    let back_before = refunded(&|refund| sum(&refund.coupons, None));
    let mut left = after - cash - back_before;
    let mut parts = vec![];
    for coupon in &payment.coupons {
        let gone = refunded(&|refund| {
            let same = refund.coupons.iter().filter(|part| part.id == coupon.id);
            sum(&same.cloned().collect::<Vec<_>>(), None)
        });
        let part = left.min(coupon.fee.get() - gone);
        if part > 0 {
            left -= part;
            parts.push(Coupon {
                fee: Fen::new(part).unwrap_or(Fen::ZERO),
                ..coupon.clone()
            });
        }
    }
    parts
}

/// `part × of ÷ whole`, rounded to the nearest.
fn share(part: i64, of: i64, whole: i64) -> i64 {
    let (part, of, whole) = (i128::from(part), i128::from(of), i128::from(whole.max(1)));
    i64::try_from((2 * part * of + whole) / (2 * whole)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use wechat_checkout_protocol::UnixMillis;

    use super::*;
    use crate::ledger::refund::RefundStatus;

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).expect("an amount")
    }

    fn payment(total_fee: Fen) -> Payment {
        Payment {
            transaction_id: String::new(),
            payer: String::new(),
            total_fee,
            coupons: of_order(total_fee),
            paid_at: UnixMillis(0),
        }
    }

    fn refund(payment: &Payment, earlier: &[Refund], refund_fee: Fen) -> Refund {
        Refund {
            out_refund_no: String::new(),
            refund_id: String::new(),
            refund_fee,
            coupons: of_refund(payment, earlier, refund_fee),
            status: RefundStatus::Success,
            requested_at: UnixMillis(0),
            completed_at: None,
            notify_url: None,
            account: String::new(),
            source: "API",
        }
    }

    #[test]
    fn coupons_pay_a_part_and_never_all() {
        assert_eq!(of_order(fen(2)), []);
        assert_eq!(sum(&of_order(fen(3)), None), fen(2));
        let payment = payment(fen(1990));
        assert_eq!(sum(&payment.coupons, Some(CouponKind::Cash)), fen(199));
        assert_eq!(sum(&payment.coupons, Some(CouponKind::NoCash)), fen(99));
        assert_eq!(payment.cash_fee(), fen(1692));
        assert_eq!(payment.settlement_total_fee(), fen(1891));
    }

    /// Whatever the parts, each is split without a rest, and together they are the whole.
    #[test]
    fn partial_refunds_bring_back_exactly_what_was_paid() {
        for (total, step) in [
            (3, 1),
            (7, 2),
            (100, 33),
            (1990, 7),
            (1990, 1990),
            (9999, 1234),
        ] {
            let payment = payment(fen(total));
            let mut refunds: Vec<Refund> = vec![];
            let mut left = total;
            while left > 0 {
                let fee = fen(step.min(left));
                left -= fee.get();
                let refund = refund(&payment, &refunds, fee);
                assert!(sum(&refund.coupons, None) <= fee, "{total} by {step}");
                refunds.push(refund);
            }
            for coupon in &payment.coupons {
                let parts = refunds.iter().flat_map(|refund| &refund.coupons);
                let same = parts.filter(|part| part.id == coupon.id);
                let back: i64 = same.map(|part| part.fee.get()).sum();
                assert_eq!(back, coupon.fee.get(), "{total} by {step}");
            }
        }
    }
}
