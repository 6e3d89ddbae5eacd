//! Composes the notifications that merchants receive, true ones and hostile ones.

use wechat_checkout_gateway::{Params, SignType, sign, xml};
use wechat_checkout_protocol::Fen;

use crate::account::MerchantAccount;
use crate::ledger::numbers;
use crate::ledger::refund::{Refund, RefundStatus};
use crate::ledger::trade::{Payment, Trade};

/// Who signs a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signer<'a> {
    pub(crate) account: &'a MerchantAccount,
    pub(crate) sign_type: SignType,
}

impl Signer<'_> {
    /// Adds `nonce_str` when there is none, and `sign`.
    pub(crate) fn sign(&self, params: &mut Params) {
        if params.get("nonce_str").is_none() {
            params.set("nonce_str", numbers::nonce(32));
        }
        let signature = sign::sign(params, self.account.api_key(), self.sign_type);
        params.set("sign", signature);
    }
}

/// 支付结果通知: the fields in the order and spelling of the official table.
pub(crate) fn payment(signer: Signer<'_>, trade: &Trade, payment: &Payment) -> Params {
    let mut params = payment_fields(signer, trade, payment);
    signer.sign(&mut params);
    params
}

/// The same, with an amount that was changed after signing.
pub(crate) fn with_changed_amount(signer: Signer<'_>, trade: &Trade, paid: &Payment) -> Params {
    let mut params = payment(signer, trade, paid);
    params.set("total_fee", "1");
    params.set("cash_fee", "1");
    params
}

/// The same, without any signature.
pub(crate) fn without_signature(signer: Signer<'_>, trade: &Trade, paid: &Payment) -> Params {
    let mut params = payment(signer, trade, paid);
    params.remove("sign");
    params
}

/// The same, with a signature of which the last digit is wrong.
pub(crate) fn with_broken_signature(signer: Signer<'_>, trade: &Trade, paid: &Payment) -> Params {
    let mut params = payment(signer, trade, paid);
    let mut broken = params.get("sign").unwrap_or_default().to_owned();
    let last = broken.pop();
    broken.push(if last == Some('0') { '1' } else { '0' });
    params.set("sign", broken);
    params
}

/// Coupons, as notification and query name them: nothing at all, or a count and numbered fields.
pub(crate) fn set_coupons(params: &mut Params, payment: &Payment) {
    if payment.coupons.is_empty() {
        return;
    }
    let settled = payment.settlement_total_fee().get();
    params.set("settlement_total_fee", settled.to_string());
    params.set("coupon_fee", payment.coupon_fee().get().to_string());
    params.set("coupon_count", payment.coupons.len().to_string());
    for (n, coupon) in payment.coupons.iter().enumerate() {
        params.set(&format!("coupon_type_{n}"), coupon.kind.name());
        params.set(&format!("coupon_id_{n}"), &coupon.id);
        params.set(&format!("coupon_fee_{n}"), coupon.fee.get().to_string());
    }
}

/// The inside of 退款结果通知, before it is encrypted.
pub(crate) fn refund(trade: &Trade, refund: &Refund) -> Params {
    let digits = |fen: Fen| fen.get().to_string();
    let paid = |fee: &dyn Fn(&Payment) -> Fen| digits(trade.payment().map_or(Fen::ZERO, fee));
    let mut params = Params::from_iter([
        ("out_refund_no", refund.out_refund_no.as_str()),
        ("out_trade_no", &trade.terms.key.out_trade_no),
        ("refund_account", &refund.account),
        ("refund_fee", &digits(refund.refund_fee)),
        ("refund_id", &refund.refund_id),
        ("refund_recv_accout", "支付用户的零钱"),
        ("refund_request_source", refund.source),
        ("refund_status", refund.status.name()),
        (
            "settlement_refund_fee",
            &digits(refund.settlement_refund_fee()),
        ),
        (
            "settlement_total_fee",
            &paid(&Payment::settlement_total_fee),
        ),
        ("total_fee", &paid(&|payment| payment.total_fee)),
        ("cash_refund_fee", &digits(refund.cash_refund_fee())),
    ]);
    if let Some(payment) = trade.payment() {
        params.set("transaction_id", &payment.transaction_id);
    }
    if let (RefundStatus::Success, Some(at)) = (refund.status, refund.completed_at) {
        params.set("success_time", numbers::beijing_clock(at));
    }
    params
}

/// The published probe for XML parsers that resolve external entities, around a true message.
pub(crate) fn entity_probe(params: &Params) -> String {
    let document = xml::write(params);
    let body = document.strip_prefix("<xml>").unwrap_or(&document);
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><!DOCTYPE foo [<!ENTITY xxe SYSTEM \
         \"http://127.0.0.1:9/xxe_inject\">]><xml><attach>&xxe;</attach>{body}"
    )
}

fn payment_fields(signer: Signer<'_>, trade: &Trade, payment: &Payment) -> Params {
    let total_fee = payment.total_fee.get().to_string();
    let mut params = Params::new();
    params.set("appid", &trade.terms.appid);
    if let Some(attach) = &trade.terms.attach {
        params.set("attach", attach);
    }
    params.set("bank_type", "OTHERS");
    params.set("cash_fee", payment.cash_fee().get().to_string());
    set_coupons(&mut params, payment);
    if let Some(device_info) = &trade.terms.device_info {
        params.set("device_info", device_info);
    }
    params.set("fee_type", "CNY");
    params.set("is_subscribe", "N");
    params.set("mch_id", &trade.terms.key.mch_id);
    params.set("nonce_str", numbers::nonce(32));
    params.set("openid", &payment.payer);
    params.set("out_trade_no", &trade.terms.key.out_trade_no);
    params.set("result_code", "SUCCESS");
    params.set("return_code", "SUCCESS");
    if signer.sign_type == SignType::HmacSha256 {
        params.set("sign_type", signer.sign_type.as_str());
    }
    params.set("time_end", numbers::beijing_second(payment.paid_at));
    params.set("total_fee", &total_fee);
    params.set("trade_type", trade.terms.trade_type.name());
    params.set("transaction_id", &payment.transaction_id);
    params
}
