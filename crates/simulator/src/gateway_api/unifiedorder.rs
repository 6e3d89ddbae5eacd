//! 统一下单: checks an order as WeChat does and opens a session to pay it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use url::Url;
use wechat_checkout_gateway::{Params, beijing};
use wechat_checkout_protocol::UnixMillis;

use super::answer::Refusal;
use super::call::Call;
use crate::ledger::trade::{Terms, Trade, TradeKey, TradeType};
use crate::ledger::{PlaceRefusal, numbers};
use crate::platform::Platform;
use crate::web_pay;

/// Parameters and their longest values in UTF-8 bytes.
const LENGTHS: [(&str, usize); 15] = [
    ("nonce_str", 32),
    ("device_info", 32),
    ("body", 127),
    ("detail", 6000),
    ("attach", 127),
    ("out_trade_no", 32),
    ("fee_type", 16),
    ("spbill_create_ip", 64),
    ("goods_tag", 32),
    ("notify_url", 256),
    ("product_id", 32),
    ("openid", 128),
    ("receipt", 8),
    ("scene_info", 256),
    ("limit_pay", 32),
];
const REQUIRED: [&str; 7] = [
    "nonce_str",
    "body",
    "out_trade_no",
    "total_fee",
    "spbill_create_ip",
    "notify_url",
    "trade_type",
];
/// What a repeated call may change: how it is signed, and the network the buyer is in by now.
const NOT_COMPARED: [&str; 4] = ["nonce_str", "sign", "sign_type", "spbill_create_ip"];
const OUT_TRADE_NO_LENGTH: std::ops::RangeInclusive<usize> = 6..=32;
/// `time_expire时间过短，刷卡至少1分钟，其他5分钟` is the sentence; today's pages ask for one minute.
const EXPIRY_LEAD_MS: i64 = 60_000;

/// Carries the call out.
pub(crate) fn place(platform: &Platform, call: &Call<'_>) -> Result<Params, Refusal> {
    let now = platform.clock.now();
    let terms = read_terms(call)?;
    refuse_foreign_openid(platform, call, &terms)?;
    platform.change(|book| {
        let is_new = book.ledger.trade(&terms.key).is_none();
        let expiry = terms.time_expire.filter(|_| is_new);
        if expiry.is_some_and(|expiry| expiry.since_ms(now) < EXPIRY_LEAD_MS) {
            return Err(Refusal::bad(
                "time_expire",
                "时间过短，刷卡至少1分钟，其他5分钟",
            ));
        }
        let trade = book.ledger.place(terms, now).map_err(refusal)?;
        Ok(reply(trade, &platform.gateway_url))
    })
}

fn reply(trade: &Trade, gateway: &Url) -> Params {
    let mut params = Params::new();
    if let Some(device_info) = &trade.terms.device_info {
        params.set("device_info", device_info);
    }
    params.set("trade_type", trade.terms.trade_type.name());
    params.set("prepay_id", &trade.prepay.id);
    let session = &trade.prepay.id;
    match trade.terms.trade_type {
        TradeType::Jsapi | TradeType::App => {}
        TradeType::Native => {
            params.set("code_url", format!("weixin://wxpay/bizpayurl?pr={session}"));
        }
        TradeType::Mweb => {
            let mut address = gateway.clone();
            address.set_path(web_pay::PATH);
            address.set_query(Some(&format!(
                "prepay_id={session}&package={}",
                numbers::nonce(10)
            )));
            params.set("mweb_url", address.as_str());
        }
    }
    params
}

fn refusal(why: PlaceRefusal) -> Refusal {
    match why {
        PlaceRefusal::Paid => Refusal::business("ORDERPAID", "该订单已支付"),
        PlaceRefusal::Closed => Refusal::business("ORDERCLOSED", "该订单已关闭"),
        PlaceRefusal::DifferentTerms => Refusal::business("INVALID_REQUEST", "201 商户订单号重复"),
        PlaceRefusal::NumberUsed => Refusal::business("OUT_TRADE_NO_USED", "商户订单号重复"),
        PlaceRefusal::Full => Refusal::business("FREQUENCY_LIMITED", "频率限制"),
    }
}

fn read_terms(call: &Call<'_>) -> Result<Terms, Refusal> {
    for name in REQUIRED {
        call.required(name)?;
    }
    for (name, bytes_max) in LENGTHS {
        if call.get(name).is_some_and(|value| value.len() > bytes_max) {
            return Err(Refusal::bad(name, "参数长度有误"));
        }
    }
    let trade_type = read_trade_type(call)?;
    let address = call.required("spbill_create_ip")?;
    if address.parse::<IpAddr>().is_err() {
        return Err(Refusal::bad("spbill_create_ip", "参数格式错误"));
    }
    refuse_odd_choices(call)?;
    Ok(Terms {
        key: read_number(call)?,
        appid: call.account.appid().to_owned(),
        trade_type,
        body: call.required("body")?.to_owned(),
        attach: call.get("attach").map(str::to_owned),
        device_info: call.get("device_info").map(str::to_owned),
        total_fee: call.amount("total_fee")?,
        notify_url: read_notify_url(call)?,
        openid: call
            .get("openid")
            .filter(|_| trade_type == TradeType::Jsapi)
            .map(str::to_owned),
        time_expire: read_expiry(call)?,
        sign_type: call.sign_type,
        compared: compared_parameters(call),
    })
}

fn read_number(call: &Call<'_>) -> Result<TradeKey, Refusal> {
    let key = call.trade_key()?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*".contains(&byte);
    let number = key.out_trade_no.as_str();
    if OUT_TRADE_NO_LENGTH.contains(&number.len()) && number.bytes().all(allowed) {
        Ok(key)
    } else {
        Err(Refusal::bad("out_trade_no", "参数格式错误"))
    }
}

fn read_trade_type(call: &Call<'_>) -> Result<TradeType, Refusal> {
    let kind: TradeType = call
        .required("trade_type")?
        .parse()
        .map_err(|()| Refusal::bad("trade_type", "参数格式错误"))?;
    match kind {
        // Observed as a failure of the call itself, not as LACK_PARAMS.
        TradeType::Jsapi if call.get("openid").is_none() => {
            Err(Refusal::Protocol("JSAPI支付必须传openid"))
        }
        TradeType::Native if call.get("product_id").is_none() => Err(Refusal::lack("product_id")),
        TradeType::Mweb if call.get("scene_info").is_none() => Err(Refusal::lack("scene_info")),
        TradeType::Jsapi | TradeType::Native | TradeType::App | TradeType::Mweb => Ok(kind),
    }
}

/// Absolute, reachable over HTTP, and without a query string.
fn read_notify_url(call: &Call<'_>) -> Result<Url, Refusal> {
    call.required("notify_url")?
        .parse::<Url>()
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .filter(|url| url.query().is_none() && url.fragment().is_none())
        .ok_or_else(|| Refusal::bad("notify_url", "参数格式错误，须为不带参数的绝对地址"))
}

fn read_expiry(call: &Call<'_>) -> Result<Option<UnixMillis>, Refusal> {
    if call
        .get("time_start")
        .is_some_and(|text| beijing::parse(text).is_err())
    {
        return Err(Refusal::bad("time_start", "参数格式错误"));
    }
    let Some(text) = call.get("time_expire") else {
        return Ok(None);
    };
    let seconds = beijing::parse(text).map_err(|_| Refusal::bad("time_expire", "参数格式错误"))?;
    Ok(Some(UnixMillis(seconds.saturating_mul(1000))))
}

/// Parameters that take one of a few words.
fn refuse_odd_choices(call: &Call<'_>) -> Result<(), Refusal> {
    let choices: [(&str, &[&str]); 4] = [
        ("fee_type", &["CNY"]),
        ("limit_pay", &["no_credit"]),
        ("profit_sharing", &["Y", "N"]),
        ("receipt", &["Y", "N"]),
    ];
    for (name, words) in choices {
        if call.get(name).is_some_and(|value| !words.contains(&value)) {
            return Err(Refusal::bad(name, "参数格式错误"));
        }
    }
    Ok(())
}

/// An openid belongs to one appid. Openids that the simulator never gave out pass, as those of
/// followers from before.
fn refuse_foreign_openid(
    platform: &Platform,
    call: &Call<'_>,
    terms: &Terms,
) -> Result<(), Refusal> {
    let Some(openid) = &terms.openid else {
        return Ok(());
    };
    let owner = platform.read(|book| book.buyers.named_by(openid).cloned());
    match owner {
        Some(buyer) if buyer.openid(call.account.appid()) != *openid => {
            Err(Refusal::business("PARAM_ERROR", "appid与openid不匹配"))
        }
        _ => Ok(()),
    }
}

fn compared_parameters(call: &Call<'_>) -> BTreeMap<String, String> {
    call.params
        .iter()
        .filter(|(name, value)| !NOT_COMPARED.contains(name) && !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
