//! `orderquery` (查询订单): asks WeChat what became of an order.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_2>.

use wechat_checkout_protocol::Fen;

use super::request::{InvalidRequest, Request};
use crate::coupon::{self, Coupon};
use crate::fields::{self, FieldError};
use crate::{Params, Payment, TradeState, Verified};

/// Which order is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryBy<'a> {
    /// 商户订单号: ours.
    OutTradeNo(&'a str),
    /// 微信支付订单号: WeChat's, which only paid orders have.
    TransactionId(&'a str),
}

impl QueryBy<'_> {
    pub(crate) fn to_params(self) -> Result<Params, InvalidRequest> {
        Ok(self.to_request()?.into_params())
    }

    pub(super) fn to_request(self) -> Result<Request, InvalidRequest> {
        match self {
            QueryBy::OutTradeNo(number) => Request::default().known_out_trade_no(number),
            QueryBy::TransactionId(id) => Request::default().text("transaction_id", id, 32),
        }
    }

    /// An answer about another order (replayed, or mixed up on the way) is no answer.
    fn check(self, reply: &Params) -> Result<(), FieldError> {
        let (name, asked) = match self {
            QueryBy::OutTradeNo(number) => ("out_trade_no", number),
            QueryBy::TransactionId(id) => ("transaction_id", id),
        };
        match reply.get(name) {
            Some(answered) if answered == asked => Ok(()),
            None | Some("") => Err(FieldError::Missing { name }),
            Some(_) => Err(FieldError::Other { name }),
        }
    }
}

/// What WeChat says about an order.
///
/// An order that was never paid has no buyer, no bank and no time: everything but the number and
/// the state can be absent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderQueryReply {
    /// 商户订单号.
    pub out_trade_no: String,
    /// 交易状态: the third and last step of the judgement.
    pub trade_state: TradeState,
    /// The state in WeChat's words, for people.
    pub trade_state_desc: Option<String>,
    /// 交易类型: `JSAPI`, `NATIVE`, `MWEB`, `APP`, …
    pub trade_type: Option<String>,
    /// 标价金额, in fen.
    pub total_fee: Option<Fen>,
    /// 应结订单金额, in fen: the total without the coupons that nobody paid for.
    pub settlement_total_fee: Option<Fen>,
    /// Currency of `cash_fee`.
    pub cash_fee_type: Option<String>,
    /// Whether the buyer follows the official account (`Y` or `N`).
    pub is_subscribe: Option<String>,
    /// 附加数据: what the order carried.
    pub attach: Option<String>,
    /// 设备号.
    pub device_info: Option<String>,
    /// 代金券金额, in fen: `cash_fee` and this make `total_fee`.
    pub coupon_fee: Option<Fen>,
    /// Coupons that paid for a part.
    pub coupons: Vec<Coupon>,
    /// 单品优惠详情: JSON, only when it was asked for.
    pub promotion_detail: Option<String>,
    /// Every parameter as received.
    pub params: Params,
    payment: Option<Payment>,
}

impl OrderQueryReply {
    pub(crate) fn read(
        asked: QueryBy<'_>,
        reply: Verified<Params>,
    ) -> Result<Verified<OrderQueryReply>, FieldError> {
        let params = reply.into_inner();
        asked.check(&params)?;
        let trade_state = TradeState::parse(&fields::required(&params, "trade_state")?);
        let payment = if trade_state.is_paid() {
            Some(Payment::from_params(&params)?)
        } else {
            None
        };
        let text = |name| fields::text(&params, name);
        Ok(Verified::new(OrderQueryReply {
            out_trade_no: fields::required(&params, "out_trade_no")?,
            trade_state,
            trade_state_desc: text("trade_state_desc"),
            trade_type: text("trade_type"),
            total_fee: fields::fen(&params, "total_fee")?,
            settlement_total_fee: fields::fen(&params, "settlement_total_fee")?,
            cash_fee_type: text("cash_fee_type"),
            is_subscribe: text("is_subscribe"),
            attach: text("attach"),
            device_info: text("device_info"),
            coupon_fee: fields::fen(&params, "coupon_fee")?,
            coupons: coupon::of_payment(&params)?,
            promotion_detail: text("promotion_detail"),
            params,
            payment,
        }))
    }
}

impl Verified<OrderQueryReply> {
    /// The payment, if the state is `SUCCESS` or `REFUND`.
    #[must_use]
    pub fn payment(&self) -> Option<Verified<Payment>> {
        self.payment.clone().map(Verified::new)
    }
}
