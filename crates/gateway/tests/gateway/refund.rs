//! Refunds: what is sent, what is checked, and the numbered answers.

use wechat_checkout_gateway::{
    CallError, CouponKind, FieldError, InvalidRequest, Params, QueryBy, Refund, RefundAccount,
    RefundQueryBy, RefundStatus, UnknownCause,
};
use wechat_checkout_protocol::Fen;

use crate::merchant::{self, signed};
use crate::stub::Stub;

fn fen(fen: i64) -> Fen {
    Fen::new(fen).expect("an amount")
}

fn refund() -> Refund<'static> {
    Refund::new(
        QueryBy::OutTradeNo("1409811653"),
        "late-1409811653",
        fen(1990),
        fen(990),
    )
}

const ACCEPTED: [(&str, &str); 3] = [
    ("out_refund_no", "late-1409811653"),
    ("refund_id", "50000404922017112502468056157"),
    ("refund_fee", "990"),
];

#[tokio::test]
async fn a_refund_is_sent_and_accepted() {
    let merchant = merchant::hmac();
    let coupons = [
        ("cash_refund_fee", "490"),
        ("coupon_refund_count", "1"),
        ("coupon_type_0", "CASH"),
        ("coupon_refund_id_0", "1001"),
        ("coupon_refund_fee_0", "500"),
    ];
    let stub = Stub::answering(signed(&merchant, &[&ACCEPTED[..], &coupons].concat())).await;
    let mut refund = refund();
    refund.refund_desc = Some("订单关闭后到账");
    refund.refund_account = Some(RefundAccount::RechargeFunds);
    refund.notify_url = "https://shop.example/wechat/v2/notify/refund".parse().ok();
    let accepted = stub
        .client(merchant.clone())
        .refund(&refund)
        .await
        .expect("accepted");
    assert_eq!(accepted.refund_id, "50000404922017112502468056157");
    assert_eq!(accepted.cash_refund_fee, Some(fen(490)));
    let [coupon] = &accepted.coupons[..] else {
        panic!("one coupon")
    };
    assert_eq!(coupon.kind, Some(CouponKind::Cash));
    assert_eq!(
        (coupon.id.as_deref(), coupon.fee),
        (Some("1001"), Some(fen(500)))
    );

    let request = &stub.seen()[0];
    assert_eq!(request.path, "/secapi/pay/refund");
    let sent = merchant.verify_addressed(request.params()).expect("signed");
    for (name, value) in [
        ("out_trade_no", "1409811653"),
        ("out_refund_no", "late-1409811653"),
        ("total_fee", "1990"),
        ("refund_fee", "990"),
        ("refund_desc", "订单关闭后到账"),
        ("refund_account", "REFUND_SOURCE_RECHARGE_FUNDS"),
        ("notify_url", "https://shop.example/wechat/v2/notify/refund"),
    ] {
        assert_eq!(sent.get(name), Some(value));
    }
}

#[tokio::test]
async fn an_acceptance_of_another_refund_is_an_unknown_outcome() {
    for (name, value) in [("out_refund_no", "late-1409811654"), ("refund_fee", "1990")] {
        let reply = [&ACCEPTED[..], &[(name, value)]].concat();
        let stub = Stub::answering(signed(&merchant::md5(), &reply)).await;
        match stub.client(merchant::md5()).refund(&refund()).await {
            Err(CallError::OutcomeUnknown(UnknownCause::Incomplete(FieldError::Other {
                name: field,
            }))) => {
                assert_eq!(field, name);
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_wechat_would_refuse_is_not_sent() {
    let stub = Stub::answering(Params::new()).await;
    let client = stub.client(merchant::md5());
    let check = async |change: fn(&mut Refund<'_>), expected: InvalidRequest| {
        let mut refund = refund();
        change(&mut refund);
        match client.refund(&refund).await {
            Err(CallError::Invalid(invalid)) => assert_eq!(invalid, expected),
            other => panic!("{expected:?} was expected, not {other:?}"),
        }
    };
    let zero = InvalidRequest::ZeroAmount { name: "refund_fee" };
    check(
        |refund| refund.refund_fee = fen(1991),
        InvalidRequest::RefundAboveTotal,
    )
    .await;
    check(|refund| refund.refund_fee = Fen::ZERO, zero).await;
    check(
        |refund| refund.out_refund_no = "",
        InvalidRequest::BadRefundNumber,
    )
    .await;
    check(
        |refund| refund.out_refund_no = "退款",
        InvalidRequest::BadRefundNumber,
    )
    .await;
    assert_eq!(stub.seen().len(), 0);

    let config = wechat_checkout_gateway::ClientConfig::production();
    let client = wechat_checkout_gateway::Client::new(config, merchant::md5()).expect("a client");
    let error = client.refund(&refund()).await.expect_err("no certificate");
    assert!(
        matches!(error, CallError::Invalid(InvalidRequest::NoCertificate)),
        "{error:?}"
    );
}

fn record(n: u32) -> Vec<(String, String)> {
    let field = |name: &str, value: &str| (format!("{name}_{n}"), value.to_owned());
    vec![
        field("out_refund_no", &format!("r{n}")),
        field("refund_id", &format!("5000{n}")),
        field("refund_fee", "10"),
        field(
            "refund_status",
            if n == 0 { "SUCCESS" } else { "PROCESSING" },
        ),
        field("refund_recv_accout", "招商银行信用卡0403"),
        field("refund_success_time", "2016-07-25 15:26:26"),
        field("coupon_refund_count", "2"),
        field("coupon_refund_id", "not this one"),
        (format!("coupon_refund_id_{n}_0"), "c0".to_owned()),
        (format!("coupon_refund_id_{n}_1"), "c1".to_owned()),
        (format!("coupon_refund_fee_{n}_1"), "3".to_owned()),
    ]
}

fn records(count: u32, total: &str) -> Params {
    let fields: Vec<_> = (0..count).flat_map(record).collect();
    let count = count.to_string();
    let mut pairs = vec![
        ("out_trade_no", "1409811653"),
        ("transaction_id", "1004400740201409030005092168"),
        ("total_fee", "1990"),
        ("refund_count", count.as_str()),
        ("total_refund_count", total),
    ];
    pairs.extend(
        fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    signed(&merchant::md5(), &pairs)
}

#[tokio::test]
async fn numbered_refunds_are_read_with_wechats_spelling() {
    let stub = Stub::answering(records(20, "33")).await;
    let query = RefundQueryBy::OutTradeNo("1409811653");
    let reply = stub
        .client(merchant::md5())
        .refundquery(query, 20)
        .await
        .expect("answered");
    assert_eq!(
        (reply.refunds.len(), reply.total_refund_count),
        (20, Some(33))
    );
    let first = &reply.refunds[0];
    assert_eq!(first.refund_status, RefundStatus::Success);
    assert_eq!(
        first.refund_recv_account.as_deref(),
        Some("招商银行信用卡0403")
    );
    let ids: Vec<_> = first
        .coupons
        .iter()
        .map(|coupon| coupon.id.as_deref())
        .collect();
    assert_eq!(ids, [Some("c0"), Some("c1")]);
    assert_eq!(first.coupons[1].fee, Some(fen(3)));
    assert_eq!(reply.refunds[19].out_refund_no, "r19");
    assert_eq!(reply.refunds[19].refund_status, RefundStatus::Processing);

    let sent = stub.seen()[0].params();
    assert_eq!(
        (sent.get("offset"), sent.get("out_trade_no")),
        (Some("20"), Some("1409811653"))
    );
}

#[tokio::test]
async fn an_answer_about_other_refunds_is_no_answer() {
    let stub = Stub::answering(records(2, "2")).await;
    let client = stub.client(merchant::md5());
    for (query, is_answered) in [
        (RefundQueryBy::OutRefundNo("r1"), true),
        (RefundQueryBy::OutRefundNo("r2"), false),
        (RefundQueryBy::RefundId("50001"), true),
        (RefundQueryBy::RefundId("50002"), false),
        (
            RefundQueryBy::TransactionId("1004400740201409030005092168"),
            true,
        ),
        (
            RefundQueryBy::TransactionId("1004400740201409030005092169"),
            false,
        ),
        (RefundQueryBy::OutTradeNo("1409811654"), false),
    ] {
        assert_eq!(
            client.refundquery(query, 0).await.is_ok(),
            is_answered,
            "{query:?}"
        );
    }
}

#[tokio::test]
async fn a_count_that_cannot_be_is_not_followed() {
    for count in ["51", "4294967295", "-1", "99999999999999999999", "x", ""] {
        let mut params = records(1, "1");
        params.set("refund_count", count);
        merchant::md5().sign(&mut params);
        let stub = Stub::answering(params).await;
        let query = RefundQueryBy::OutTradeNo("1409811653");
        let error = stub
            .client(merchant::md5())
            .refundquery(query, 0)
            .await
            .expect_err(count);
        assert!(
            matches!(
                error,
                CallError::OutcomeUnknown(UnknownCause::Incomplete(_))
            ),
            "{error:?}"
        );
    }
}
