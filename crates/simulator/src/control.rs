//! The control API under `/_control/`: what a person or a test in any language does to the platform.

pub(crate) mod view;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wechat_checkout_protocol::UnixMillis;

use self::view::{NotificationView, TradeView};
use crate::buyer::BuyerName;
use crate::client::Client;
use crate::clock::Pace;
use crate::courier::outbox::NotificationStatus;
use crate::courier::{self};
use crate::ledger::PayRefusal;
use crate::ledger::trade::TradeKey;
use crate::platform::{Book, Platform};
use crate::request_log::RequestEntry;
use crate::scenario::Scenario;

/// A step longer than WeChat keeps trades open would make every trade expire.
const STEP_MS_MAX: i64 = 30 * 24 * 60 * 60 * 1000;
const WAIT_MAX: Duration = Duration::from_secs(60);

/// All control calls.
pub(crate) fn router(client: Arc<Client>) -> Router {
    Router::new()
        .route("/_control/scenarios", get(list_scenarios))
        .route("/_control/scenario", get(read_scenario).put(set_scenario))
        .route("/_control/clock", get(read_clock).put(set_clock))
        .route("/_control/clock/step", post(step_clock))
        .route("/_control/trades", get(list_trades))
        .route("/_control/trades/{out_trade_no}", get(read_trade))
        .route("/_control/trades/{out_trade_no}/pay", post(pay_trade))
        .route("/_control/notifications", get(list_notifications))
        .route("/_control/notifications/deliver-next", post(deliver_next))
        .route("/_control/notifications/{id}/deliver", post(deliver))
        .route(
            "/_control/requests",
            get(list_requests).delete(clear_requests),
        )
        .route("/_control/wait", get(wait))
        .route("/_control/sockets/cut", post(cut_sockets))
        .route("/_control/offline", axum::routing::put(set_offline))
        .with_state(client)
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

async fn list_scenarios() -> Json<Value> {
    let scenarios: Vec<Value> = Scenario::ALL
        .iter()
        .map(|scenario| json!({ "name": scenario.name(), "summary": scenario.summary() }))
        .collect();
    Json(json!(scenarios))
}

#[derive(Debug, Deserialize)]
struct ScenarioBody {
    scenario: Scenario,
    buyer: Option<String>,
}

#[derive(Debug, Deserialize)]
struct BuyerQuery {
    buyer: Option<String>,
}

async fn read_scenario(
    State(client): State<Arc<Client>>,
    Query(query): Query<BuyerQuery>,
) -> Result<Json<Value>, ControlError> {
    let scenario = match query.buyer {
        None => client.platform.read(|book| book.buyers.default_scenario()),
        Some(name) => {
            let buyer = BuyerName::parse(&name).ok_or(BAD_BUYER)?;
            client.platform.read(|book| book.buyers.scenario(&buyer))
        }
    };
    Ok(Json(json!({ "scenario": scenario })))
}

/// With a buyer: that account's scenario. Without: everybody's.
async fn set_scenario(
    State(client): State<Arc<Client>>,
    Json(body): Json<ScenarioBody>,
) -> Result<Json<Value>, ControlError> {
    let buyer = match body.buyer {
        None => None,
        Some(name) => Some(BuyerName::parse(&name).ok_or(BAD_BUYER)?),
    };
    client.platform.change(|book| match &buyer {
        None => book.buyers.set_scenario_of_all(body.scenario),
        Some(buyer) => {
            book.buyers
                .choose(buyer, |choice| choice.scenario = Some(body.scenario));
        }
    });
    Ok(Json(json!({ "scenario": body.scenario })))
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "pace", rename_all = "snake_case")]
enum PaceBody {
    Held,
    Running { speed: u32 },
}

fn clock_view(platform: &Platform) -> Json<Value> {
    let pace = match platform.clock.pace() {
        Pace::Held => PaceBody::Held,
        Pace::Running(speed) => PaceBody::Running { speed },
    };
    Json(json!({ "now": platform.clock.now(), "pace": pace }))
}

async fn read_clock(State(client): State<Arc<Client>>) -> Json<Value> {
    clock_view(&client.platform)
}

async fn set_clock(State(client): State<Arc<Client>>, Json(body): Json<PaceBody>) -> Json<Value> {
    let pace = match body {
        PaceBody::Held => Pace::Held,
        PaceBody::Running { speed } => Pace::Running(speed),
    };
    client.platform.clock.set_pace(pace);
    clock_view(&client.platform)
}

#[derive(Debug, Deserialize)]
struct StepBody {
    ms: i64,
}

/// Moves the clock; everything that falls due on the way happens at its own instant before the
/// answer is sent.
async fn step_clock(
    State(client): State<Arc<Client>>,
    Json(body): Json<StepBody>,
) -> Result<Json<Value>, ControlError> {
    if !(0..=STEP_MS_MAX).contains(&body.ms) {
        return Err(ControlError(
            StatusCode::UNPROCESSABLE_ENTITY,
            "ms: 0 to 30 days",
        ));
    }
    let target = client.platform.clock.now().plus_ms(body.ms);
    client.platform.advance_to(target).await;
    Ok(clock_view(&client.platform))
}

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

#[derive(Debug, Deserialize)]
struct OfTrade {
    out_trade_no: Option<String>,
}

async fn list_notifications(
    State(client): State<Arc<Client>>,
    Query(query): Query<OfTrade>,
) -> Json<Vec<NotificationView>> {
    Json(view::notifications(
        &client.platform,
        query.out_trade_no.as_deref(),
    ))
}

/// Sends the next planned notification now, due or not.
async fn deliver_next(
    State(client): State<Arc<Client>>,
) -> Result<Json<NotificationView>, ControlError> {
    let id = client
        .platform
        .take_next_delivery()
        .ok_or(NO_NOTIFICATION)?;
    courier::deliver(&client.platform, id).await;
    view::notification(&client.platform, id)
        .map(Json)
        .ok_or(NO_NOTIFICATION)
}

/// Sends one notification (again), whatever its state.
async fn deliver(
    State(client): State<Arc<Client>>,
    Path(id): Path<u64>,
) -> Result<Json<NotificationView>, ControlError> {
    if !client.platform.take_delivery(id) {
        return Err(NO_NOTIFICATION);
    }
    courier::deliver(&client.platform, id).await;
    view::notification(&client.platform, id)
        .map(Json)
        .ok_or(NO_NOTIFICATION)
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

/// What to wait for; all that is given must hold at once.
#[derive(Debug, Deserialize)]
struct WaitQuery {
    out_trade_no: String,
    /// `NOTPAY`, `SUCCESS`, `REFUND` or `CLOSED`.
    trade_state: Option<String>,
    /// At least so many true notifications of the trade acknowledged.
    acknowledged: Option<usize>,
    /// At least so many attempts to deliver, of whatever kind and outcome.
    attempts: Option<usize>,
    /// Real milliseconds; at most a minute.
    timeout_ms: Option<u64>,
}

impl WaitQuery {
    fn is_met(&self, book: &Book, key: &TradeKey, now: UnixMillis) -> bool {
        let Some(trade) = book.ledger.trade(key) else {
            return false;
        };
        if self
            .trade_state
            .as_deref()
            .is_some_and(|state| state != trade.state(now).name())
        {
            return false;
        }
        let of_trade = || {
            book.outbox
                .iter()
                .filter(|notification| notification.key == *key)
        };
        let acknowledged = of_trade()
            .filter(|notification| notification.status == NotificationStatus::Acknowledged)
            .filter(|notification| notification.kind.is_repeated())
            .count();
        let attempts: usize = of_trade()
            .map(|notification| notification.attempts.len())
            .sum();
        acknowledged >= self.acknowledged.unwrap_or(0) && attempts >= self.attempts.unwrap_or(0)
    }
}

/// Answers as soon as the condition holds, with the trade; 408 when it does not in time.
async fn wait(
    State(client): State<Arc<Client>>,
    Query(query): Query<WaitQuery>,
) -> Result<Json<TradeView>, ControlError> {
    let platform = &client.platform;
    let timeout = query
        .timeout_ms
        .map_or(WAIT_MAX, |ms| Duration::from_millis(ms).min(WAIT_MAX));
    let met = platform.wait_until(|book| {
        platform.accounts.iter().any(|account| {
            let key = TradeKey::new(account.mch_id(), &query.out_trade_no);
            query.is_met(book, &key, platform.clock.now())
        })
    });
    let too_late = ControlError(
        StatusCode::REQUEST_TIMEOUT,
        "the condition did not hold in time",
    );
    tokio::time::timeout(timeout, met)
        .await
        .map_err(|_| too_late)?;
    let key = key_of(platform, &query.out_trade_no).ok_or(NO_TRADE)?;
    view::trade(platform, &key).map(Json).ok_or(NO_TRADE)
}

async fn cut_sockets(State(client): State<Arc<Client>>) -> StatusCode {
    client.cut_sockets();
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
struct OfflineBody {
    buyer: Option<String>,
    is_offline: bool,
}

/// Takes an account's phone off the network: requests fail and sockets end, as without a signal.
async fn set_offline(
    State(client): State<Arc<Client>>,
    Json(body): Json<OfflineBody>,
) -> Result<StatusCode, ControlError> {
    let buyer = match body.buyer {
        None => BuyerName::default(),
        Some(name) => BuyerName::parse(&name).ok_or(BAD_BUYER)?,
    };
    client.platform.change(|book| {
        book.buyers
            .choose(&buyer, |choice| choice.is_offline = body.is_offline);
    });
    if body.is_offline {
        client.cut_sockets();
    }
    Ok(StatusCode::NO_CONTENT)
}
