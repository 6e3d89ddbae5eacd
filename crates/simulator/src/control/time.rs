//! The clock: read, held, run at another pace, stepped.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ControlError;
use crate::client::Client;
use crate::clock::Pace;
use crate::platform::Platform;

/// A step longer than this is a mistake in the unit.
const STEP_MS_MAX: i64 = 30 * 24 * 60 * 60 * 1000;

#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "pace", rename_all = "snake_case")]
pub(super) enum PaceBody {
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

pub(super) async fn read_clock(State(client): State<Arc<Client>>) -> Json<Value> {
    clock_view(&client.platform)
}

pub(super) async fn set_clock(
    State(client): State<Arc<Client>>,
    Json(body): Json<PaceBody>,
) -> Json<Value> {
    let pace = match body {
        PaceBody::Held => Pace::Held,
        PaceBody::Running { speed } => Pace::Running(speed),
    };
    client.platform.clock.set_pace(pace);
    clock_view(&client.platform)
}

#[derive(Debug, Deserialize)]
pub(super) struct StepBody {
    ms: i64,
}

/// Moves the clock; everything that falls due on the way happens at its own instant before the
/// answer is sent.
pub(super) async fn step_clock(
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
