//! Refunds of a trade, and the rules under which one is accepted.

use url::Url;
use wechat_checkout_protocol::{Fen, UnixMillis};

use super::coupon::{self, Coupon, CouponKind};
use super::trade::{Trade, TradeKey};
use super::{Ledger, numbers};

/// 交易时间超过一年的订单无法提交退款.
const REFUND_WITHIN_MS: i64 = 365 * 24 * 60 * 60 * 1000;
/// 一笔订单最多支持50次部分退款.
const REFUNDS_MAX: usize = 50;

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
    /// Coupons of the payment, or parts of them, that go back with it.
    pub(crate) coupons: Vec<Coupon>,
    pub(crate) status: RefundStatus,
    pub(crate) requested_at: UnixMillis,
    /// When it reached its end; `None` while it is processing.
    pub(crate) completed_at: Option<UnixMillis>,
    pub(crate) notify_url: Option<Url>,
    pub(crate) account: String,
    /// `refund_request_source`: `API` or `VENDOR_PLATFORM`.
    pub(crate) source: &'static str,
}

impl Refund {
    /// 代金券退款总金额.
    pub(crate) fn coupon_refund_fee(&self) -> Fen {
        coupon::sum(&self.coupons, None)
    }

    /// 现金退款金额: what the buyer gets back.
    pub(crate) fn cash_refund_fee(&self) -> Fen {
        let rest = self.refund_fee.checked_sub(self.coupon_refund_fee());
        rest.unwrap_or(Fen::ZERO)
    }

    /// 充值券退款金额: coupons that somebody had paid for.
    pub(crate) fn prepaid_coupon_refund_fee(&self) -> Fen {
        coupon::sum(&self.coupons, Some(CouponKind::Cash))
    }

    /// 应结退款金额: what the merchant gives back.
    pub(crate) fn settlement_refund_fee(&self) -> Fen {
        let given = coupon::sum(&self.coupons, Some(CouponKind::NoCash));
        self.refund_fee.checked_sub(given).unwrap_or(Fen::ZERO)
    }
}

/// What the merchant asks for.
#[derive(Clone, Debug)]
pub(crate) struct RefundRequest {
    pub(crate) key: TradeKey,
    pub(crate) out_refund_no: String,
    pub(crate) total_fee: Fen,
    pub(crate) refund_fee: Fen,
    pub(crate) notify_url: Option<Url>,
    pub(crate) account: String,
    /// `refund_request_source`: `API` or `VENDOR_PLATFORM`.
    pub(crate) source: &'static str,
}

/// Why a refund was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefundRefusal {
    /// There is no such trade, or it is not paid.
    NoPayment,
    /// The amounts differ from the order's, or from an earlier request under the same number.
    FeeMismatch,
    /// The number belongs to a refund of another trade.
    NumberUsed,
    /// More than was paid would go back.
    TooMuch,
    /// Fifty refunds of this trade are enough.
    TooMany,
    /// The payment is more than a year old.
    Overdue,
}

impl Ledger {
    /// Accepts a refund, or finds the one that was accepted under the same number.
    ///
    /// The second value says whether it is new: one number is one refund, however often it is sent.
    pub(crate) fn refund(
        &mut self,
        request: RefundRequest,
        now: UnixMillis,
    ) -> Result<(&Trade, Refund, bool), RefundRefusal> {
        let number = (request.key.mch_id.clone(), request.out_refund_no.clone());
        if self
            .refunded_trades
            .get(&number)
            .is_some_and(|key| *key != request.key)
        {
            return Err(RefundRefusal::NumberUsed);
        }
        let trade = self
            .trades
            .get_mut(&request.key)
            .ok_or(RefundRefusal::NoPayment)?;
        let payment = trade.payment().ok_or(RefundRefusal::NoPayment)?;
        let earlier = trade
            .refunds
            .iter()
            .find(|refund| refund.out_refund_no == request.out_refund_no);
        if payment.total_fee != request.total_fee
            || earlier.is_some_and(|refund| refund.refund_fee != request.refund_fee)
        {
            return Err(RefundRefusal::FeeMismatch);
        }
        if let Some(earlier) = earlier.cloned() {
            return Ok((trade, earlier, false));
        }
        if now.since_ms(payment.paid_at) > REFUND_WITHIN_MS {
            return Err(RefundRefusal::Overdue);
        }
        if trade.refunds.len() >= REFUNDS_MAX {
            return Err(RefundRefusal::TooMany);
        }
        let left = payment
            .total_fee
            .checked_sub(trade.refunded())
            .unwrap_or(Fen::ZERO);
        if request.refund_fee > left {
            return Err(RefundRefusal::TooMuch);
        }
        let refund = Refund {
            out_refund_no: request.out_refund_no,
            refund_id: numbers::refund_id(now),
            refund_fee: request.refund_fee,
            coupons: coupon::of_refund(payment, &trade.refunds, request.refund_fee),
            status: RefundStatus::Processing,
            requested_at: now,
            completed_at: None,
            notify_url: request.notify_url,
            account: request.account,
            source: request.source,
        };
        self.refunded_trades.insert(number, request.key);
        trade.refunds.push(refund.clone());
        Ok((trade, refund, true))
    }

    /// Ends a refund that is on its way; `None` when there is no such one.
    pub(crate) fn complete_refund(
        &mut self,
        key: &TradeKey,
        refund_id: &str,
        status: RefundStatus,
        now: UnixMillis,
    ) -> Option<(&Trade, Refund)> {
        let trade = self.trades.get_mut(key)?;
        let refund = trade
            .refunds
            .iter_mut()
            .find(|refund| refund.refund_id == refund_id)?;
        if refund.status != RefundStatus::Processing {
            return None;
        }
        refund.status = status;
        refund.completed_at = Some(now);
        let refund = refund.clone();
        Some((trade, refund))
    }

    /// The trade of a refund, by the merchant's number of the refund.
    pub(crate) fn trade_by_out_refund_no(&self, mch_id: &str, number: &str) -> Option<&Trade> {
        let key = self
            .refunded_trades
            .get(&(mch_id.to_owned(), number.to_owned()))?;
        self.trades.get(key)
    }

    /// The trade of a refund, by the platform's number of the refund.
    pub(crate) fn trade_by_refund_id(&self, mch_id: &str, refund_id: &str) -> Option<&Trade> {
        self.trades
            .values()
            .filter(|trade| trade.terms.key.mch_id == mch_id)
            .find(|trade| {
                trade
                    .refunds
                    .iter()
                    .any(|refund| refund.refund_id == refund_id)
            })
    }
}

impl Trade {
    /// What went back or is on its way.
    fn refunded(&self) -> Fen {
        self.refunds
            .iter()
            .try_fold(Fen::ZERO, |sum, refund| sum.checked_add(refund.refund_fee))
            .unwrap_or(Fen::MAX)
    }
}
