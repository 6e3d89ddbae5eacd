//! Every documented field of a refund: what is set is sent, and what comes is read.

use std::collections::BTreeSet;

use wechat_checkout_gateway::notification::{read_refund, write_refund};
use wechat_checkout_gateway::{
    CallError, CouponKind, FieldError, Params, QueryBy, Refund, RefundAccount, RefundQueryBy,
    UnknownCause,
};
use wechat_checkout_protocol::Fen;

use crate::merchant::{self, signed};
use crate::stub::Stub;

fn fen(fen: i64) -> Option<Fen> {
    Fen::new(fen)
}

const REFUND: [(&str, &str); 19] = [
    ("transaction_id", "1004400740201409030005092168"),
    ("out_trade_no", "1409811653"),
    ("out_refund_no", "r@1409811653"),
    ("refund_id", "50000404922017112502468056157"),
    ("refund_fee", "990"),
    ("settlement_refund_fee", "790"),
    ("total_fee", "1990"),
    ("settlement_total_fee", "1690"),
    ("fee_type", "CNY"),
    ("cash_fee", "1490"),
    ("cash_fee_type", "CNY"),
    ("cash_refund_fee", "740"),
    ("coupon_refund_fee", "250"),
    ("coupon_refund_count", "1"),
    ("coupon_type_0", "NO_CASH"),
    ("coupon_refund_id_0", "10001"),
    ("coupon_refund_fee_0", "250"),
    ("refund_account", "REFUND_SOURCE_RECHARGE_FUNDS"),
    ("refund_recv_accout", "支付用户零钱"),
];

fn refund() -> Refund<'static> {
    let amount = |amount| fen(amount).expect("an amount");
    let payment = QueryBy::OutTradeNo("1409811653");
    let mut refund = Refund::new(payment, "r@1409811653", amount(1990), amount(990));
    refund.refund_fee_type = Some("CNY");
    refund.refund_desc = Some("缺货");
    refund.refund_account = Some(RefundAccount::UnsettledFunds);
    refund.notify_url = "https://shop.example/refund".parse().ok();
    refund
}

#[tokio::test]
async fn a_refund_sends_and_reads_every_documented_field() {
    let stub = Stub::answering(signed(&merchant::md5(), &REFUND)).await;
    let client = stub.client(merchant::md5());
    let accepted = client.refund(&refund()).await.expect("accepted");
    let sent = stub.seen()[0].params();
    let names: BTreeSet<&str> = sent.iter().map(|(name, _)| name).collect();
    let fields = "appid mch_id nonce_str sign sign_type out_trade_no out_refund_no total_fee \
        refund_fee refund_fee_type refund_desc refund_account notify_url";
    assert_eq!(names, fields.split_whitespace().collect());

    assert_eq!(
        (accepted.total_fee, accepted.settlement_total_fee),
        (fen(1990), fen(1690))
    );
    assert_eq!(
        (accepted.settlement_refund_fee, accepted.cash_fee),
        (fen(790), fen(1490))
    );
    assert_eq!(
        (accepted.cash_refund_fee, accepted.coupon_refund_fee),
        (fen(740), fen(250))
    );
    assert_eq!(
        (
            accepted.fee_type.as_deref(),
            accepted.cash_fee_type.as_deref()
        ),
        (Some("CNY"), Some("CNY"))
    );
    assert_eq!(accepted.out_trade_no.as_deref(), Some("1409811653"));
    assert_eq!(
        accepted.transaction_id.as_deref(),
        Some("1004400740201409030005092168")
    );
    assert_eq!(accepted.coupons[0].kind, Some(CouponKind::NoCash));

    let mut dollars = refund();
    dollars.refund_fee_type = Some("USD");
    assert!(matches!(
        client.refund(&dollars).await,
        Err(CallError::Invalid(_))
    ));
    let mut other = refund();
    other.payment = QueryBy::TransactionId("4200000015201711256947025404");
    match client.refund(&other).await {
        Err(CallError::OutcomeUnknown(UnknownCause::Incomplete(error))) => {
            assert_eq!(
                error,
                FieldError::Other {
                    name: "transaction_id"
                }
            );
        }
        answer => panic!("{answer:?}"),
    }
}

#[test]
fn a_refund_notification_reads_every_documented_field() {
    let more = [
        ("refund_status", "CHANGE"),
        ("refund_request_source", "VENDOR_PLATFORM"),
        ("success_time", "2017-11-25 15:36:17"),
    ];
    let refund = Params::from_iter([&REFUND[..], &more].concat());
    let message = write_refund(&merchant::md5(), &refund);
    let read = read_refund(&merchant::md5(), message.as_bytes()).expect("a refund");
    assert_eq!(
        (read.settlement_refund_fee, read.settlement_total_fee),
        (fen(790), fen(1690))
    );
    assert_eq!(
        (read.cash_refund_fee, read.total_fee),
        (fen(740), fen(1990))
    );
    assert_eq!(read.refund_recv_account.as_deref(), Some("支付用户零钱"));
    assert_eq!(
        read.refund_account.as_deref(),
        Some("REFUND_SOURCE_RECHARGE_FUNDS")
    );
    assert_eq!(
        read.refund_request_source.as_deref(),
        Some("VENDOR_PLATFORM")
    );
}

fn refunds(numbers: std::ops::Range<u32>, total: u32) -> Params {
    let mut reply = Params::from_iter([
        ("out_trade_no", "1409811653"),
        ("transaction_id", "1004400740201409030005092168"),
        ("total_fee", "1990"),
        ("settlement_total_fee", "1690"),
        ("fee_type", "CNY"),
        ("cash_fee", "1490"),
    ]);
    reply.set("refund_count", numbers.len().to_string());
    reply.set("total_refund_count", total.to_string());
    for n in numbers {
        for (name, value) in [
            ("out_refund_no", format!("r{n}")),
            ("refund_id", format!("5000{n}")),
            ("refund_fee", "10".to_owned()),
            ("refund_status", "SUCCESS".to_owned()),
            ("coupon_refund_fee", "3".to_owned()),
        ] {
            reply.set(&format!("{name}_{n}"), value);
        }
    }
    let pairs: Vec<_> = reply.iter().collect();
    signed(&merchant::md5(), &pairs)
}

/// 45 refunds come in three answers, whether each is numbered from 0 or all in one row.
#[tokio::test]
async fn an_order_of_many_refunds_is_asked_for_in_parts() {
    for is_numbered_on in [false, true] {
        let stub = Stub::start(move |seen| {
            let offset = seen
                .params()
                .get("offset")
                .map_or(0, |text| text.parse().expect("digits"));
            let count = 20.min(45 - offset);
            let first = if is_numbered_on { offset } else { 0 };
            let reply = refunds(first..first + count, 45);
            std::future::ready(wechat_checkout_gateway::xml::write(&reply))
        })
        .await;
        let client = stub.client(merchant::md5());
        let (mut offset, mut found, mut asked) = (0, 0, 0);
        loop {
            let query = RefundQueryBy::OutTradeNo("1409811653");
            let reply = client.refundquery(query, offset).await.expect("answered");
            assert_eq!(
                (reply.settlement_total_fee, reply.cash_fee),
                (fen(1690), fen(1490))
            );
            assert_eq!(reply.fee_type.as_deref(), Some("CNY"));
            assert_eq!(reply.refunds[0].coupon_refund_fee, fen(3));
            found += reply.refunds.len();
            asked += 1;
            match reply.next_offset() {
                Some(next) => offset = next,
                None => break,
            }
        }
        assert_eq!((found, asked), (45, 3));
    }
}
