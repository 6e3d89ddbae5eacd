//! The control API under `/_control/`: what a person or a test in any language does to the platform.

mod books;
mod choice;
mod delivery;
mod page;
mod refunds;
mod time;
mod timeline;
pub(crate) mod view;
mod wait;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::json;

use self::view::TradeView;
use crate::client::Client;
use crate::guard;
use crate::ledger::PayRefusal;
use crate::ledger::trade::TradeKey;
use crate::platform::Platform;
use crate::request_log::RequestEntry;

/// All control calls, and the page that makes them.
pub(crate) fn router(client: Arc<Client>) -> Router {
    let calls = Router::new()
        .route("/_control/", get(page::document))
        .route("/_control/control.js", get(page::script))
        .route("/_control/control.css", get(page::style))
        .route("/_control/openapi.json", get(page::openapi))
        .route("/_control/scenarios", get(choice::list_scenarios))
        .route(
            "/_control/scenario",
            get(choice::read_scenario).put(choice::set_scenario),
        )
        .route("/_control/agent", put(choice::set_agent))
        .route("/_control/offline", put(choice::set_offline))
        .route("/_control/sockets/cut", post(choice::cut_sockets))
        .route(
            "/_control/clock",
            get(time::read_clock).put(time::set_clock),
        )
        .route("/_control/clock/step", post(time::step_clock))
        .route("/_control/trades", get(list_trades))
        .route("/_control/trades/{out_trade_no}", get(read_trade))
        .route("/_control/trades/{out_trade_no}/pay", post(pay_trade))
        .route(
            "/_control/trades/{out_trade_no}/refund",
            post(refunds::refund_trade),
        )
        .route(
            "/_control/trades/{out_trade_no}/timeline",
            get(timeline::read),
        )
        .route("/_control/notifications", get(delivery::list_notifications))
        .route(
            "/_control/notifications/deliver-next",
            post(delivery::deliver_next),
        )
        .route(
            "/_control/notifications/{id}/deliver",
            post(delivery::deliver),
        )
        .route("/_control/replay", post(timeline::replay))
        .route(
            "/_control/requests",
            get(list_requests).delete(clear_requests),
        )
        .route("/_control/seed", post(books::seed))
        .route("/_control/reset", post(books::reset))
        .route("/_control/wait", get(wait::wait))
        .route("/_control/changes", get(wait::changes))
        .with_state(client);
    guard::demand_header(calls)
}

/// A refused control call: status and one sentence.
#[derive(Debug)]
struct ControlError(StatusCode, &'static str);

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let body = json!({ "title": self.1, "status": self.0.as_u16() }).to_string();
        let kind = HeaderValue::from_static("application/problem+json");
        (self.0, [(header::CONTENT_TYPE, kind)], body).into_response()
    }
}

const NO_TRADE: ControlError = ControlError(StatusCode::NOT_FOUND, "no such trade");
const NO_NOTIFICATION: ControlError =
    ControlError(StatusCode::NOT_FOUND, "no such notification is planned");
const BAD_BUYER: ControlError = ControlError(
    StatusCode::UNPROCESSABLE_ENTITY,
    "buyer: 1 to 32 of a-z, 0-9 and -",
);

async fn list_trades(State(client): State<Arc<Client>>) -> Json<Vec<TradeView>> {
    Json(view::trades(&client.platform))
}

async fn read_trade(
    State(client): State<Arc<Client>>,
    Path(out_trade_no): Path<String>,
) -> Result<Json<TradeView>, ControlError> {
    let key = key_of(&client.platform, &out_trade_no).ok_or(NO_TRADE)?;
    view::trade(&client.platform, &key)
        .map(Json)
        .ok_or(NO_TRADE)
}

/// Pays as the sheet would, without a browser, in the scenario of the account that ordered.
async fn pay_trade(
    State(client): State<Arc<Client>>,
    Path(out_trade_no): Path<String>,
) -> Result<Json<TradeView>, ControlError> {
    let platform = &client.platform;
    let key = key_of(platform, &out_trade_no).ok_or(NO_TRADE)?;
    pay(platform, &key).map_err(|refusal| match refusal {
        PayRefusal::NoSuchTrade => NO_TRADE,
        PayRefusal::Paid => ControlError(StatusCode::CONFLICT, "the trade is paid already"),
        PayRefusal::Closed => ControlError(StatusCode::CONFLICT, "the trade is closed"),
    })?;
    view::trade(platform, &key).map(Json).ok_or(NO_TRADE)
}

/// Pays a trade as the account that ordered it, in that account's scenario.
pub(crate) fn pay(platform: &Platform, key: &TradeKey) -> Result<(), PayRefusal> {
    let (payer, scenario) = platform.read(|book| {
        let trade = book.ledger.trade(key).ok_or(PayRefusal::NoSuchTrade)?;
        let scenario = book
            .buyers
            .scenario_of_openid(trade.terms.openid.as_deref());
        Ok((trade.default_payer(), scenario))
    })?;
    platform.pay(key, &payer, scenario).map(drop)
}

/// Finds a trade by its number alone; numbers of different merchants rarely coincide in tests.
pub(crate) fn key_of(platform: &Platform, out_trade_no: &str) -> Option<TradeKey> {
    platform.accounts.iter().find_map(|account| {
        let key = TradeKey::new(account.mch_id(), out_trade_no);
        platform
            .read(|book| book.ledger.trade(&key).is_some())
            .then_some(key)
    })
}

async fn list_requests(State(client): State<Arc<Client>>) -> Json<Vec<RequestEntry>> {
    Json(
        client
            .platform
            .read(|book| book.requests.iter().cloned().collect()),
    )
}

async fn clear_requests(State(client): State<Arc<Client>>) -> StatusCode {
    client.platform.change(|book| book.requests.clear());
    StatusCode::NO_CONTENT
}
