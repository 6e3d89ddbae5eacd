//! One trade in the platform's books: its frozen terms, its prepay session and where it stands.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use url::Url;
use wechat_checkout_gateway::SignType;
use wechat_checkout_protocol::{Fen, UnixMillis};

use super::coupon::{self, Coupon, CouponKind};
use super::refund::Refund;
use crate::buyer::BuyerName;

/// A `prepay_id` lives two hours, whatever `time_expire` says.
pub(crate) const PREPAY_LIFE_MS: i64 = 2 * 60 * 60 * 1000;
/// The platform closes a trade by itself seven days after it was placed.
pub(crate) const TRADE_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Names a trade: the merchant's number is unique per merchant only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TradeKey {
    pub(crate) mch_id: String,
    pub(crate) out_trade_no: String,
}

impl TradeKey {
    pub(crate) fn new(mch_id: &str, out_trade_no: &str) -> TradeKey {
        TradeKey {
            mch_id: mch_id.to_owned(),
            out_trade_no: out_trade_no.to_owned(),
        }
    }
}

/// Where the buyer pays (交易类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TradeType {
    /// Inside the WeChat browser, or a mini program.
    Jsapi,
    /// By scanning a QR code.
    Native,
    /// From another app.
    App,
    /// In a mobile browser outside WeChat (H5).
    Mweb,
}

impl TradeType {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            TradeType::Jsapi => "JSAPI",
            TradeType::Native => "NATIVE",
            TradeType::App => "APP",
            TradeType::Mweb => "MWEB",
        }
    }
}

impl FromStr for TradeType {
    type Err = ();

    fn from_str(text: &str) -> Result<TradeType, ()> {
        [
            TradeType::Jsapi,
            TradeType::Native,
            TradeType::App,
            TradeType::Mweb,
        ]
        .into_iter()
        .find(|kind| kind.name() == text)
        .ok_or(())
    }
}

impl fmt::Display for TradeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the merchant asked for. Frozen by the first successful call.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) key: TradeKey,
    pub(crate) appid: String,
    pub(crate) trade_type: TradeType,
    pub(crate) body: String,
    pub(crate) attach: Option<String>,
    pub(crate) device_info: Option<String>,
    pub(crate) total_fee: Fen,
    pub(crate) notify_url: Url,
    /// The account that has to pay; only JSAPI names one.
    pub(crate) openid: Option<String>,
    pub(crate) time_expire: Option<UnixMillis>,
    /// Answers, notifications and the bridge signature of this trade use it.
    pub(crate) sign_type: SignType,
    /// Every parameter that a repeated call must send unchanged.
    pub(crate) compared: BTreeMap<String, String>,
}

/// The session in which the buyer can pay (预支付交易会话).
#[derive(Clone, Debug)]
pub(crate) struct Prepay {
    pub(crate) id: String,
    pub(crate) issued_at: UnixMillis,
}

/// Money that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) transaction_id: String,
    pub(crate) payer: String,
    /// What was really paid, which the scenario `wrong-amount` makes differ from the terms.
    pub(crate) total_fee: Fen,
    /// Those that paid for a part.
    pub(crate) coupons: Vec<Coupon>,
    pub(crate) paid_at: UnixMillis,
}

impl Payment {
    /// 代金券金额.
    pub(crate) fn coupon_fee(&self) -> Fen {
        coupon::sum(&self.coupons, None)
    }

    /// 现金支付金额: what the buyer paid.
    pub(crate) fn cash_fee(&self) -> Fen {
        let rest = self.total_fee.checked_sub(self.coupon_fee());
        rest.unwrap_or(Fen::ZERO)
    }

    /// 应结订单金额: what the merchant gets, fees aside.
    pub(crate) fn settlement_total_fee(&self) -> Fen {
        let given = coupon::sum(&self.coupons, Some(CouponKind::NoCash));
        self.total_fee.checked_sub(given).unwrap_or(Fen::ZERO)
    }
}

/// Whether money arrived.
#[derive(Clone, Debug)]
pub(crate) enum Standing {
    Unpaid,
    Paid(Payment),
    Closed,
}

/// `trade_state` on the wire, as far as these trade types know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TradeState {
    Success,
    Refund,
    NotPay,
    Closed,
}

impl TradeState {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            TradeState::Success => "SUCCESS",
            TradeState::Refund => "REFUND",
            TradeState::NotPay => "NOTPAY",
            TradeState::Closed => "CLOSED",
        }
    }

    /// `trade_state_desc`.
    pub(crate) const fn description(self) -> &'static str {
        match self {
            TradeState::Success => "支付成功",
            TradeState::Refund => "订单发生过退款，退款详情请查询退款单",
            TradeState::NotPay => "订单未支付",
            TradeState::Closed => "订单已关闭",
        }
    }
}

/// A trade and all that happened to it.
#[derive(Clone, Debug)]
pub(crate) struct Trade {
    pub(crate) terms: Terms,
    pub(crate) placed_at: UnixMillis,
    pub(crate) prepay: Prepay,
    pub(crate) standing: Standing,
    pub(crate) refunds: Vec<Refund>,
}

impl Trade {
    /// What a query would say at this instant.
    pub(crate) fn state(&self, now: UnixMillis) -> TradeState {
        match self.standing {
            Standing::Paid(_) if self.refunds.is_empty() => TradeState::Success,
            Standing::Paid(_) => TradeState::Refund,
            Standing::Closed => TradeState::Closed,
            Standing::Unpaid if self.is_overdue(now) => TradeState::Closed,
            Standing::Unpaid => TradeState::NotPay,
        }
    }

    /// The payment, when there was one.
    pub(crate) fn payment(&self) -> Option<&Payment> {
        match &self.standing {
            Standing::Paid(payment) => Some(payment),
            Standing::Unpaid | Standing::Closed => None,
        }
    }

    /// Who pays when nobody else is named: the account of the order.
    pub(crate) fn default_payer(&self) -> String {
        self.terms
            .openid
            .clone()
            .unwrap_or_else(|| BuyerName::default().openid(&self.terms.appid))
    }

    /// Whether the prepay session is over.
    pub(crate) fn is_prepay_expired(&self, now: UnixMillis) -> bool {
        now.since_ms(self.prepay.issued_at) >= PREPAY_LIFE_MS
    }

    fn is_overdue(&self, now: UnixMillis) -> bool {
        let expired = self.terms.time_expire.is_some_and(|expiry| now >= expiry);
        expired || now.since_ms(self.placed_at) >= TRADE_LIFE_MS
    }
}
