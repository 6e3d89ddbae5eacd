//! WeChat's record of a payment (交易), as notifications and queries tell it.

use std::fmt;

use wechat_checkout_protocol::Fen;

use crate::Params;
use crate::fields::{self, FieldError};

/// `trade_state` (交易状态).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TradeState {
    /// 支付成功: paid.
    Success,
    /// 转入退款: was paid, and a refund exists, perhaps of a part.
    Refund,
    /// 未支付: not paid so far. Not final: a buyer may fail and try again.
    NotPay,
    /// 已关闭: closed, cannot be paid any more.
    Closed,
    /// 已撤销: reversed (付款码 payments only).
    Revoked,
    /// 用户支付中: the buyer is typing (付款码 payments only).
    UserPaying,
    /// 支付失败.
    PayError,
    /// 已接收，等待扣款.
    Accept,
    /// A state that this build does not know: never final, ask again.
    Other(String),
}

impl TradeState {
    /// Reads the wire name.
    #[must_use]
    pub fn parse(text: &str) -> TradeState {
        match text {
            "SUCCESS" => TradeState::Success,
            "REFUND" => TradeState::Refund,
            "NOTPAY" => TradeState::NotPay,
            "CLOSED" => TradeState::Closed,
            "REVOKED" => TradeState::Revoked,
            "USERPAYING" => TradeState::UserPaying,
            "PAYERROR" => TradeState::PayError,
            "ACCEPT" => TradeState::Accept,
            other => TradeState::Other(other.to_owned()),
        }
    }

    /// The wire name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            TradeState::Success => "SUCCESS",
            TradeState::Refund => "REFUND",
            TradeState::NotPay => "NOTPAY",
            TradeState::Closed => "CLOSED",
            TradeState::Revoked => "REVOKED",
            TradeState::UserPaying => "USERPAYING",
            TradeState::PayError => "PAYERROR",
            TradeState::Accept => "ACCEPT",
            TradeState::Other(text) => text,
        }
    }

    /// Whether the buyer's money was taken, be it refunded later.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        matches!(self, TradeState::Success | TradeState::Refund)
    }

    /// Whether a JSAPI order will stay in this state (or move from paid to refunded only).
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            TradeState::Success | TradeState::Refund | TradeState::Closed
        )
    }
}

impl fmt::Display for TradeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A payment that WeChat vouches for, once it is inside a [`crate::Verified`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// 商户订单号: our number.
    pub out_trade_no: String,
    /// 微信支付订单号: WeChat's number.
    pub transaction_id: String,
    /// Who paid, as known to our appid.
    pub openid: String,
    /// 订单金额: what must equal the order's amount.
    pub total_fee: Fen,
    /// 现金支付金额: what the buyer paid after coupons; not what to compare.
    pub cash_fee: Option<Fen>,
    /// `CNY` when WeChat omits it.
    pub fee_type: String,
    /// 付款银行, for example `CMC`.
    pub bank_type: Option<String>,
    /// `yyyyMMddHHmmss`, Beijing time: see [`crate::beijing::parse`].
    pub time_end: Option<String>,
    /// 附加数据: what the order carried.
    pub attach: Option<String>,
    /// `JSAPI`, `NATIVE`, `MWEB`, `APP`, …
    pub trade_type: Option<String>,
}

impl Payment {
    pub(crate) fn from_params(params: &Params) -> Result<Payment, FieldError> {
        let total_fee = fields::required_fen(params, "total_fee")?;
        if total_fee == Fen::ZERO {
            return Err(FieldError::NotANumber { name: "total_fee" });
        }
        Ok(Payment {
            out_trade_no: fields::required(params, "out_trade_no")?,
            transaction_id: fields::required(params, "transaction_id")?,
            openid: fields::required(params, "openid")?,
            total_fee,
            cash_fee: fields::fen(params, "cash_fee")?,
            fee_type: fields::text(params, "fee_type").unwrap_or_else(|| "CNY".to_owned()),
            bank_type: fields::text(params, "bank_type"),
            time_end: fields::text(params, "time_end"),
            attach: fields::text(params, "attach"),
            trade_type: fields::text(params, "trade_type"),
        })
    }
}
