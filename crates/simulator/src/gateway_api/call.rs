//! Reads a call: XML, then the merchant, then the signature, in WeChat's order.

use wechat_checkout_gateway::xml::{self, XmlError};
use wechat_checkout_gateway::{Params, SignType, sign};
use wechat_checkout_protocol::Fen;

use super::answer::Refusal;
use crate::account::MerchantAccount;
use crate::ledger::trade::TradeKey;
use crate::platform::Platform;

/// The `return_msg` of a wrong signature.
pub(super) const SIGN_ERROR: &str = "签名错误";

/// A call whose signature was right.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) account: &'a MerchantAccount,
    pub(crate) sign_type: SignType,
    pub(crate) params: Params,
}

impl Call<'_> {
    /// A parameter that is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.params.get(name).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::lack(name))
    }

    /// What every call has, whatever it asks for.
    pub(crate) fn check_common(&self) -> Result<(), Refusal> {
        self.required("nonce_str")?;
        for (name, bytes_max) in [
            ("nonce_str", 32),
            ("transaction_id", 32),
            ("out_trade_no", 32),
        ] {
            if self.get(name).is_some_and(|value| value.len() > bytes_max) {
                return Err(Refusal::bad(name, "参数长度有误"));
            }
        }
        Ok(())
    }

    /// A parameter that must be there and be an amount of at least one fen.
    pub(crate) fn amount(&self, name: &'static str) -> Result<Fen, Refusal> {
        Fen::parse(self.required(name)?)
            .filter(|amount| *amount > Fen::ZERO)
            .ok_or_else(|| Refusal::bad(name, "参数格式错误"))
    }

    /// The merchant's own number of a trade.
    pub(crate) fn trade_key(&self) -> Result<TradeKey, Refusal> {
        let out_trade_no = self.required("out_trade_no")?;
        Ok(TradeKey::new(self.account.mch_id(), out_trade_no))
    }
}

/// Reads the document, without attributing it to anybody.
pub(crate) fn read(body: &[u8]) -> Result<Params, Refusal> {
    if body.is_empty() {
        return Err(Refusal::Protocol("post数据为空"));
    }
    if std::str::from_utf8(body).is_err() {
        return Err(Refusal::Protocol("编码格式错误"));
    }
    xml::read(body).map_err(|_: XmlError| Refusal::Protocol("XML格式错误"))
}

/// Finds the merchant and checks the signature.
pub(crate) fn attribute(platform: &Platform, params: Params) -> Result<Call<'_>, Refusal> {
    let get = |name| params.get(name).filter(|value| !value.is_empty());
    let mch_id = get("mch_id").ok_or(Refusal::Protocol("缺少参数mch_id"))?;
    let appid = get("appid").ok_or(Refusal::Protocol("缺少参数appid"))?;
    let account = platform
        .account(mch_id)
        .ok_or(Refusal::Protocol("商户号mch_id不存在"))?;
    if platform
        .accounts
        .iter()
        .all(|account| account.appid() != appid)
    {
        return Err(Refusal::Protocol("appid不存在"));
    }
    if account.appid() != appid {
        return Err(Refusal::Protocol("商户号mch_id与appid不匹配"));
    }
    let sign_type = match get("sign_type") {
        None => SignType::Md5,
        Some(name) => name
            .parse()
            .map_err(|_| Refusal::Protocol("sign_type参数格式错误"))?,
    };
    let given = get("sign").ok_or(Refusal::Protocol("缺少参数sign"))?;
    if sign::sign(&params, account.api_key(), sign_type) != given {
        return Err(Refusal::Protocol(SIGN_ERROR));
    }
    Ok(Call {
        account,
        sign_type,
        params,
    })
}
