//! The gateway: `/pay/…` as `api.mch.weixin.qq.com` answers it.

mod answer;
mod bill;
mod call;
mod certificate;
mod closeorder;
mod downloadbill;
mod downloadfundflow;
mod fault;
mod fundflow;
mod orderquery;
mod refund;
mod refundquery;
mod unifiedorder;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Extension, State};
use axum::http::Method;
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::routing::any;
use wechat_checkout_gateway::Params;

use self::answer::Refusal;
use self::call::Call;
use self::downloadbill::BillRefusal;
use crate::date;
use crate::listener::Connection;
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
    Refund,
    RefundQuery,
}

impl Endpoint {
    const ALL: [Endpoint; 5] = [
        Endpoint::UnifiedOrder,
        Endpoint::OrderQuery,
        Endpoint::CloseOrder,
        Endpoint::Refund,
        Endpoint::RefundQuery,
    ];

    const fn path(self) -> &'static str {
        match self {
            Endpoint::UnifiedOrder => "/pay/unifiedorder",
            Endpoint::OrderQuery => "/pay/orderquery",
            Endpoint::CloseOrder => "/pay/closeorder",
            Endpoint::Refund => "/secapi/pay/refund",
            Endpoint::RefundQuery => "/pay/refundquery",
        }
    }

    /// Only over HTTPS; plain HTTP knows no certificates.
    const fn demands_certificate(self) -> bool {
        matches!(self, Endpoint::Refund)
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
            Endpoint::Refund => refund::refund(platform, call, scenario),
            Endpoint::RefundQuery => refundquery::query(platform, call),
        }
    }
}

/// All calls of the gateway.
pub(crate) fn router(platform: Arc<Platform>) -> Router {
    let mut router = Router::new();
    for endpoint in Endpoint::ALL {
        let answer = move |State(platform): State<Arc<Platform>>,
                           Extension(connection): Extension<Connection>,
                           method: Method,
                           body: Bytes| async move {
            if endpoint.demands_certificate() && connection == Connection::Encrypted {
                return certificate::missing();
            }
            answer(&platform, endpoint, &connection, &method, &body).await
        };
        router = router.route(endpoint.path(), any(answer));
    }
    router
        .route(downloadbill::PATH, any(answer_bill))
        .route(downloadfundflow::PATH, any(answer_fund_flow))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(map_response_with_state(Arc::clone(&platform), date::stamp))
        .with_state(platform)
}

async fn answer(
    platform: &Platform,
    endpoint: Endpoint,
    connection: &Connection,
    method: &Method,
    body: &[u8],
) -> Response {
    let path = endpoint.path();
    let call = match attributed(platform, path, method, body) {
        Ok(call) => call,
        Err(refusal) => return answer::protocol_failure(refusal.name()),
    };
    let scenario = fault::scenario_of(platform, &call);
    if scenario == Scenario::GatewayDown {
        log(
            platform,
            path,
            &call.params,
            SignatureVerdict::Valid,
            "connection dropped",
        );
        return fault::dropped_connection();
    }
    let permitted = match endpoint.demands_certificate() {
        true => certificate::check(connection, &call),
        false => Ok(()),
    };
    let outcome = permitted
        .and_then(|()| call.check_common())
        .and_then(|()| endpoint.carry_out(platform, &call, scenario));
    let outcome = fault::spoil(platform, path, &call, scenario, outcome);
    let word = outcome.as_ref().map_or_else(Refusal::name, |_| "SUCCESS");
    log(platform, path, &call.params, SignatureVerdict::Valid, word);
    fault::delay(scenario).await;
    answer::signed(&call, &outcome)
}

/// Bills are answered with a file, and refused with codes of their own.
async fn answer_bill(
    State(platform): State<Arc<Platform>>,
    method: Method,
    body: Bytes,
) -> Response {
    let path = downloadbill::PATH;
    answer_with_file(&platform, path, &method, &body, downloadbill::download)
}

async fn answer_fund_flow(
    State(platform): State<Arc<Platform>>,
    Extension(connection): Extension<Connection>,
    method: Method,
    body: Bytes,
) -> Response {
    if connection == Connection::Encrypted {
        return certificate::missing();
    }
    let path = downloadfundflow::PATH;
    answer_with_file(&platform, path, &method, &body, |platform, call| {
        certificate::check(&connection, call)?;
        downloadfundflow::download(platform, call)
    })
}

fn answer_with_file(
    platform: &Platform,
    path: &'static str,
    method: &Method,
    body: &[u8],
    download: impl FnOnce(&Platform, &Call<'_>) -> Result<Response, BillRefusal>,
) -> Response {
    let call = match attributed(platform, path, method, body) {
        Ok(call) => call,
        Err(refusal) => return downloadbill::refused(refusal.into()),
    };
    let outcome = match call.check_common() {
        Ok(()) => download(platform, &call),
        Err(refusal) => Err(refusal.into()),
    };
    let word = outcome
        .as_ref()
        .map_or_else(|refusal| refusal.message, |_| "SUCCESS");
    log(platform, path, &call.params, SignatureVerdict::Valid, word);
    outcome.unwrap_or_else(downloadbill::refused)
}

/// Reads a call and checks who sent it; a refusal is written into the log.
fn attributed<'a>(
    platform: &'a Platform,
    path: &str,
    method: &Method,
    body: &[u8],
) -> Result<Call<'a>, Refusal> {
    if method != Method::POST {
        return Err(Refusal::Protocol("请使用post方法"));
    }
    let (params, refusal) = match call::read(body) {
        Err(refusal) => (Params::new(), refusal),
        Ok(params) => match call::attribute(platform, params.clone()) {
            Ok(call) => return Ok(call),
            Err(refusal) => (params, refusal),
        },
    };
    let verdict = match refusal.name() {
        call::SIGN_ERROR => SignatureVerdict::Invalid,
        _ => SignatureVerdict::NotChecked,
    };
    log(platform, path, &params, verdict, refusal.name());
    Err(refusal)
}

fn log(
    platform: &Platform,
    path: &str,
    params: &Params,
    signature: SignatureVerdict,
    answer: &str,
) {
    let entry = RequestEntry {
        at: platform.clock.now(),
        path: path.to_owned(),
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
