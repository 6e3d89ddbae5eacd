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
            QueryBy::OutTradeNo(number) => Request::default().out_trade_no(number),
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderQueryReply {
    /// 商户订单号.
    pub out_trade_no: String,
    /// 交易状态: the third and last step of the judgement.
    pub trade_state: TradeState,
    /// The state in WeChat's words, for people.
    pub trade_state_desc: Option<String>,
    /// 代金券金额: `cash_fee` and this make `total_fee`.
    pub coupon_fee: Option<Fen>,
    /// Coupons that paid for a part.
    pub coupons: Vec<Coupon>,
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
        Ok(Verified::new(OrderQueryReply {
            out_trade_no: fields::required(&params, "out_trade_no")?,
            trade_state,
            trade_state_desc: fields::text(&params, "trade_state_desc"),
            coupon_fee: fields::fen(&params, "coupon_fee")?,
            coupons: coupon::of_payment(&params)?,
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
