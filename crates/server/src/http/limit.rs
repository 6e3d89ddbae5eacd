//! Refuses callers who ask too often, before they cost the database or WeChat anything.
//!
//! Buyers' calls also leave a part of the connections free, however long WeChat takes to answer
//! them: its notifications need one.
//!
//! Only buyers' calls are limited. WeChat's notifications never are: each may be money.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use wechat_checkout_protocol::ErrorCode;

use super::answer::Refused;
use super::buyer::MaybeBuyer;
use super::forwarded::is_forwarded;
use super::request::{ClientIp, with_whole_body};
use crate::app::SharedApp;
use crate::limit::Caller;

/// Answers 503 while buyers' calls under way take all that they may. A call is under way once it has
/// come whole: a body in drops is waited for without taking anything from others.
pub(super) async fn leave_room(
    State(app): State<SharedApp>,
    request: Request,
    next: Next,
) -> Response {
    let request = match with_whole_body(request).await {
        Ok(request) => request,
        Err(refused) => return refused.into_response(),
    };
    match app.buyers_calls.try_acquire() {
        Ok(_one) => next.run(request).await,
        Err(_) => Refused {
            retry_after_s: Some(1),
            ..ErrorCode::Unavailable.into()
        }
        .into_response(),
    }
}

/// Lets a request through, or answers 429 with `Retry-After`.
///
/// A caller without a session on this machine itself is not limited: it is an operator, or a proxy
/// that the configuration does not know of, and then it would be everybody.
pub(super) async fn refuse_too_many(
    State(app): State<SharedApp>,
    buyer: Result<MaybeBuyer, Refused>,
    ClientIp(address): ClientIp,
    request: Request,
    next: Next,
) -> Response {
    // Who cannot be told is a stranger here; the call itself refuses him, or helps.
    let openid = buyer.ok().and_then(|MaybeBuyer(openid)| openid);
    // Whoever writes an address that nobody can read is not on this machine for that.
    let is_passed_on = app.is_behind_proxy && is_forwarded(request.headers());
    let caller = match openid {
        Some(openid) => Caller::Buyer(openid),
        None if address.is_loopback() && !is_passed_on => return next.run(request).await,
        None => Caller::at(address),
    };
    match app.limiter.ask(caller, Instant::now()) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            metrics::counter!("requests_limited").increment(1);
            Refused::too_many(wait).into_response()
        }
    }
}
