//! A refund that somebody at the merchant makes on WeChat's own platform (商户平台), not by the API.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use wechat_checkout_protocol::Fen;

use super::view::{self, TradeView};
use super::{ControlError, NO_TRADE, key_of};
use crate::client::Client;
use crate::ledger::numbers;
use crate::ledger::refund::RefundRequest;

/// Body of `POST /_control/trades/{out_trade_no}/refund`.
#[derive(Debug, Deserialize)]
pub(super) struct RefundBody {
    /// What goes back.
    refund_fee: Fen,
    /// Where the notification goes: the address that the merchant registered on the platform.
    notify_url: Option<String>,
}

/// Refunds without the merchant's server: it learns of it by notification, query or bill.
pub(super) async fn refund_trade(
    State(client): State<Arc<Client>>,
    Path(out_trade_no): Path<String>,
    Json(body): Json<RefundBody>,
) -> Result<Json<TradeView>, ControlError> {
    let refused = |why| ControlError(StatusCode::UNPROCESSABLE_ENTITY, why);
    let platform = &client.platform;
    let key = key_of(platform, &out_trade_no).ok_or(NO_TRADE)?;
    let paid = platform.read(|book| {
        let trade = book.ledger.trade(&key);
        trade
            .and_then(|trade| trade.payment())
            .map(|payment| payment.total_fee)
    });
    let total_fee = paid.ok_or(ControlError(StatusCode::CONFLICT, "the trade is not paid"))?;
    if body.refund_fee == Fen::ZERO {
        return Err(refused("refund_fee: at least one fen"));
    }
    let notify_url = body.notify_url.map(|text| text.parse()).transpose();
    let request = RefundRequest {
        key: key.clone(),
        out_refund_no: numbers::nonce(28),
        total_fee,
        refund_fee: body.refund_fee,
        notify_url: notify_url.map_err(|_| refused("notify_url: not a URL"))?,
        account: "REFUND_SOURCE_UNSETTLED_FUNDS".to_owned(),
        source: "VENDOR_PLATFORM",
    };
    let too_much = ControlError(StatusCode::CONFLICT, "more than is left cannot go back");
    platform.refund(request).map_err(|_| too_much)?;
    view::trade(platform, &key).map(Json).ok_or(NO_TRADE)
}
