//! What was chosen for the accounts: scenario, user agent, and whether the phone has a signal.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{BAD_BUYER, ControlError};
use crate::agent::Agent;
use crate::buyer::BuyerName;
use crate::client::Client;
use crate::scenario::Scenario;

pub(super) async fn list_scenarios() -> Json<Value> {
    let scenarios: Vec<Value> = Scenario::ALL
        .iter()
        .map(|scenario| json!({ "name": scenario.name(), "summary": scenario.summary() }))
        .collect();
    Json(json!(scenarios))
}

#[derive(Debug, Deserialize)]
pub(super) struct ScenarioBody {
    scenario: Scenario,
    buyer: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct BuyerQuery {
    buyer: Option<String>,
}

pub(super) async fn read_scenario(
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
pub(super) async fn set_scenario(
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

pub(super) async fn cut_sockets(State(client): State<Arc<Client>>) -> StatusCode {
    client.cut_sockets();
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
pub(super) struct OfflineBody {
    buyer: Option<String>,
    is_offline: bool,
}

/// Takes an account's phone off the network: requests fail and sockets end, as without a signal.
pub(super) async fn set_offline(
    State(client): State<Arc<Client>>,
    Json(body): Json<OfflineBody>,
) -> Result<StatusCode, ControlError> {
    let buyer = named(body.buyer)?;
    client.platform.change(|book| {
        book.buyers
            .choose(&buyer, |choice| choice.is_offline = body.is_offline);
    });
    if body.is_offline {
        client.cut_sockets();
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Body of `PUT /_control/agent`.
#[derive(Debug, Deserialize)]
pub(super) struct AgentBody {
    agent: Agent,
    buyer: Option<String>,
}

/// Changes the user agent under which an account opens pages.
pub(super) async fn set_agent(
    State(client): State<Arc<Client>>,
    Json(body): Json<AgentBody>,
) -> Result<StatusCode, ControlError> {
    let buyer = named(body.buyer)?;
    client.platform.change(|book| {
        book.buyers
            .choose(&buyer, |choice| choice.agent = Some(body.agent));
    });
    Ok(StatusCode::NO_CONTENT)
}

/// The account of a name, or the default account.
fn named(name: Option<String>) -> Result<BuyerName, ControlError> {
    name.map_or(Ok(BuyerName::default()), |name| {
        BuyerName::parse(&name).ok_or(BAD_BUYER)
    })
}
