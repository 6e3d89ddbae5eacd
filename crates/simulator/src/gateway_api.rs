//! The gateway: `/pay/…` as `api.mch.weixin.qq.com` answers it.

mod answer;
mod call;
mod closeorder;
mod fault;
mod orderquery;
mod unifiedorder;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::any;
use wechat_checkout_gateway::Params;

use self::answer::Refusal;
use self::call::Call;
use self::fault::Fault;
use crate::platform::Platform;
use crate::request_log::{self, RequestEntry, SignatureVerdict};
use crate::scenario::Scenario;

const BODY_BYTES_MAX: usize = 64 * 1024;

/// The calls that the gateway knows.
#[derive(Clone, Copy, Debug)]
enum Endpoint {
    UnifiedOrder,
    OrderQuery,
    CloseOrder,
}

impl Endpoint {
    const ALL: [Endpoint; 3] = [
        Endpoint::UnifiedOrder,
        Endpoint::OrderQuery,
        Endpoint::CloseOrder,
    ];

    const fn path(self) -> &'static str {
        match self {
            Endpoint::UnifiedOrder => "/pay/unifiedorder",
            Endpoint::OrderQuery => "/pay/orderquery",
            Endpoint::CloseOrder => "/pay/closeorder",
        }
    }

    fn carry_out(
        self,
        platform: &Platform,
        call: &Call<'_>,
        scenario: Scenario,
    ) -> Result<Params, Refusal> {
        match self {
            Endpoint::UnifiedOrder => unifiedorder::place(platform, call),
            Endpoint::OrderQuery => orderquery::query(platform, call),
            Endpoint::CloseOrder => closeorder::close(platform, call, scenario),
        }
    }
}

/// All calls of the gateway.
pub(crate) fn router(platform: Arc<Platform>) -> Router {
    let mut router = Router::new();
    for endpoint in Endpoint::ALL {
        let answer = move |State(platform): State<Arc<Platform>>, method: Method, body: Bytes| async move {
            answer(&platform, endpoint, &method, &body).await
        };
        router = router.route(endpoint.path(), any(answer));
    }
    router
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(platform)
}

async fn answer(platform: &Platform, endpoint: Endpoint, method: &Method, body: &[u8]) -> Response {
    if method != Method::POST {
        return answer::protocol_failure("请使用post方法");
    }
    let params = match call::read(body) {
        Ok(params) => params,
        Err(refusal) => return refuse_unattributed(platform, endpoint, &Params::new(), &refusal),
    };
    let call = match call::attribute(platform, params.clone()) {
        Ok(call) => call,
        Err(refusal) => return refuse_unattributed(platform, endpoint, &params, &refusal),
    };
    let scenario = fault::scenario_of(platform, &call);
    match fault::before(scenario).await {
        Fault::Drop => {
            log(
                platform,
                endpoint,
                &call.params,
                SignatureVerdict::Valid,
                "connection dropped",
            );
            return fault::dropped_connection();
        }
        Fault::None => {}
    }
    let outcome = endpoint.carry_out(platform, &call, scenario);
    let outcome = fault::spoil(platform, endpoint.path(), &call, scenario, outcome);
    let word = outcome.as_ref().map_or_else(Refusal::name, |_| "SUCCESS");
    log(
        platform,
        endpoint,
        &call.params,
        SignatureVerdict::Valid,
        word,
    );
    answer::signed(&call, &outcome)
}

fn refuse_unattributed(
    platform: &Platform,
    endpoint: Endpoint,
    params: &Params,
    refusal: &Refusal,
) -> Response {
    let verdict = match refusal.name() {
        "签名错误" => SignatureVerdict::Invalid,
        _ => SignatureVerdict::NotChecked,
    };
    log(platform, endpoint, params, verdict, refusal.name());
    answer::protocol_failure(refusal.name())
}

fn log(
    platform: &Platform,
    endpoint: Endpoint,
    params: &Params,
    signature: SignatureVerdict,
    answer: &str,
) {
    let entry = RequestEntry {
        at: platform.clock.now(),
        path: endpoint.path().to_owned(),
        out_trade_no: params.get("out_trade_no").map(str::to_owned),
        signature,
        answer: answer.to_owned(),
        params: request_log::masked(params),
    };
    tracing::debug!(
        path = entry.path,
        out_trade_no = entry.out_trade_no,
        answer,
        "gateway call"
    );
    platform.change(|book| book.requests.add(entry));
}
