//! A refused signature of ours: an error of its own, said once, and a pause for all calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wechat_checkout_gateway::{CallError, Params, QueryBy, UnknownCause, xml};

use crate::calls::order;
use crate::merchant::{self, KEY, signed};
use crate::observed::{Log, recorder};
use crate::stub::Stub;

fn unsigned(words: &str) -> Params {
    Params::from_iter([("return_code", "FAIL"), ("return_msg", words)])
}

/// As WeChat signs: with the key that the caller does not have.
fn signed_with_another_key() -> Params {
    let other = merchant::of(
        merchant::APPID,
        merchant::MCH_ID,
        merchant::md5().sign_type(),
        "292006250b4c09247ec02edce69f6a2d",
    );
    signed(
        &other,
        &[("result_code", "FAIL"), ("err_code", "SIGNERROR")],
    )
}

#[tokio::test]
async fn every_form_of_a_refused_signature_is_told_apart() {
    let own = signed(
        &merchant::md5(),
        &[("result_code", "FAIL"), ("err_code", "SIGNERROR")],
    );
    for answer in [
        unsigned("签名错误"),
        unsigned("签名失败"),
        unsigned("SIGNERROR"),
        signed_with_another_key(),
        own,
    ] {
        let stub = Stub::answering(answer.clone()).await;
        let error = stub
            .client(merchant::md5())
            .unifiedorder(&order())
            .await
            .expect_err("refused");
        assert!(
            matches!(
                error,
                CallError::OutcomeUnknown(UnknownCause::SignatureRefused { .. })
            ),
            "{answer:?}: {error:?}"
        );
        assert!(
            error
                .advice()
                .is_some_and(|advice| advice.contains("APIv2 key"))
        );
    }
}

#[tokio::test]
async fn calls_are_paused_after_one_refusal_and_the_log_says_so_once() {
    let log = Log::start();
    let (recorder, metrics) = recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let stub = Stub::answering(unsigned("签名错误")).await;
    let client = stub.patient_client(merchant::md5());
    let query = QueryBy::OutTradeNo("1409811653");
    let _ = client.unifiedorder(&order()).await;
    for _ in 0..5 {
        let error = client.orderquery(query).await.expect_err("paused");
        assert!(
            matches!(
                error,
                CallError::OutcomeUnknown(UnknownCause::Paused { .. })
            ),
            "{error:?}"
        );
    }
    assert_eq!(stub.seen().len(), 1);
    let errors = log.lines_with(&["ERROR", "签名错误", "APIv2 key"]);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(log.lines_with(&[KEY]).is_empty());
    let metrics = metrics.render();
    for line in [
        "wechat_signature_refusals 1",
        "wechat_calls_paused 1",
        "wechat_calls{call=\"orderquery\",outcome=\"paused\"} 5",
        "wechat_calls{call=\"unifiedorder\",outcome=\"signature_refused\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
}

/// Calls that were under way when the pause began may still bring a good answer.
#[tokio::test]
async fn the_first_good_answer_ends_the_pause() {
    let log = Log::start();
    let is_good = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_good);
    let good = [("out_trade_no", "1409811653"), ("trade_state", "NOTPAY")];
    let good = xml::write(&signed(&merchant::md5(), &good));
    let release = Arc::new(tokio::sync::Notify::new());
    let held = Arc::clone(&release);
    let stub = Stub::start(move |request| {
        let (good, seen, held) = (good.clone(), Arc::clone(&seen), Arc::clone(&held));
        async move {
            if request.path == "/pay/orderquery" && !seen.load(Ordering::SeqCst) {
                held.notified().await;
                return good;
            }
            match seen.load(Ordering::SeqCst) {
                true => good,
                false => xml::write(&unsigned("签名错误")),
            }
        }
    })
    .await;
    let client = stub.client(merchant::md5());
    let query = QueryBy::OutTradeNo("1409811653");
    let under_way = tokio::spawn({
        let client = client.clone();
        async move { client.orderquery(query).await.map(drop) }
    });
    while stub.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    let _ = client.unifiedorder(&order()).await;
    assert!(client.orderquery(query).await.is_err(), "paused");
    is_good.store(true, Ordering::SeqCst);
    release.notify_one();
    under_way.await.expect("no panic").expect("a good answer");
    client.orderquery(query).await.expect("no pause any more");
    assert_eq!(log.lines_with(&["accepts the signature"]).len(), 1);
}

/// Whoever sits in between can send these: only a signed answer proves that the key is right.
#[tokio::test]
async fn an_unsigned_answer_does_not_end_the_pause() {
    let log = Log::start();
    let answers = ["签名错误", "系统错误"].map(unsigned);
    let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let stub = Stub::start(move |_| {
        let n = next.fetch_add(1, Ordering::SeqCst);
        std::future::ready(xml::write(&answers[n.min(1)]))
    })
    .await;
    let client = stub.client(merchant::md5());
    let query = QueryBy::OutTradeNo("1409811653");
    let both = futures_util::future::join(client.orderquery(query), client.orderquery(query));
    let outcomes: [_; 2] = both.await.into();
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    let paused = client.orderquery(query).await.expect_err("paused");
    assert!(
        matches!(
            paused,
            CallError::OutcomeUnknown(UnknownCause::Paused { .. })
        ),
        "{paused:?}"
    );
    assert!(log.lines_with(&["accepts the signature"]).is_empty());
}
