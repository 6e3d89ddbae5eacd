//! What the app checks before it shows the pay sheet, and the words it refuses with.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use url::Url;
use wechat_checkout_gateway::verify_bridge_params;
use wechat_checkout_protocol::{BridgeParams, UnixMillis};

use crate::account::MerchantAccount;
use crate::agent::Agent;
use crate::buyer::BuyerName;
use crate::ledger::trade::{Trade, TradeState, TradeType};
use crate::platform::Book;
use crate::scenario::Scenario;

/// A call of `getBrandWCPayRequest` as the bridge passes it on.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct BridgeCall {
    /// Whatever the page handed over.
    #[serde(default)]
    params: Map<String, Value>,
    /// Where the page is now.
    #[serde(deserialize_with = "url_from_text")]
    page_url: Url,
    /// Where the document was loaded from.
    #[serde(deserialize_with = "url_from_text")]
    landing_url: Url,
}

fn url_from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    String::deserialize(deserializer)?
        .parse()
        .map_err(serde::de::Error::custom)
}

/// Who calls, and in which circumstances.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) buyer: BuyerName,
    pub(super) agent: Agent,
    pub(super) scenario: Scenario,
    pub(super) now: UnixMillis,
}

/// A refusal in the words of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BridgeRefusal {
    /// `err_msg` fail with a description for people.
    Described(String),
    /// The whole answer, for refusals of the bridge itself.
    Answer(&'static str, &'static str),
}

impl BridgeRefusal {
    /// What the page's callback receives.
    pub(super) fn answer(&self) -> Value {
        match self {
            BridgeRefusal::Described(text) => {
                json!({ "err_msg": FAIL, "err_code": "-1", "err_desc": text })
            }
            BridgeRefusal::Answer(key, text) => json!({ *key: text }),
        }
    }
}

pub(super) const OK: &str = "get_brand_wcpay_request:ok";
pub(super) const CANCEL: &str = "get_brand_wcpay_request:cancel";
pub(super) const FAIL: &str = "get_brand_wcpay_request:fail";

fn described(text: impl Into<String>) -> BridgeRefusal {
    BridgeRefusal::Described(text.into())
}

/// The order summary that the sheet is about to show, or why there is no sheet.
pub(super) fn check<'a>(
    book: &'a Book,
    accounts: &[MerchantAccount],
    caller: &Caller,
    call: &BridgeCall,
) -> Result<&'a Trade, BridgeRefusal> {
    refuse_by_scenario(caller, call)?;
    let params = read_params(call, caller.agent)?;
    let account = accounts
        .iter()
        .find(|account| account.appid() == params.app_id)
        .ok_or_else(|| described("商户传入的appid参数不正确"))?;
    let page = judged_page(call, caller.agent);
    if !account.allows_page(page) {
        return Err(url_not_registered(page));
    }
    // The famous text for every unusable prepay_id. It is not about total_fee.
    let unusable = || described("调用支付JSAPI缺少参数：total_fee");
    let prepay_id = params
        .package
        .strip_prefix("prepay_id=")
        .ok_or_else(unusable)?;
    let trade = book
        .ledger
        .trade_by_prepay_id(prepay_id)
        .ok_or_else(unusable)?;
    if trade.terms.appid != params.app_id || trade.is_prepay_expired(caller.now) {
        return Err(unusable());
    }
    if !verify_bridge_params(account.signing(trade.terms.sign_type), &params) {
        return Err(described("支付验证签名失败"));
    }
    if trade.terms.trade_type != TradeType::Jsapi {
        return Err(described("支付场景非法"));
    }
    match trade.state(caller.now) {
        TradeState::NotPay => {}
        TradeState::Success | TradeState::Refund => return Err(described("该订单已支付")),
        TradeState::Closed => return Err(described("该订单已失效")),
    }
    let payer = caller.buyer.openid(&trade.terms.appid);
    let is_orderer = trade.terms.openid.as_deref() == Some(payer.as_str());
    if !is_orderer || caller.scenario == Scenario::OtherPayer {
        return Err(described("下单账号与支付账号不一致"));
    }
    Ok(trade)
}

fn refuse_by_scenario(caller: &Caller, call: &BridgeCall) -> Result<(), BridgeRefusal> {
    match caller.agent {
        Agent::Devtools => {
            let text = "chooseWXPay:fail, the permission value is offline verifying";
            return Err(BridgeRefusal::Answer("errMsg", text));
        }
        Agent::MiniProgram => return Err(BridgeRefusal::Answer("err_msg", "system:access_denied")),
        Agent::Android | Agent::Ios | Agent::Windows | Agent::Mac => {}
    }
    match caller.scenario {
        Scenario::PrepayExpired => Err(described("调用支付JSAPI缺少参数：total_fee")),
        Scenario::UrlNotRegistered => Err(url_not_registered(judged_page(call, caller.agent))),
        _ => Ok(()),
    }
}

fn url_not_registered(page: &Url) -> BridgeRefusal {
    described(format!("当前页面的URL未注册：{page}"))
}

/// Android judges the current address; iOS the one the document was loaded from.
fn judged_page(call: &BridgeCall, agent: Agent) -> &Url {
    if agent == Agent::Ios {
        &call.landing_url
    } else {
        &call.page_url
    }
}

fn read_params(call: &BridgeCall, agent: Agent) -> Result<BridgeParams, BridgeRefusal> {
    if call.params.is_empty() {
        return Err(BridgeRefusal::Answer(
            "err_msg",
            "get_brand_wcpay_request:fail_invalid_data",
        ));
    }
    let text = |name: &str| -> Result<String, BridgeRefusal> {
        let value = match call.params.get(name) {
            Some(Value::String(text)) => text.clone(),
            // A number works on Android and breaks on iOS.
            Some(Value::Number(number)) if agent != Agent::Ios => number.to_string(),
            _ => String::new(),
        };
        if value.is_empty() {
            Err(described(format!("调用支付JSAPI缺少参数：{name}")))
        } else {
            Ok(value)
        }
    };
    Ok(BridgeParams {
        app_id: text("appId")?,
        time_stamp: text("timeStamp")?,
        nonce_str: text("nonceStr")?,
        package: text("package")?,
        sign_type: text("signType")?,
        pay_sign: text("paySign")?,
    })
}
