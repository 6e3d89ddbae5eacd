//! 申请退款: accepts that money goes back. The end of the refund comes later.

use url::Url;
use wechat_checkout_gateway::Params;
use wechat_checkout_protocol::Fen;

use super::answer::Refusal;
use super::call::Call;
use crate::ledger::refund::{Refund, RefundRefusal, RefundRequest};
use crate::ledger::trade::{Trade, TradeKey};
use crate::platform::Platform;
use crate::scenario::Scenario;

const OUT_REFUND_NO_LENGTH_MAX: usize = 64;
const REFUND_DESC_BYTES_MAX: usize = 80;
const NOTIFY_URL_BYTES_MAX: usize = 256;
const ACCOUNTS: [&str; 2] = [
    "REFUND_SOURCE_UNSETTLED_FUNDS",
    "REFUND_SOURCE_RECHARGE_FUNDS",
];

/// Carries the call out.
pub(crate) fn refund(
    platform: &Platform,
    call: &Call<'_>,
    scenario: Scenario,
) -> Result<Params, Refusal> {
    let request = read(platform, call)?;
    if scenario == Scenario::RefundNotEnough {
        return Err(Refusal::business(
            "NOTENOUGH",
            "基本账户余额不足，请充值后重新发起",
        ));
    }
    let (trade, refund) = platform.refund(request).map_err(refusal)?;
    Ok(reply(&trade, &refund))
}

fn read(platform: &Platform, call: &Call<'_>) -> Result<RefundRequest, Refusal> {
    let out_refund_no = call.required("out_refund_no")?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte);
    if out_refund_no.len() > OUT_REFUND_NO_LENGTH_MAX || !out_refund_no.bytes().all(allowed) {
        return Err(Refusal::bad("out_refund_no", "参数格式错误"));
    }
    if call
        .get("refund_desc")
        .is_some_and(|text| text.len() > REFUND_DESC_BYTES_MAX)
    {
        return Err(Refusal::bad("refund_desc", "参数长度有误"));
    }
    if call
        .get("refund_fee_type")
        .is_some_and(|kind| kind != "CNY")
    {
        return Err(Refusal::bad("refund_fee_type", "参数格式错误"));
    }
    let account = call.get("refund_account").unwrap_or(ACCOUNTS[0]);
    if !ACCOUNTS.contains(&account) {
        return Err(Refusal::bad("refund_account", "参数格式错误"));
    }
    Ok(RefundRequest {
        key: trade_key(platform, call)?,
        out_refund_no: out_refund_no.to_owned(),
        total_fee: call.amount("total_fee")?,
        refund_fee: call.amount("refund_fee")?,
        notify_url: read_notify_url(call)?,
        account: account.to_owned(),
        source: "API",
    })
}

/// `transaction_id` or `out_trade_no`; the first wins.
fn trade_key(platform: &Platform, call: &Call<'_>) -> Result<TradeKey, Refusal> {
    let Some(transaction_id) = call.get("transaction_id") else {
        return call.trade_key();
    };
    let found = platform.read(|book| {
        let trade = book
            .ledger
            .trade_by_transaction_id(call.account.mch_id(), transaction_id);
        trade.map(|trade| trade.terms.key.clone())
    });
    found.ok_or_else(|| Refusal::business("INVALID_TRANSACTIONID", "无效transaction_id"))
}

fn read_notify_url(call: &Call<'_>) -> Result<Option<Url>, Refusal> {
    let Some(text) = call.get("notify_url") else {
        return Ok(None);
    };
    text.parse::<Url>()
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none())
        .filter(|_| text.len() <= NOTIFY_URL_BYTES_MAX)
        .map(Some)
        .ok_or_else(|| Refusal::bad("notify_url", "参数格式错误，须为不带参数的绝对地址"))
}

fn reply(trade: &Trade, refund: &Refund) -> Params {
    let mut params = Params::from_iter([("out_trade_no", &trade.terms.key.out_trade_no)]);
    params.set("out_refund_no", &refund.out_refund_no);
    params.set("refund_id", &refund.refund_id);
    let mut set = |name: &str, fen: Fen| params.set(name, fen.get().to_string());
    set("refund_fee", refund.refund_fee);
    set("settlement_refund_fee", refund.settlement_refund_fee());
    set("cash_refund_fee", refund.cash_refund_fee());
    set("coupon_refund_fee", refund.coupon_refund_fee());
    if let Some(payment) = trade.payment() {
        set("total_fee", payment.total_fee);
        set("settlement_total_fee", payment.settlement_total_fee());
        set("cash_fee", payment.cash_fee());
        params.set("transaction_id", &payment.transaction_id);
    }
    params.set("fee_type", "CNY");
    params.set("cash_fee_type", "CNY");
    params.set("coupon_refund_count", refund.coupons.len().to_string());
    for (n, coupon) in refund.coupons.iter().enumerate() {
        params.set(&format!("coupon_type_{n}"), coupon.kind.name());
        params.set(&format!("coupon_refund_id_{n}"), &coupon.id);
        params.set(
            &format!("coupon_refund_fee_{n}"),
            coupon.fee.get().to_string(),
        );
    }
    params
}

fn refusal(why: RefundRefusal) -> Refusal {
    match why {
        // 请检查你的订单号是否正确且是否已支付，未支付的订单不能发起退款.
        RefundRefusal::NoPayment => Refusal::business("ORDERNOTEXIST", "订单不存在"),
        RefundRefusal::FeeMismatch => Refusal::business(
            "REFUND_FEE_MISMATCH",
            "订单金额或退款金额与之前请求不一致，请核实后再试",
        ),
        RefundRefusal::NumberUsed => {
            Refusal::business("PARAM_ERROR", "out_refund_no已被其他订单使用")
        }
        RefundRefusal::TooMuch => Refusal::business("ERROR", "累计退款金额大于支付金额"),
        RefundRefusal::TooMany => Refusal::business("ERROR", "部分退款次数超过上限"),
        RefundRefusal::Overdue => Refusal::business("TRADE_OVERDUE", "订单已经超过退款期限"),
    }
}
