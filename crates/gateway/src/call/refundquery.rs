//! `refundquery` (查询退款): the only word on a refund that counts.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_5>.

use std::fmt;

use wechat_checkout_protocol::Fen;

use super::request::{InvalidRequest, Request};
use crate::coupon::{self, Coupon};
use crate::fields::{self, FieldError};
use crate::{Params, Verified};

/// WeChat allows 50 refunds of one order and tells at most 20 in one answer.
const REFUNDS_MAX: u32 = 50;

/// Which refunds are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundQueryBy<'a> {
    /// 微信退款单号: one refund.
    RefundId(&'a str),
    /// 商户退款单号: one refund.
    OutRefundNo(&'a str),
    /// 微信支付订单号: all refunds of the order.
    TransactionId(&'a str),
    /// 商户订单号: all refunds of the order.
    OutTradeNo(&'a str),
}

impl RefundQueryBy<'_> {
    /// `offset` skips so many refunds of an order that has more than 20.
    pub(crate) fn to_params(self, offset: u32) -> Result<Params, InvalidRequest> {
        let request = Request::default();
        let request = match self {
            RefundQueryBy::RefundId(id) => request.text("refund_id", id, 32)?,
            RefundQueryBy::OutRefundNo(number) => request.out_refund_no(number)?,
            RefundQueryBy::TransactionId(id) => request.text("transaction_id", id, 32)?,
            RefundQueryBy::OutTradeNo(number) => request.known_out_trade_no(number)?,
        };
        let mut params = request.into_params();
        if offset > 0 {
            params.set("offset", offset.to_string());
        }
        Ok(params)
    }

    /// An answer about something else is no answer.
    fn check(self, reply: &RefundQueryReply) -> Result<(), FieldError> {
        let has = |is_it: &dyn Fn(&RefundRecord) -> bool| reply.refunds.iter().any(is_it);
        let (name, is_answered) = match self {
            RefundQueryBy::RefundId(id) => ("refund_id", has(&|refund| refund.refund_id == id)),
            RefundQueryBy::OutRefundNo(number) => (
                "out_refund_no",
                has(&|refund| refund.out_refund_no == number),
            ),
            RefundQueryBy::TransactionId(id) => ("transaction_id", reply.transaction_id == id),
            RefundQueryBy::OutTradeNo(number) => ("out_trade_no", reply.out_trade_no == number),
        };
        if is_answered {
            Ok(())
        } else {
            Err(FieldError::Other { name })
        }
    }
}

/// `refund_status` (退款状态).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RefundStatus {
    /// 退款成功: the money is back.
    Success,
    /// 退款关闭: it will not come.
    Closed,
    /// 退款处理中.
    Processing,
    /// 退款异常: the buyer's card does not take it; people have to act in the merchant platform.
    Abnormal,
    /// A status that this build does not know: never final.
    Other(String),
}

impl RefundStatus {
    /// Reads the wire name.
    #[must_use]
    pub fn parse(text: &str) -> RefundStatus {
        match text {
            "SUCCESS" => RefundStatus::Success,
            "REFUNDCLOSE" => RefundStatus::Closed,
            "PROCESSING" => RefundStatus::Processing,
            "CHANGE" => RefundStatus::Abnormal,
            other => RefundStatus::Other(other.to_owned()),
        }
    }

    /// The wire name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            RefundStatus::Success => "SUCCESS",
            RefundStatus::Closed => "REFUNDCLOSE",
            RefundStatus::Processing => "PROCESSING",
            RefundStatus::Abnormal => "CHANGE",
            RefundStatus::Other(text) => text,
        }
    }
}

impl fmt::Display for RefundStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One refund: the parameters `…_$n`. Amounts are in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefundRecord {
    /// 商户退款单号.
    pub out_refund_no: String,
    /// 微信退款单号.
    pub refund_id: String,
    /// 退款状态.
    pub refund_status: RefundStatus,
    /// 申请退款金额.
    pub refund_fee: Fen,
    /// 退款金额: without the coupons that nobody paid for.
    pub settlement_refund_fee: Option<Fen>,
    /// 退款渠道: `ORIGINAL`, `BALANCE`, `OTHER_BALANCE`, `OTHER_BANKCARD`.
    pub refund_channel: Option<String>,
    /// 退款资金来源.
    pub refund_account: Option<String>,
    /// 退款入账账户, in words. On the wire it is spelt `refund_recv_accout`.
    pub refund_recv_account: Option<String>,
    /// `yyyy-MM-dd HH:mm:ss`, Beijing time: see [`crate::beijing::parse_dashed`].
    pub refund_success_time: Option<String>,
    /// 代金券退款总金额.
    pub coupon_refund_fee: Option<Fen>,
    /// Coupons that are given back.
    pub coupons: Vec<Coupon>,
}

/// What WeChat says about refunds. Amounts are in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefundQueryReply {
    /// 商户订单号.
    pub out_trade_no: String,
    /// 微信支付订单号.
    pub transaction_id: String,
    /// 订单金额.
    pub total_fee: Fen,
    /// 应结订单金额: the order without the coupons that nobody paid for.
    pub settlement_total_fee: Option<Fen>,
    /// 标价币种.
    pub fee_type: Option<String>,
    /// 现金支付金额: what the buyer had paid without coupons.
    pub cash_fee: Option<Fen>,
    /// How many refunds the order has in all, when WeChat says so: see
    /// [`RefundQueryReply::next_offset`].
    pub total_refund_count: Option<u32>,
    /// The refunds in this answer, at most 20.
    pub refunds: Vec<RefundRecord>,
    /// Every parameter as received.
    pub params: Params,
    offset: u32,
}

impl RefundQueryReply {
    /// The offset to ask again with, when the order has more refunds than this answer tells.
    #[must_use]
    pub fn next_offset(&self) -> Option<u32> {
        let told = u32::try_from(self.refunds.len()).ok()?;
        let next = self.offset.checked_add(told).filter(|_| told > 0)?;
        self.total_refund_count
            .is_some_and(|count| count > next)
            .then_some(next)
    }

    pub(crate) fn read(
        asked: RefundQueryBy<'_>,
        offset: u32,
        reply: Verified<Params>,
    ) -> Result<Verified<RefundQueryReply>, FieldError> {
        let params = reply.into_inner();
        let count = fields::count(&params, "refund_count", REFUNDS_MAX)?;
        let count = count.ok_or(FieldError::Missing {
            name: "refund_count",
        })?;
        // The official pages number every answer from 0; one that goes on counting is read, too.
        let first = match params.get("out_refund_no_0") {
            None if offset > 0 => offset,
            _ => 0,
        };
        let numbers = first..first.saturating_add(count);
        let refunds = numbers.map(|n| read_record(&params, &format!("_{n}")));
        let reply = RefundQueryReply {
            out_trade_no: fields::required(&params, "out_trade_no")?,
            transaction_id: fields::required(&params, "transaction_id")?,
            total_fee: fields::required_fen(&params, "total_fee")?,
            settlement_total_fee: fields::fen(&params, "settlement_total_fee")?,
            fee_type: fields::text(&params, "fee_type"),
            cash_fee: fields::fen(&params, "cash_fee")?,
            total_refund_count: fields::count(&params, "total_refund_count", REFUNDS_MAX)?,
            refunds: refunds.collect::<Result<_, _>>()?,
            params,
            offset,
        };
        asked.check(&reply)?;
        Ok(Verified::new(reply))
    }
}

fn read_record(params: &Params, suffix: &str) -> Result<RefundRecord, FieldError> {
    let text = |base: &str| fields::text(params, &[base, suffix].concat());
    let required = |name: &'static str| text(name).ok_or(FieldError::Missing { name });
    let refund_fee = fields::numbered_fen(params, "refund_fee", suffix)?;
    Ok(RefundRecord {
        out_refund_no: required("out_refund_no")?,
        refund_id: required("refund_id")?,
        refund_status: RefundStatus::parse(&required("refund_status")?),
        refund_fee: refund_fee.ok_or(FieldError::Missing { name: "refund_fee" })?,
        settlement_refund_fee: fields::numbered_fen(params, "settlement_refund_fee", suffix)?,
        refund_channel: text("refund_channel"),
        refund_account: text("refund_account"),
        refund_recv_account: text("refund_recv_accout"),
        refund_success_time: text("refund_success_time"),
        coupon_refund_fee: fields::numbered_fen(params, "coupon_refund_fee", suffix)?,
        coupons: coupon::of_refund(params, suffix)?,
    })
}
