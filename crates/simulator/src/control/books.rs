//! The books as a whole: emptied, and filled with orders that nobody had to place.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use wechat_checkout_gateway::SignType;
use wechat_checkout_protocol::Fen;

use super::view::{self, TradeView};
use super::{BAD_BUYER, ControlError};
use crate::account::MerchantAccount;
use crate::buyer::BuyerName;
use crate::client::Client;
use crate::ledger::trade::{Terms, TradeKey, TradeType};

/// More orders at once are placed through the gateway.
const SEEDED_MAX: usize = 10_000;

/// `POST /_control/reset`: forgets trades, notifications, calls and choices, and sets the clock back
/// to real time.
pub(super) async fn reset(State(client): State<Arc<Client>>) -> StatusCode {
    client.platform.reset().await;
    StatusCode::NO_CONTENT
}

/// One order of `POST /_control/seed`.
#[derive(Debug, Deserialize)]
pub(super) struct SeedOrder {
    out_trade_no: String,
    total_fee: Fen,
    body: String,
    notify_url: String,
    /// The merchant; the first one unless given.
    mch_id: Option<String>,
    /// The account that orders.
    buyer: Option<String>,
    /// Whether it is paid at once, in the scenario of the account.
    #[serde(default)]
    is_paid: bool,
}

/// `POST /_control/seed`: places JSAPI orders without a call to the gateway.
pub(super) async fn seed(
    State(client): State<Arc<Client>>,
    Json(orders): Json<Vec<SeedOrder>>,
) -> Result<Json<Vec<TradeView>>, ControlError> {
    if orders.len() > SEEDED_MAX {
        return Err(refused("too many orders at once"));
    }
    let platform = &client.platform;
    let mut keys = vec![];
    for order in orders {
        let is_paid = order.is_paid;
        let terms = terms(&platform.accounts, order)?;
        let key = terms.key.clone();
        let now = platform.clock.now();
        platform
            .change(|book| book.ledger.place(terms, now).map(drop))
            .map_err(|_| ControlError(StatusCode::CONFLICT, "an out_trade_no is taken"))?;
        if is_paid {
            super::pay(platform, &key)
                .map_err(|_| ControlError(StatusCode::CONFLICT, "an order is paid already"))?;
        }
        keys.push(key);
    }
    Ok(Json(
        keys.iter()
            .filter_map(|key| view::trade(platform, key))
            .collect(),
    ))
}

fn refused(why: &'static str) -> ControlError {
    ControlError(StatusCode::UNPROCESSABLE_ENTITY, why)
}

fn terms(accounts: &[MerchantAccount], order: SeedOrder) -> Result<Terms, ControlError> {
    let account = match &order.mch_id {
        None => accounts.first(),
        Some(mch_id) => accounts.iter().find(|account| account.mch_id() == mch_id),
    };
    let account = account.ok_or(refused("no such merchant"))?;
    let buyer = match order.buyer {
        None => BuyerName::default(),
        Some(name) => BuyerName::parse(&name).ok_or(BAD_BUYER)?,
    };
    Ok(Terms {
        key: TradeKey::new(account.mch_id(), &order.out_trade_no),
        appid: account.appid().to_owned(),
        trade_type: TradeType::Jsapi,
        body: order.body,
        attach: None,
        device_info: None,
        total_fee: order.total_fee,
        notify_url: order
            .notify_url
            .parse()
            .map_err(|_| refused("notify_url: not a URL"))?,
        openid: Some(buyer.openid(account.appid())),
        time_expire: None,
        sign_type: SignType::HmacSha256,
        compared: std::collections::BTreeMap::new(),
    })
}
