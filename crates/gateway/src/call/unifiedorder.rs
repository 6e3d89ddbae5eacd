//! `unifiedorder` (统一下单): asks WeChat to expect a payment.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_1>.

use std::fmt;
use std::net::IpAddr;

use url::Url;
use wechat_checkout_protocol::{Fen, OpenId};

use super::request::{InvalidRequest, Request};
use crate::fields::{self, FieldError};
use crate::{Params, Verified, beijing};

/// Where the buyer pays (交易类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TradeType {
    /// Inside WeChat: official account pages and mini-programs.
    Jsapi,
    /// A QR code that the buyer scans.
    Native,
    /// A phone's browser outside WeChat (H5).
    Mweb,
    /// The merchant's own app.
    App,
}

impl TradeType {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            TradeType::Jsapi => "JSAPI",
            TradeType::Native => "NATIVE",
            TradeType::Mweb => "MWEB",
            TradeType::App => "APP",
        }
    }
}

impl fmt::Display for TradeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is ordered. Frozen: the same `out_trade_no` must always come with the same values.
///
/// Limits are WeChat's, in UTF-8 bytes, and checked before sending.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnifiedOrder {
    /// 交易类型.
    pub trade_type: TradeType,
    /// 商品描述, at most 127 bytes: `shop-item`, shown to the buyer.
    pub body: String,
    /// 商户订单号, 6 to 32 characters of `[0-9A-Za-z_-|*]`.
    pub out_trade_no: String,
    /// 标价金额, in fen, at least 1.
    pub total_fee: Fen,
    /// 终端IP: the buyer's address, not the server's.
    pub spbill_create_ip: IpAddr,
    /// Where the payment notification goes: at most 256 bytes, without query.
    pub notify_url: Url,
    /// The buyer, as known to the merchant's appid. Needed for JSAPI.
    pub openid: Option<OpenId>,
    /// 商品ID, at most 32 bytes. Needed for NATIVE.
    pub product_id: Option<String>,
    /// 场景信息, JSON of at most 256 bytes. Needed for MWEB.
    pub scene_info: Option<String>,
    /// 设备号, at most 32 bytes; `WEB` for pages.
    pub device_info: Option<String>,
    /// 商品详情, JSON of at most 6000 bytes, for single-item promotions.
    pub detail: Option<String>,
    /// 接口版本号: `1.0` asks for `promotion_detail` in query and notification.
    pub version: Option<String>,
    /// 附加数据, at most 127 bytes, returned unchanged by query and notification.
    pub attach: Option<String>,
    /// 标价币种: `CNY`, which is also what WeChat assumes.
    pub fee_type: Option<String>,
    /// 交易起始时间, `yyyyMMddHHmmss`: see [`crate::beijing::format`].
    pub time_start: Option<String>,
    /// 交易结束时间, likewise. WeChat honours the one of the first call only.
    pub time_expire: Option<String>,
    /// 订单优惠标记, at most 32 bytes.
    pub goods_tag: Option<String>,
    /// 指定支付方式: `no_credit` forbids credit cards.
    pub limit_pay: Option<String>,
    /// 电子发票入口: `Y`.
    pub receipt: Option<String>,
    /// 是否需要分账: `Y` or `N`.
    pub profit_sharing: Option<String>,
}

impl UnifiedOrder {
    /// An order that is paid inside WeChat.
    #[must_use]
    pub fn jsapi(
        body: impl Into<String>,
        out_trade_no: impl Into<String>,
        total_fee: Fen,
        spbill_create_ip: IpAddr,
        notify_url: Url,
        openid: OpenId,
    ) -> UnifiedOrder {
        let mut order = UnifiedOrder::new(
            TradeType::Jsapi,
            body,
            out_trade_no,
            total_fee,
            spbill_create_ip,
            notify_url,
        );
        order.openid = Some(openid);
        order
    }

    /// An order of any trade type; what the type needs besides is set on the fields.
    #[must_use]
    pub fn new(
        trade_type: TradeType,
        body: impl Into<String>,
        out_trade_no: impl Into<String>,
        total_fee: Fen,
        spbill_create_ip: IpAddr,
        notify_url: Url,
    ) -> UnifiedOrder {
        UnifiedOrder {
            trade_type,
            body: body.into(),
            out_trade_no: out_trade_no.into(),
            total_fee,
            spbill_create_ip,
            notify_url,
            openid: None,
            product_id: None,
            scene_info: None,
            device_info: None,
            detail: None,
            version: None,
            attach: None,
            fee_type: None,
            time_start: None,
            time_expire: None,
            goods_tag: None,
            limit_pay: None,
            receipt: None,
            profit_sharing: None,
        }
    }

    pub(crate) fn to_params(&self) -> Result<Params, InvalidRequest> {
        self.check_trade_type()?;
        self.check_lead()?;
        let request = Request::default()
            .text("body", &self.body, 127)?
            .out_trade_no(&self.out_trade_no)?
            .amount("total_fee", self.total_fee)?
            .text("spbill_create_ip", &self.spbill_create_ip.to_string(), 64)?
            .notify_url(&self.notify_url)?
            .text("trade_type", self.trade_type.as_str(), 16)?
            .optional("openid", self.openid.as_ref().map(OpenId::as_str), 128)?
            .optional("product_id", self.product_id.as_deref(), 32)?
            .json("scene_info", self.scene_info.as_deref(), 256)?
            .optional("device_info", self.device_info.as_deref(), 32)?
            .json("detail", self.detail.as_deref(), 6000)?
            .one_of("version", self.version.as_deref(), &["1.0"], "1.0")?
            .optional("attach", self.attach.as_deref(), 127)?
            .one_of("fee_type", self.fee_type.as_deref(), &["CNY"], "CNY")?
            .time("time_start", self.time_start.as_deref())?
            .time("time_expire", self.time_expire.as_deref())?
            .optional("goods_tag", self.goods_tag.as_deref(), 32)?
            .one_of(
                "limit_pay",
                self.limit_pay.as_deref(),
                &["no_credit"],
                "no_credit",
            )?
            .one_of("receipt", self.receipt.as_deref(), &["Y", "N"], "Y or N")?
            .one_of(
                "profit_sharing",
                self.profit_sharing.as_deref(),
                &["Y", "N"],
                "Y or N",
            )?;
        Ok(request.into_params())
    }

    /// WeChat answers time_expire时间过短 to less; malformed times are refused by name later.
    fn check_lead(&self) -> Result<(), InvalidRequest> {
        let seconds = |time: &Option<String>| beijing::parse(time.as_deref()?).ok();
        match (seconds(&self.time_start), seconds(&self.time_expire)) {
            (Some(start), Some(expire)) if expire - start < 60 => {
                Err(InvalidRequest::ExpiresTooSoon)
            }
            _ => Ok(()),
        }
    }

    fn check_trade_type(&self) -> Result<(), InvalidRequest> {
        let (name, is_given) = match self.trade_type {
            TradeType::Jsapi => ("openid", self.openid.is_some()),
            TradeType::Native => ("product_id", self.product_id.is_some()),
            TradeType::Mweb => ("scene_info", self.scene_info.is_some()),
            TradeType::App => return Ok(()),
        };
        if is_given {
            Ok(())
        } else {
            Err(InvalidRequest::Missing { name })
        }
    }
}

/// WeChat expects the payment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prepay {
    /// 交易类型: the order's.
    pub trade_type: TradeType,
    /// 预支付交易会话标识, good for two hours in the scene and for the appid of the order.
    pub prepay_id: String,
    /// NATIVE: what the QR code says, good for two hours.
    pub code_url: Option<String>,
    /// MWEB: where to send the browser, good for five minutes.
    pub mweb_url: Option<String>,
    /// 设备号, where the order had one.
    pub device_info: Option<String>,
    /// Every parameter as received.
    pub params: Params,
}

impl Prepay {
    pub(crate) fn read(
        order: &UnifiedOrder,
        reply: Verified<Params>,
    ) -> Result<Verified<Prepay>, FieldError> {
        let params = reply.into_inner();
        let asked = order.trade_type;
        fields::same_if_given(&params, "out_trade_no", &order.out_trade_no)?;
        // A prepay_id is good in its own scene only; elsewhere the buyer reads 支付场景非法.
        fields::same_if_given(&params, "trade_type", asked.as_str())?;
        let code_url = fields::text(&params, "code_url");
        let mweb_url = fields::text(&params, "mweb_url");
        match asked {
            TradeType::Native if code_url.is_none() => {
                return Err(FieldError::Missing { name: "code_url" });
            }
            TradeType::Mweb if mweb_url.is_none() => {
                return Err(FieldError::Missing { name: "mweb_url" });
            }
            TradeType::Jsapi | TradeType::Native | TradeType::Mweb | TradeType::App => {}
        }
        Ok(Verified::new(Prepay {
            trade_type: asked,
            prepay_id: fields::required(&params, "prepay_id")?,
            code_url,
            mweb_url,
            device_info: fields::text(&params, "device_info"),
            params,
        }))
    }
}
