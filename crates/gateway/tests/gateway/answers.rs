//! Answers that are not good ones: refused, or outcome unknown, and what is tried again.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use wechat_checkout_gateway::retry::{ATTEMPTS_MAX, Retry, decide};
use wechat_checkout_gateway::{
    CallError, ErrCode, FieldError, Params, QueryBy, TransportError, UnknownCause, VerifyError, xml,
};

use crate::merchant::{self, PAYMENT, signed};
use crate::stub::{Stub, html};

async fn query(stub: &Stub) -> CallError {
    let query = QueryBy::OutTradeNo("1409811653");
    stub.client(merchant::md5())
        .orderquery(query)
        .await
        .expect_err("not a good answer")
}

/// The error of a query that is answered with these parameters.
async fn answered(params: Params) -> CallError {
    query(&Stub::answering(params).await).await
}

fn refusal(code: &str) -> Params {
    let pairs = [
        ("result_code", "FAIL"),
        ("err_code", code),
        ("err_code_des", "说明"),
    ];
    signed(&merchant::md5(), &pairs)
}

fn wait_ms(error: &CallError, attempt: u32) -> Option<u128> {
    match decide(error, attempt) {
        Retry::Stop => None,
        Retry::WaitFor(wait) => Some(wait.as_millis()),
    }
}

#[tokio::test]
async fn a_verified_no_is_a_refusal_with_its_code() {
    for (wire, code) in [
        ("ORDERNOTEXIST", ErrCode::OrderNotExist),
        ("ORDERPAID", ErrCode::OrderPaid),
        ("NOTENOUGH", ErrCode::NotEnough),
        ("BRAND_NEW", ErrCode::Other("BRAND_NEW".to_owned())),
        ("   ?! ", ErrCode::Other("   ?! ".to_owned())),
        ("", ErrCode::Other(String::new())),
    ] {
        let error = answered(refusal(wire)).await;
        assert_eq!(decide(&error, 1), Retry::Stop, "{wire}");
        match error {
            CallError::Refused {
                code: refused,
                description,
            } => {
                assert_eq!((refused, description.as_str()), (code, "说明"));
            }
            other => panic!("{wire}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn too_fast_means_a_minute_at_least() {
    for code in ["FREQUENCY_LIMITED", "FREQ_LIMIT", "INVALID_REQ_TOO_MUCH"] {
        let error = answered(refusal(code)).await;
        assert_eq!(wait_ms(&error, 1), Some(60_000), "{code}");
        assert_eq!(wait_ms(&error, 2), Some(120_000), "{code}");
        assert_eq!(wait_ms(&error, ATTEMPTS_MAX), None, "{code}");
    }
}

#[tokio::test]
async fn wechat_not_being_sure_is_an_unknown_outcome_and_worth_another_try() {
    for code in ["SYSTEMERROR", "BIZERR_NEED_RETRY", "BANKERROR"] {
        let error = answered(refusal(code)).await;
        assert!(
            matches!(&error, CallError::OutcomeUnknown(UnknownCause::Busy { .. })),
            "{code}: {error:?}",
        );
        let waits: Vec<_> = (1..=ATTEMPTS_MAX)
            .map(|attempt| wait_ms(&error, attempt))
            .collect();
        assert_eq!(waits, [Some(500), Some(1_000), None], "{code}");
    }
}

/// In its own trouble WeChat cannot even sign.
#[tokio::test]
async fn an_unsigned_system_error_is_worth_another_try_too() {
    for words in ["系统错误", "系统繁忙，请稍后再试", "SYSTEMERROR"] {
        let unsigned = [("return_code", "FAIL"), ("return_msg", words)];
        let error = answered(Params::from_iter(unsigned)).await;
        assert!(
            matches!(&error, CallError::OutcomeUnknown(UnknownCause::Busy { .. })),
            "{words}: {error:?}",
        );
        assert_eq!(wait_ms(&error, 1), Some(500), "{words}");
    }
}

#[tokio::test]
async fn a_communication_failure_says_nothing_about_the_order() {
    let error = answered(Params::from_iter([
        ("return_code", "FAIL"),
        ("return_msg", "商户号mch_id与appid不匹配"),
    ]))
    .await;
    match &error {
        CallError::OutcomeUnknown(UnknownCause::CommunicationFailed { message }) => {
            assert_eq!(message, "商户号mch_id与appid不匹配");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        decide(&error, 1),
        Retry::Stop,
        "the same request would be answered the same"
    );
}

/// Neither yes nor no: absence is no success and no refusal, and a new word is neither.
#[tokio::test]
async fn an_answer_without_a_result_is_unknown_and_asked_for_again() {
    let merchant = merchant::md5();
    let paid = [&PAYMENT[..], &[("trade_state", "SUCCESS")]].concat();
    let with = |result: &str| signed(&merchant, &[&paid[..], &[("result_code", result)]].concat());
    let mut without_result = with("");
    without_result.remove("result_code");
    merchant.sign(&mut without_result);
    let missing = |name| FieldError::Missing { name };
    for (params, expected) in [
        (without_result, missing("result_code")),
        (with(""), missing("result_code")),
        (
            with("MAYBE"),
            FieldError::Unknown {
                name: "result_code",
            },
        ),
        (Params::new(), missing("return_code")),
        (
            Params::from_iter([("result_code", "SUCCESS")]),
            missing("return_code"),
        ),
    ] {
        let error = answered(params).await;
        assert_eq!(wait_ms(&error, 1), Some(500), "{expected:?}");
        match error {
            CallError::OutcomeUnknown(UnknownCause::Incomplete(error)) => {
                assert_eq!(error, expected);
            }
            other => panic!("{expected:?} was expected, not {other:?}"),
        }
    }
}

/// Published answers lack appid and mch_id at times; the key that signed them is ours alone.
#[tokio::test]
async fn an_answer_without_an_addressee_is_taken_and_one_to_another_is_not() {
    let merchant = merchant::md5();
    let query = QueryBy::OutTradeNo("1409811653");
    for (name, value, is_taken) in [
        ("appid", "", true),
        ("mch_id", "", true),
        ("appid", "wx0000000000000000", false),
        ("mch_id", "10000101", false),
    ] {
        let mut params = signed(
            &merchant,
            &[("out_trade_no", "1409811653"), ("trade_state", "NOTPAY")],
        );
        params.set(name, value);
        merchant.sign(&mut params);
        let stub = Stub::answering(params).await;
        let outcome = stub.client(merchant.clone()).orderquery(query).await;
        match outcome {
            Ok(_) => assert!(is_taken, "{name} {value}"),
            Err(CallError::OutcomeUnknown(UnknownCause::Unverified(error))) => {
                assert!(!is_taken, "{name} {value}");
                assert_eq!(error.to_string().contains("another"), !is_taken);
            }
            Err(other) => panic!("{name} {value}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_verified_is_not_believed() {
    let good = || {
        signed(
            &merchant::md5(),
            &[&PAYMENT[..], &[("trade_state", "SUCCESS")]].concat(),
        )
    };
    let mut unsigned = good();
    unsigned.remove("sign");
    let mut changed = good();
    changed.set("trade_state", "NOTPAY");
    let foreign = signed(
        &merchant::of(
            "wx0000000000000000",
            merchant::MCH_ID,
            merchant::md5().sign_type(),
            merchant::KEY,
        ),
        &PAYMENT,
    );
    for (params, expected) in [
        (unsigned, VerifyError::SignatureMissing),
        (changed, VerifyError::SignatureMismatch),
        (foreign, VerifyError::ForeignAppid),
    ] {
        match answered(params).await {
            CallError::OutcomeUnknown(UnknownCause::Unverified(error)) => {
                assert_eq!(error, expected);
            }
            other => panic!("{expected:?} was expected, not {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_answer_about_something_else_is_no_answer() {
    let other = [("out_trade_no", "1409811654"), ("trade_state", "SUCCESS")];
    let no_payment = [("out_trade_no", "1409811653"), ("trade_state", "SUCCESS")];
    let no_state = [("out_trade_no", "1409811653")];
    for (pairs, expected) in [
        (
            &other[..],
            FieldError::Other {
                name: "out_trade_no",
            },
        ),
        (&no_payment[..], FieldError::Missing { name: "total_fee" }),
        (
            &no_state[..],
            FieldError::Missing {
                name: "trade_state",
            },
        ),
    ] {
        match answered(signed(&merchant::md5(), pairs)).await {
            CallError::OutcomeUnknown(UnknownCause::Incomplete(error)) => {
                assert_eq!(error, expected);
            }
            other => panic!("{expected:?} was expected, not {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_unreadable_answer_is_an_unknown_outcome() {
    let stub = Stub::start(|_| std::future::ready(html("<html>系统繁忙</html>"))).await;
    let error = query(&stub).await;
    assert!(matches!(
        error,
        CallError::OutcomeUnknown(UnknownCause::Unreadable(xml::XmlError::WrongRoot))
    ));
    assert_eq!(
        decide(&error, 1),
        Retry::WaitFor(Duration::from_millis(500))
    );
}

#[tokio::test]
async fn other_statuses_than_200_are_unknown_outcomes() {
    for (status, wait) in [(500, Some(500)), (502, Some(500)), (404, None), (302, None)] {
        let answer = StatusCode::from_u16(status).expect("a status");
        let good = xml::write(&signed(&merchant::md5(), &[]));
        let stub = Stub::start(move |_| std::future::ready((answer, good.clone()))).await;
        let error = query(&stub).await;
        match &error {
            CallError::OutcomeUnknown(UnknownCause::Transport(TransportError::Status(seen))) => {
                assert_eq!(*seen, status);
            }
            other => panic!("{status}: {other:?}"),
        }
        assert_eq!(wait_ms(&error, 1), wait, "{status}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let stub = Stub::start(|_| std::future::ready("x".repeat(70 * 1024).into_response())).await;
    let error = query(&stub).await;
    assert!(matches!(
        error,
        CallError::OutcomeUnknown(UnknownCause::Transport(TransportError::TooLong {
            limit: 65_536
        }))
    ));
}

#[test]
fn a_request_that_was_never_sent_is_not_tried_again() {
    let error =
        CallError::Invalid(wechat_checkout_gateway::InvalidRequest::Missing { name: "body" });
    assert_eq!(decide(&error, 1), Retry::Stop);
}
