//! The calls over real HTTP: what is sent, and what a good answer becomes.

use std::net::{IpAddr, Ipv4Addr};

use url::Url;
use wechat_checkout_gateway::{
    CallError, ErrCode, InvalidRequest, QueryBy, Refund, RefundQueryBy, TradeState, TradeType,
    UnifiedOrder, beijing,
};
use wechat_checkout_protocol::{Fen, OpenId};

use crate::merchant::{self, PAYMENT, signed};
use crate::observed::Log;
use crate::stub::{Seen, Stub};

pub(crate) fn order() -> UnifiedOrder {
    UnifiedOrder::jsapi(
        "轻松会员商城-VIP 月度会员",
        "0193f0c2a4b87d01a2b3c4d5e6f70819",
        Fen::new(1990).expect("an amount"),
        IpAddr::V4(Ipv4Addr::new(123, 12, 12, 123)),
        Url::parse("https://shop.example/wechat/v2/notify/payment").expect("an address"),
        OpenId::parse("oUpF8uMEb4qRXf22hE3X68TekukE").expect("an openid"),
    )
}

#[tokio::test]
async fn an_order_is_sent_complete_and_signed() {
    for merchant in [merchant::md5(), merchant::hmac()] {
        let reply = [
            ("trade_type", "JSAPI"),
            ("prepay_id", "wx201410272009395522657a690389285100"),
        ];
        let stub = Stub::answering(signed(&merchant, &reply)).await;
        let mut order = order();
        order.attach = Some("深圳分店".to_owned());
        order.time_expire = Some(beijing::format(1_700_000_000));
        let prepay = stub
            .client(merchant.clone())
            .unifiedorder(&order)
            .await
            .expect("accepted");
        assert_eq!(prepay.prepay_id, "wx201410272009395522657a690389285100");

        let [request] = &stub.seen()[..] else {
            panic!("one request")
        };
        assert_eq!(request.path, "/pay/unifiedorder");
        let mut sent = merchant
            .verify_addressed(request.params())
            .expect("signed")
            .into_inner();
        assert!(
            sent.remove("sign") && sent.get("nonce_str").is_some_and(|nonce| nonce.len() == 32)
        );
        assert!(sent.remove("nonce_str"));
        let sent: Vec<_> = sent.iter_by_name().collect();
        let expected = [
            ("appid", merchant.appid()),
            ("attach", "深圳分店"),
            ("body", "轻松会员商城-VIP 月度会员"),
            ("mch_id", merchant.mch_id()),
            (
                "notify_url",
                "https://shop.example/wechat/v2/notify/payment",
            ),
            ("openid", "oUpF8uMEb4qRXf22hE3X68TekukE"),
            ("out_trade_no", "0193f0c2a4b87d01a2b3c4d5e6f70819"),
            ("sign_type", merchant.sign_type().as_str()),
            ("spbill_create_ip", "123.12.12.123"),
            ("time_expire", "20231115061320"),
            ("total_fee", "1990"),
            ("trade_type", "JSAPI"),
        ];
        assert_eq!(sent, expected);
    }
}

#[tokio::test]
async fn a_paid_order_is_found_by_either_number() {
    let merchant = merchant::hmac();
    let reply = [&PAYMENT[..], &[("trade_state", "SUCCESS")]].concat();
    let stub = Stub::answering(signed(&merchant, &reply)).await;
    let client = stub.client(merchant);
    for query in [
        QueryBy::OutTradeNo("1409811653"),
        QueryBy::TransactionId("1004400740201409030005092168"),
    ] {
        let reply = client.orderquery(query).await.expect("answered");
        assert_eq!(reply.trade_state, TradeState::Success);
        let payment = reply.payment().expect("paid");
        assert_eq!(
            (payment.out_trade_no.as_str(), payment.total_fee.get()),
            ("1409811653", 1990)
        );
    }
    let sent: Vec<_> = stub.seen().iter().map(Seen::params).collect();
    assert_eq!(sent[0].get("out_trade_no"), Some("1409811653"));
    assert_eq!(
        sent[1].get("transaction_id"),
        Some("1004400740201409030005092168")
    );
    assert_eq!(sent[1].get("out_trade_no"), None);
}

#[tokio::test]
async fn all_states_are_told_apart_and_only_two_of_them_carry_a_payment() {
    let log = Log::start();
    let merchant = merchant::md5();
    for (state, is_paid, is_final) in [
        ("SUCCESS", true, true),
        ("REFUND", true, true),
        ("NOTPAY", false, false),
        ("CLOSED", false, true),
        ("REVOKED", false, false),
        ("USERPAYING", false, false),
        ("PAYERROR", false, false),
        ("ACCEPT", false, false),
        ("SOMETHING_NEW", false, false),
    ] {
        // An order that nobody paid comes without the fields of a payment.
        let paid: &[(&str, &str)] = if is_paid {
            &PAYMENT
        } else {
            &[("out_trade_no", "1409811653")]
        };
        let reply = [
            paid,
            &[("trade_state", state), ("trade_state_desc", "说明")],
        ]
        .concat();
        let stub = Stub::answering(signed(&merchant, &reply)).await;
        let reply = stub
            .client(merchant.clone())
            .orderquery(QueryBy::OutTradeNo("1409811653"))
            .await;
        let reply = reply.expect(state);
        assert_eq!(reply.trade_state.as_str(), state);
        assert_eq!(reply.trade_state.is_paid(), is_paid, "{state}");
        assert_eq!(reply.trade_state.is_final(), is_final, "{state}");
        assert_eq!(reply.payment().is_some(), is_paid, "{state}");
    }
    let unknown = log.lines_with(&["WARN", "not documented"]);
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert!(unknown[0].contains("trade_state") && unknown[0].contains("SOMETHING_NEW"));
}

#[tokio::test]
async fn an_order_is_closed() {
    let merchant = merchant::md5();
    let stub = Stub::answering(signed(&merchant, &[("result_msg", "OK")])).await;
    let closed = stub
        .client(merchant)
        .closeorder("1409811653")
        .await
        .expect("closed");
    assert_eq!(closed.result_msg.as_deref(), Some("OK"));
    assert_eq!(stub.seen()[0].path, "/pay/closeorder");
    assert_eq!(
        stub.seen()[0].params().get("out_trade_no"),
        Some("1409811653")
    );
}

type Change = fn(&mut UnifiedOrder);

#[tokio::test]
async fn what_wechat_would_refuse_is_not_sent() {
    let stub = Stub::answering(signed(&merchant::md5(), &[])).await;
    let client = stub.client(merchant::md5());
    let missing = |name| InvalidRequest::Missing { name };
    let cases: [(Change, InvalidRequest); 14] = [
        (
            |order| {
                order.time_start = Some(beijing::format(1_700_000_000));
                order.time_expire = Some(beijing::format(1_700_000_059));
            },
            InvalidRequest::ExpiresTooSoon,
        ),
        (|order| order.body.clear(), missing("body")),
        (
            |order| order.body = "会".repeat(43),
            InvalidRequest::TooLong {
                name: "body",
                bytes: 129,
                bytes_max: 127,
            },
        ),
        (
            |order| order.body.push('\0'),
            InvalidRequest::ForbiddenCharacter { name: "body" },
        ),
        (
            |order| order.out_trade_no.truncate(5),
            InvalidRequest::BadNumber {
                name: "out_trade_no",
            },
        ),
        (
            |order| order.out_trade_no.push('0'),
            InvalidRequest::BadNumber {
                name: "out_trade_no",
            },
        ),
        (
            |order| order.out_trade_no = "a@bcdef".to_owned(),
            InvalidRequest::BadNumber {
                name: "out_trade_no",
            },
        ),
        (
            |order| order.total_fee = Fen::ZERO,
            InvalidRequest::ZeroAmount { name: "total_fee" },
        ),
        (
            |order| order.notify_url.set_query(Some("a=1")),
            InvalidRequest::BadNotifyUrl { name: "notify_url" },
        ),
        (
            |order| order.time_expire = Some("2023-11-15 06:13".to_owned()),
            InvalidRequest::BadTime {
                name: "time_expire",
            },
        ),
        (|order| order.openid = None, missing("openid")),
        (
            |order| order.trade_type = TradeType::Native,
            missing("product_id"),
        ),
        (
            |order| order.trade_type = TradeType::Mweb,
            missing("scene_info"),
        ),
        (
            |order| order.attach = Some(String::new()),
            missing("attach"),
        ),
    ];
    for (change, expected) in cases {
        let mut order = order();
        change(&mut order);
        match client.unifiedorder(&order).await {
            Err(CallError::Invalid(invalid)) => assert_eq!(invalid, expected),
            other => panic!("{expected:?} was expected, not {other:?}"),
        }
    }
    for number in ["", "订单", "a b", "123456789012345678901234567890123"] {
        assert!(matches!(
            client.closeorder(number).await,
            Err(CallError::Invalid(InvalidRequest::BadKnownNumber { .. }))
        ));
    }
    assert!(matches!(
        client.orderquery(QueryBy::TransactionId("")).await,
        Err(CallError::Invalid(_))
    ));
    assert_eq!(stub.seen().len(), 0);
}

/// Only placing is strict: other programs and other days have placed orders with other numbers.
#[tokio::test]
async fn an_order_is_asked_about_by_whatever_number_it_was_placed_with() {
    let merchant = merchant::md5();
    for number in [
        "a@b",
        "7",
        "order-1|2*3",
        "12345678901234567890123456789012",
    ] {
        let reply = signed(
            &merchant,
            &[("result_code", "FAIL"), ("err_code", "ORDERNOTEXIST")],
        );
        let stub = Stub::answering(reply).await;
        let client = stub.client(merchant.clone());
        let amount = Fen::new(1).expect("an amount");
        let refund = Refund::new(QueryBy::OutTradeNo(number), "r1", amount, amount);
        let outcomes = [
            client.orderquery(QueryBy::OutTradeNo(number)).await.err(),
            client.closeorder(number).await.err(),
            client.refund(&refund).await.err(),
            client
                .refundquery(RefundQueryBy::OutTradeNo(number), 0)
                .await
                .err(),
        ];
        for outcome in outcomes {
            assert!(
                matches!(
                    outcome,
                    Some(CallError::Refused {
                        code: ErrCode::OrderNotExist,
                        ..
                    })
                ),
                "{number}: {outcome:?}"
            );
        }
        let sent = stub.seen();
        assert_eq!(sent.len(), 4);
        for request in sent {
            assert_eq!(request.params().get("out_trade_no"), Some(number));
        }
    }
}

#[tokio::test]
async fn the_answer_to_a_close_is_not_about_another_order() {
    let merchant = merchant::md5();
    for (answered, is_taken) in [("1409811653", true), ("1409811654", false)] {
        let reply = signed(&merchant, &[("out_trade_no", answered)]);
        let stub = Stub::answering(reply).await;
        let outcome = stub.client(merchant.clone()).closeorder("1409811653").await;
        assert_eq!(outcome.is_ok(), is_taken, "{answered}");
    }
}
