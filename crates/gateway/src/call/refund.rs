//! `refund` (申请退款): gives money back, all or a part. Needs the merchant certificate.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_4>.
//!
//! An accepted refund is a promise, not a refund: only [`super::RefundQueryReply`] tells the end.
//! After an unclear outcome the same `out_refund_no` is sent again; a new one refunds twice.

use std::fmt;

use url::Url;
use wechat_checkout_protocol::Fen;

use super::QueryBy;
use super::request::InvalidRequest;
use crate::coupon::{self, Coupon};
use crate::fields::{self, FieldError};
use crate::{Params, Verified};

/// What is given back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refund<'a> {
    /// The payment.
    pub payment: QueryBy<'a>,
    /// 商户退款单号, 1 to 64 characters of `[0-9A-Za-z_-|*@]`: one number is one refund, for ever.
    pub out_refund_no: &'a str,
    /// 订单金额, in fen: the whole order.
    pub total_fee: Fen,
    /// 退款金额, in fen, at least 1: what goes back now.
    pub refund_fee: Fen,
    /// 退款货币种类: `CNY`, which is also what WeChat assumes.
    pub refund_fee_type: Option<&'a str>,
    /// 退款原因, at most 80 bytes, shown to the buyer.
    pub refund_desc: Option<&'a str>,
    /// 退款资金来源; WeChat's default is the unsettled funds.
    pub refund_account: Option<RefundAccount>,
    /// Where the refund notification goes; otherwise where the merchant platform says.
    pub notify_url: Option<Url>,
}

/// `refund_account` (退款资金来源).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundAccount {
    /// 未结算资金退款.
    UnsettledFunds,
    /// 可用余额退款.
    RechargeFunds,
}

impl RefundAccount {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RefundAccount::UnsettledFunds => "REFUND_SOURCE_UNSETTLED_FUNDS",
            RefundAccount::RechargeFunds => "REFUND_SOURCE_RECHARGE_FUNDS",
        }
    }
}

impl fmt::Display for RefundAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'a> Refund<'a> {
    /// A refund without the optional fields, which are set afterwards.
    #[must_use]
    pub fn new(
        payment: QueryBy<'a>,
        out_refund_no: &'a str,
        total_fee: Fen,
        refund_fee: Fen,
    ) -> Refund<'a> {
        Refund {
            payment,
            out_refund_no,
            total_fee,
            refund_fee,
            refund_fee_type: None,
            refund_desc: None,
            refund_account: None,
            notify_url: None,
        }
    }

    pub(crate) fn to_params(&self) -> Result<Params, InvalidRequest> {
        if self.refund_fee > self.total_fee {
            return Err(InvalidRequest::RefundAboveTotal);
        }
        let mut request = self
            .payment
            .to_request()?
            .out_refund_no(self.out_refund_no)?
            .amount("total_fee", self.total_fee)?
            .amount("refund_fee", self.refund_fee)?
            .one_of("refund_fee_type", self.refund_fee_type, &["CNY"], "CNY")?
            .optional("refund_desc", self.refund_desc, 80)?
            .optional(
                "refund_account",
                self.refund_account.map(RefundAccount::as_str),
                30,
            )?;
        if let Some(url) = &self.notify_url {
            request = request.notify_url(url)?;
        }
        Ok(request.into_params())
    }
}

/// WeChat has taken the refund in hand. Amounts are in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefundAccepted {
    /// 商户退款单号.
    pub out_refund_no: String,
    /// 微信退款单号.
    pub refund_id: String,
    /// 商户订单号.
    pub out_trade_no: Option<String>,
    /// 微信支付订单号.
    pub transaction_id: Option<String>,
    /// 退款金额.
    pub refund_fee: Fen,
    /// 应结退款金额: without the coupons that nobody paid for.
    pub settlement_refund_fee: Option<Fen>,
    /// 标价金额: the whole order.
    pub total_fee: Option<Fen>,
    /// 应结订单金额: the order without the coupons that nobody paid for.
    pub settlement_total_fee: Option<Fen>,
    /// 标价币种.
    pub fee_type: Option<String>,
    /// 现金支付金额: what the buyer had paid without coupons.
    pub cash_fee: Option<Fen>,
    /// Currency of `cash_fee`.
    pub cash_fee_type: Option<String>,
    /// 现金退款金额: without coupons.
    pub cash_refund_fee: Option<Fen>,
    /// 代金券退款总金额.
    pub coupon_refund_fee: Option<Fen>,
    /// Coupons that are given back.
    pub coupons: Vec<Coupon>,
    /// Every parameter as received.
    pub params: Params,
}

impl RefundAccepted {
    pub(crate) fn read(
        asked: &Refund<'_>,
        reply: Verified<Params>,
    ) -> Result<Verified<RefundAccepted>, FieldError> {
        let params = reply.into_inner();
        let text = |name| fields::text(&params, name);
        let fen = |name| fields::fen(&params, name);
        let out_refund_no = fields::required(&params, "out_refund_no")?;
        let refund_fee = fields::required_fen(&params, "refund_fee")?;
        let (order, number) = match asked.payment {
            QueryBy::OutTradeNo(number) => ("out_trade_no", number),
            QueryBy::TransactionId(id) => ("transaction_id", id),
        };
        fields::same_if_given(&params, order, number)?;
        for (name, is_other) in [
            ("out_refund_no", out_refund_no != asked.out_refund_no),
            ("refund_fee", refund_fee != asked.refund_fee),
        ] {
            if is_other {
                return Err(FieldError::Other { name });
            }
        }
        Ok(Verified::new(RefundAccepted {
            out_refund_no,
            refund_id: fields::required(&params, "refund_id")?,
            out_trade_no: text("out_trade_no"),
            transaction_id: text("transaction_id"),
            refund_fee,
            settlement_refund_fee: fen("settlement_refund_fee")?,
            total_fee: fen("total_fee")?,
            settlement_total_fee: fen("settlement_total_fee")?,
            fee_type: text("fee_type"),
            cash_fee: fen("cash_fee")?,
            cash_fee_type: text("cash_fee_type"),
            cash_refund_fee: fen("cash_refund_fee")?,
            coupon_refund_fee: fen("coupon_refund_fee")?,
            coupons: coupon::of_refund(&params, "")?,
            params,
        }))
    }
}
