//! The clock: read, followed, held, run at another pace, stepped.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
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
    // First, so that a change in between is told by the next question at once.
    let revision = platform.clock.revision();
    let pace = match platform.clock.pace() {
        Pace::Held => PaceBody::Held,
        Pace::Running(speed) => PaceBody::Running { speed },
    };
    let now = platform.clock.now();
    Json(json!({ "now": now, "pace": pace, "revision": revision }))
}

/// Query of `GET /_control/clock`.
#[derive(Debug, Deserialize)]
pub(super) struct ClockQuery {
    /// The revision that the caller knows; without one the answer comes at once.
    after: Option<u64>,
}

/// Answers as soon as the clock was held, stepped or set, at the latest after a while: a program
/// that follows the clock asks again and again, and runs on by the pace in between.
pub(super) async fn read_clock(
    State(client): State<Arc<Client>>,
    Query(query): Query<ClockQuery>,
) -> Json<Value> {
    const QUIET_MAX: Duration = Duration::from_secs(20);
    if let Some(known) = query.after {
        let changed = client.platform.clock.changed_since(known);
        // Nothing new is an answer, too.
        let _ = tokio::time::timeout(QUIET_MAX, changed).await;
    }
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
    client.platform.step(body.ms).await;
    Ok(clock_view(&client.platform))
}
