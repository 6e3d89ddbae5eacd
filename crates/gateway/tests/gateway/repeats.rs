//! Calls are sent again while their outcome is unclear, and never once it is clear.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use wechat_checkout_gateway::retry::ATTEMPTS_MAX;
use wechat_checkout_gateway::{
    Call, CallError, Client, ClientConfig, Params, QueryBy, Refund, RefundQueryBy, UnknownCause,
    xml,
};
use wechat_checkout_protocol::Fen;

use crate::calls::order;
use crate::merchant::{self, PAYMENT, signed};
use crate::stub::{Stub, html};

/// One thing that a gateway can do instead of answering well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    SystemError,
    ServerError,
    NotXml,
    BrokenBody,
    NoResult,
    BadSignature,
    // From here on: clear, or hopeless.
    Refusal,
    Throttled,
    Communication,
    NotFound,
    Foreign,
}

impl Trouble {
    const UNCLEAR: [Trouble; 6] = [
        Trouble::SystemError,
        Trouble::ServerError,
        Trouble::NotXml,
        Trouble::BrokenBody,
        Trouble::NoResult,
        Trouble::BadSignature,
    ];
    const CLEAR: [Trouble; 5] = [
        Trouble::Refusal,
        Trouble::Throttled,
        Trouble::Communication,
        Trouble::NotFound,
        Trouble::Foreign,
    ];

    fn answer(self) -> Response {
        let merchant = merchant::md5();
        let refused = |code| signed(&merchant, &[("result_code", "FAIL"), ("err_code", code)]);
        let message = |params: Params| xml::write(&params).into_response();
        match self {
            Trouble::SystemError => message(refused("SYSTEMERROR")),
            Trouble::ServerError => StatusCode::BAD_GATEWAY.into_response(),
            Trouble::NotXml => html("<html>系统繁忙</html>").into_response(),
            Trouble::BrokenBody => Body::from_stream(futures_util::stream::iter([
                Ok("<xml>"),
                Err(std::io::Error::other("cut off")),
            ]))
            .into_response(),
            Trouble::NoResult => message(signed(&merchant, &[("result_code", "")])),
            Trouble::BadSignature => {
                let mut params = signed(&merchant, &[]);
                params.set("attach", "changed");
                message(params)
            }
            Trouble::Refusal => message(refused("PARAM_ERROR")),
            Trouble::Throttled => message(refused("FREQUENCY_LIMITED")),
            Trouble::Communication => message(Params::from_iter([
                ("return_code", "FAIL"),
                ("return_msg", "appid不存在"),
            ])),
            Trouble::NotFound => StatusCode::NOT_FOUND.into_response(),
            Trouble::Foreign => message(signed(&merchant, &[("mch_id", "10000101")])),
        }
    }
}

fn good_answer(call: Call) -> Response {
    let own: &[(&str, &str)] = match call {
        Call::UnifiedOrder => &[("trade_type", "JSAPI"), ("prepay_id", "wx2014")],
        Call::OrderQuery => &[("trade_state", "SUCCESS")],
        Call::CloseOrder => &[],
        Call::Refund => &[
            ("out_refund_no", "r1"),
            ("refund_id", "5"),
            ("refund_fee", "1"),
        ],
        Call::RefundQuery => &[
            ("refund_count", "1"),
            ("out_refund_no_0", "r1"),
            ("refund_id_0", "5"),
            ("refund_status_0", "SUCCESS"),
            ("refund_fee_0", "1"),
        ],
    };
    let merchant = merchant::md5();
    let params = match call {
        Call::UnifiedOrder => signed(&merchant, own),
        _ => signed(&merchant, &[&PAYMENT[..], own].concat()),
    };
    xml::write(&params).into_response()
}

async fn make(client: &Client, call: Call) -> Result<(), CallError> {
    let number = QueryBy::OutTradeNo("1409811653");
    let fen = Fen::new(1).expect("an amount");
    match call {
        Call::UnifiedOrder => client.unifiedorder(&order()).await.map(drop),
        Call::OrderQuery => client.orderquery(number).await.map(drop),
        Call::CloseOrder => client.closeorder("1409811653").await.map(drop),
        Call::Refund => {
            let refund = Refund::new(number, "r1", fen, fen);
            client.refund(&refund).await.map(drop)
        }
        Call::RefundQuery => {
            let by = RefundQueryBy::OutRefundNo("r1");
            client.refundquery(by, 0).await.map(drop)
        }
    }
}

/// A gateway with these troubles, one an answer, and good answers ever after.
async fn troubled(call: Call, troubles: &[Trouble]) -> Stub {
    let troubles = Arc::new(Mutex::new(VecDeque::from(troubles.to_vec())));
    Stub::start(move |_| {
        let next = troubles.lock().expect("no panic").pop_front();
        std::future::ready(next.map_or_else(|| good_answer(call), Trouble::answer))
    })
    .await
}

#[tokio::test]
async fn one_unclear_answer_of_any_kind_to_any_call_is_asked_for_again() {
    let cases = Call::ALL
        .into_iter()
        .flat_map(|call| Trouble::UNCLEAR.map(|trouble| (call, trouble)));
    let all = cases.map(async |(call, trouble)| {
        let stub = troubled(call, &[trouble]).await;
        let outcome = make(&stub.patient_client(merchant::md5()), call).await;
        assert!(outcome.is_ok(), "{call:?} after {trouble:?}: {outcome:?}");
        let seen = stub.seen();
        assert_eq!(seen.len(), 2, "{call:?} after {trouble:?}");
        let [first, second] = [seen[0].params(), seen[1].params()];
        for (name, value) in first.iter() {
            let is_fresh = matches!(name, "nonce_str" | "sign");
            assert_eq!(
                second.get(name) == Some(value),
                !is_fresh,
                "{call:?} {name}"
            );
        }
    });
    join_all(all).await;
}

#[tokio::test]
async fn a_clear_answer_is_final() {
    let cases = Call::ALL
        .into_iter()
        .flat_map(|call| Trouble::CLEAR.map(|trouble| (call, trouble)));
    let all = cases.map(async |(call, trouble)| {
        let stub = troubled(call, &[trouble]).await;
        let outcome = make(&stub.patient_client(merchant::md5()), call).await;
        assert!(outcome.is_err(), "{call:?} after {trouble:?}");
        assert_eq!(stub.seen().len(), 1, "{call:?} after {trouble:?}");
    });
    join_all(all).await;
}

#[tokio::test]
async fn attempts_are_counted() {
    let stub = troubled(Call::OrderQuery, &[Trouble::SystemError; 10]).await;
    let error = make(&stub.patient_client(merchant::md5()), Call::OrderQuery).await;
    assert!(matches!(
        error,
        Err(CallError::OutcomeUnknown(UnknownCause::Busy { .. }))
    ));
    assert_eq!(
        stub.seen().len(),
        usize::try_from(ATTEMPTS_MAX).expect("a few")
    );
}

/// The buyer waits: a call ends in its own time, whatever it still could try.
#[tokio::test]
async fn the_patience_bounds_all_attempts_together() {
    let stub = Stub::start(|_| std::future::pending::<&'static str>()).await;
    let mut config = ClientConfig::new(stub.url());
    config.read_timeout = Duration::from_millis(300);
    config.patience = Duration::from_millis(1_200);
    let client = Client::new(config, merchant::md5()).expect("a client");
    let started = Instant::now();
    let outcome = make(&client, Call::UnifiedOrder).await;
    assert!(matches!(
        outcome,
        Err(CallError::OutcomeUnknown(UnknownCause::Transport(_)))
    ));
    assert_eq!(stub.seen().len(), 2, "the first, and what the time allowed");
    // Generous for a busy machine; without the bound it is three attempts and two pauses.
    assert!(started.elapsed() < Duration::from_secs(6));
}
