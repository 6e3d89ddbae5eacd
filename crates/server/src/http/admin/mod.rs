//! `/admin/…`: what operators do, over HTTP with a bearer token.
//!
//! Without a configured token there is no admin API: its paths look like any unknown path.

mod buyers;
mod orders;
mod webhooks;

use std::net::IpAddr;
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use wechat_checkout_protocol::ErrorCode;

use super::answer::Refused;
use super::request::{ClientIp, is_local};
use crate::app::{App, SharedApp};
use crate::limit::{Caller, Limiter, Rates};

pub use buyers::SignOutBody;
pub use orders::{
    AskRefundBody, OrderTimeline, RefundEntry, RestRefund, ReviewedBody, TimelineEntry,
};

pub(super) fn router(app: &SharedApp) -> Router<SharedApp> {
    Router::new()
        .route("/admin/orders/{id}", get(orders::get_timeline))
        .route("/admin/orders/{id}/inquire", post(orders::inquire))
        .route("/admin/orders/{id}/refunds", post(orders::ask_refund))
        .route("/admin/orders/{id}/reviewed", post(orders::end_review))
        .route("/admin/buyers/sign-out", post(buyers::sign_out))
        .route("/admin/webhooks", get(webhooks::list))
        .route("/admin/webhooks/{id}/redeliver", post(webhooks::redeliver))
        .layer(from_fn_with_state(SharedApp::clone(app), only_operators))
}

/// Guesses of the token a minute from one address.
const GUESSES_PER_MINUTE: u32 = 10;

/// Remembers who guessed.
pub(crate) fn guesses() -> Limiter {
    Limiter::new(Rates {
        buyer_per_minute: 0,
        address_per_minute: GUESSES_PER_MINUTE,
    })
}

/// Lets operators through.
pub(super) async fn only_operators(
    State(app): State<SharedApp>,
    ClientIp(address): ClientIp,
    request: Request,
    next: Next,
) -> Response {
    match check_token(&app, address, &request) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

/// Lets operators through, and whoever asks from this machine itself.
pub(super) async fn only_operators_and_this_machine(
    state: State<SharedApp>,
    address: ClientIp,
    request: Request,
    next: Next,
) -> Response {
    if is_local(&request) {
        return next.run(request).await;
    }
    only_operators(state, address, request, next).await
}

/// Security: compares digests, so that neither length nor content of the token shows in time, and
/// not at all for an address that guesses.
fn check_token(app: &App, address: IpAddr, request: &Request) -> Result<(), Refused> {
    let Some(token) = &app.admin_token else {
        return Err(ErrorCode::NotFound.into());
    };
    // The operators' own machine is not locked out by a neighbour's guesses.
    let guesser = (!is_local(request)).then(|| Caller::at(address));
    if let Some(guesser) = &guesser {
        let free = app.admin_guesses.is_free(guesser, Instant::now());
        free.map_err(Refused::too_many)?;
    }
    let given = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.strip_prefix("Bearer "))
        .unwrap_or_default();
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    if bool::from(digest(token.expose_secret()).ct_eq(&digest(given))) {
        return Ok(());
    }
    metrics::counter!("admin_refused").increment(1);
    if let Some(guesser) = guesser {
        let _ = app.admin_guesses.ask(guesser, Instant::now());
    }
    Err(Refused::detailed(
        ErrorCode::SignInRequired,
        "`Authorization: Bearer` with the admin token",
    ))
}
