//! Every documented field of an order and a payment: what is set is sent, and what comes is read.

use std::collections::BTreeSet;

use wechat_checkout_gateway::notification::read_payment;
use wechat_checkout_gateway::{
    CallError, CouponKind, FieldError, InvalidRequest, Params, QueryBy, TradeType, UnifiedOrder,
    UnknownCause,
};
use wechat_checkout_protocol::{Fen, OpenId};

use crate::merchant::{self, PAYMENT, signed};
use crate::stub::Stub;

fn fen(fen: i64) -> Option<Fen> {
    Fen::new(fen)
}

fn whole_order(trade_type: TradeType) -> UnifiedOrder {
    let text = |text: &str| Some(text.to_owned());
    let mut order = UnifiedOrder::new(
        trade_type,
        "腾讯充值中心-QQ会员充值",
        "20150806125346",
        fen(88).expect("an amount"),
        "2408:8000::1".parse().expect("an address"),
        "https://shop.example/notify".parse().expect("an address"),
    );
    order.openid = OpenId::parse("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o").ok();
    order.product_id = text("12235413214070356458058");
    order.scene_info =
        text(r#"{"h5_info":{"type":"Wap","wap_url":"https://shop.example","wap_name":"店"}}"#);
    order.device_info = text("WEB");
    order.detail = text(r#"{ "goods_detail": [{"goods_id":"1", "quantity":1, "price":88}] }"#);
    order.version = text("1.0");
    order.attach = text("深圳分店");
    order.fee_type = text("CNY");
    order.time_start = text("20091225091010");
    order.time_expire = text("20091227091010");
    order.goods_tag = text("WXG");
    order.limit_pay = text("no_credit");
    order.receipt = text("Y");
    order.profit_sharing = text("N");
    order
}

const ORDER_FIELDS: &str = "appid mch_id device_info nonce_str sign sign_type body detail attach \
    out_trade_no fee_type total_fee spbill_create_ip time_start time_expire goods_tag notify_url \
    trade_type product_id limit_pay openid receipt scene_info profit_sharing version";

#[tokio::test]
async fn an_order_carries_every_documented_field_unchanged() {
    for (trade_type, wire) in [
        (TradeType::Jsapi, "JSAPI"),
        (TradeType::Native, "NATIVE"),
        (TradeType::Mweb, "MWEB"),
        (TradeType::App, "APP"),
    ] {
        let reply = [
            ("trade_type", wire),
            ("prepay_id", "wx201410272009395522657a690389285100"),
            ("code_url", "weixin://wxpay/bizpayurl?pr=abc"),
            (
                "mweb_url",
                "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx2014",
            ),
            ("device_info", "WEB"),
        ];
        let stub = Stub::answering(signed(&merchant::md5(), &reply)).await;
        let order = whole_order(trade_type);
        let prepay = stub
            .client(merchant::md5())
            .unifiedorder(&order)
            .await
            .expect("expected");
        assert_eq!(prepay.trade_type, trade_type);
        assert_eq!(prepay.prepay_id, "wx201410272009395522657a690389285100");
        assert_eq!(
            prepay.code_url.as_deref(),
            Some("weixin://wxpay/bizpayurl?pr=abc")
        );
        assert_eq!(prepay.device_info.as_deref(), Some("WEB"));

        let sent = stub.seen()[0].params();
        let names: BTreeSet<&str> = sent.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ORDER_FIELDS.split_whitespace().collect());
        assert_eq!(sent.get("trade_type"), Some(wire));
        assert_eq!(sent.get("spbill_create_ip"), Some("2408:8000::1"));
        // JSON travels letter for letter, blanks included: written anew it has another signature.
        assert_eq!(sent.get("detail"), order.detail.as_deref());
        assert_eq!(sent.get("scene_info"), order.scene_info.as_deref());
    }
}

#[tokio::test]
async fn an_answer_that_does_not_open_its_own_scene_is_incomplete() {
    let id = ("prepay_id", "wx201410272009395522657a690389285100");
    for (trade_type, reply, expected) in [
        (
            TradeType::Native,
            vec![id],
            FieldError::Missing { name: "code_url" },
        ),
        (
            TradeType::Mweb,
            vec![id],
            FieldError::Missing { name: "mweb_url" },
        ),
        (
            TradeType::Jsapi,
            vec![],
            FieldError::Missing { name: "prepay_id" },
        ),
        (
            TradeType::App,
            vec![id, ("trade_type", "JSAPI")],
            FieldError::Other { name: "trade_type" },
        ),
    ] {
        let stub = Stub::answering(signed(&merchant::md5(), &reply)).await;
        let order = whole_order(trade_type);
        match stub.client(merchant::md5()).unifiedorder(&order).await {
            Err(CallError::OutcomeUnknown(UnknownCause::Incomplete(error))) => {
                assert_eq!(error, expected);
            }
            other => panic!("{trade_type}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn limits_are_counted_in_bytes_and_values_are_the_documented_ones() {
    let stub = Stub::answering(Params::new()).await;
    let client = stub.client(merchant::md5());
    type Set = fn(&mut UnifiedOrder, String);
    let limits: [(&str, usize, Set); 5] = [
        ("body", 127, |order, text| order.body = text),
        ("attach", 127, |order, text| order.attach = Some(text)),
        ("device_info", 32, |order, text| {
            order.device_info = Some(text);
        }),
        ("goods_tag", 32, |order, text| order.goods_tag = Some(text)),
        ("product_id", 32, |order, text| {
            order.product_id = Some(text);
        }),
    ];
    for (name, bytes_max, set) in limits {
        let text = |bytes: usize| ["会".repeat(bytes / 3), "x".repeat(bytes % 3)].concat();
        let mut order = whole_order(TradeType::Jsapi);
        set(&mut order, text(bytes_max));
        assert!(
            !is_invalid(&client.unifiedorder(&order).await),
            "{name} fits"
        );
        set(&mut order, text(bytes_max + 1));
        let expected = InvalidRequest::TooLong {
            name,
            bytes: bytes_max + 1,
            bytes_max,
        };
        assert_eq!(invalid(client.unifiedorder(&order).await), expected);
    }
    let sent = stub.seen().len();
    let values: [(&str, &str, Set); 9] = [
        ("fee_type", "USD", |order, text| order.fee_type = Some(text)),
        ("limit_pay", "no_debit", |order, text| {
            order.limit_pay = Some(text);
        }),
        ("receipt", "yes", |order, text| order.receipt = Some(text)),
        ("profit_sharing", "y", |order, text| {
            order.profit_sharing = Some(text);
        }),
        ("version", "2.0", |order, text| order.version = Some(text)),
        ("detail", "{goods}", |order, text| order.detail = Some(text)),
        ("scene_info", "Wap", |order, text| {
            order.scene_info = Some(text);
        }),
        ("time_start", "2009122509101", |order, text| {
            order.time_start = Some(text);
        }),
        (
            "notify_url",
            "https://me:secret@shop.example/",
            |order, text| {
                order.notify_url = text.parse().expect("an address");
            },
        ),
    ];
    for (name, value, set) in values {
        let mut order = whole_order(TradeType::Jsapi);
        set(&mut order, value.to_owned());
        let error = invalid(client.unifiedorder(&order).await).to_string();
        assert!(
            error.starts_with(name) && !error.contains("secret"),
            "{name}: {error}"
        );
    }
    assert_eq!(stub.seen().len(), sent, "nothing of it was sent");
}

fn is_invalid<T>(result: &Result<T, CallError>) -> bool {
    matches!(result, Err(CallError::Invalid(_)))
}

fn invalid<T: std::fmt::Debug>(result: Result<T, CallError>) -> InvalidRequest {
    match result {
        Err(CallError::Invalid(invalid)) => invalid,
        other => panic!("was sent: {other:?}"),
    }
}

/// What a payment can have besides what every payment has.
const MORE: [(&str, &str); 18] = [
    ("device_info", "WEB"),
    ("is_subscribe", "N"),
    ("trade_type", "JSAPI"),
    ("settlement_total_fee", "1690"),
    ("fee_type", "CNY"),
    ("cash_fee", "1490"),
    ("cash_fee_type", "CNY"),
    ("coupon_fee", "500"),
    ("coupon_count", "2"),
    ("coupon_type_0", "CASH"),
    ("coupon_id_0", "10001"),
    ("coupon_fee_0", "200"),
    // WeChat leaves the type out at times, and the number of a coupon never ends at 9.
    ("coupon_id_1", "10002"),
    ("coupon_fee_1", "300"),
    ("attach", "深圳分店"),
    (
        "promotion_detail",
        r#"{"promotion_detail":[{"promotion_id":"109519"}]}"#,
    ),
    ("trade_state_desc", "支付成功"),
    ("a_field_of_tomorrow", "1"),
];

#[tokio::test]
async fn a_query_reads_every_documented_field() {
    let reply = [&PAYMENT[..], &MORE, &[("trade_state", "SUCCESS")]].concat();
    let stub = Stub::answering(signed(&merchant::hmac(), &reply)).await;
    let client = stub.client(merchant::hmac());
    let query = QueryBy::OutTradeNo("1409811653");
    let reply = client
        .orderquery_with_promotions(query)
        .await
        .expect("answered");
    assert_eq!(stub.seen()[0].params().get("version"), Some("1.0"));
    client.orderquery(query).await.expect("answered");
    assert_eq!(stub.seen()[1].params().get("version"), None);

    assert_eq!(reply.trade_type.as_deref(), Some("JSAPI"));
    assert_eq!(
        (reply.total_fee, reply.settlement_total_fee),
        (fen(1990), fen(1690))
    );
    assert_eq!(
        (
            reply.cash_fee_type.as_deref(),
            reply.is_subscribe.as_deref()
        ),
        (Some("CNY"), Some("N"))
    );
    assert_eq!(
        (reply.attach.as_deref(), reply.device_info.as_deref()),
        (Some("深圳分店"), Some("WEB"))
    );
    assert_eq!(reply.trade_state_desc.as_deref(), Some("支付成功"));
    assert!(
        reply
            .promotion_detail
            .as_deref()
            .is_some_and(|json| json.contains("109519"))
    );
    assert_eq!((reply.coupon_fee, reply.coupons.len()), (fen(500), 2));
    assert_eq!(reply.coupons[0].kind, Some(CouponKind::Cash));
    assert_eq!(
        (&reply.coupons[1].kind, reply.coupons[1].fee),
        (&None, fen(300))
    );
    assert_eq!(reply.params.get("a_field_of_tomorrow"), Some("1"));
    let payment = reply.payment().expect("paid");
    assert_eq!(
        (payment.cash_fee, payment.bank_type.as_deref()),
        (fen(1490), Some("CFT"))
    );
    assert_eq!(payment.time_end.as_deref(), Some("20140903131540"));
}

/// An order that nobody paid, as WeChat answers in practice: next to nothing.
#[tokio::test]
async fn a_query_of_an_unpaid_order_needs_no_more_than_number_and_state() {
    for state in ["NOTPAY", "CLOSED", "ACCEPT"] {
        let reply = [
            ("out_trade_no", "1409811653"),
            ("trade_state", state),
            ("attach", ""),
        ];
        let stub = Stub::answering(signed(&merchant::md5(), &reply)).await;
        let query = QueryBy::OutTradeNo("1409811653");
        let reply = stub
            .client(merchant::md5())
            .orderquery(query)
            .await
            .expect("answered");
        assert_eq!(
            (reply.total_fee, &reply.attach, &reply.trade_type),
            (None, &None, &None)
        );
    }
}

#[test]
fn a_payment_notification_reads_every_documented_field() {
    let message = signed(&merchant::hmac(), &[&PAYMENT[..], &MORE].concat());
    let message = wechat_checkout_gateway::xml::write(&message);
    let read = read_payment(&merchant::hmac(), message.as_bytes()).expect("a payment");
    assert_eq!(
        (read.settlement_total_fee, read.coupon_fee),
        (fen(1690), fen(500))
    );
    assert_eq!(
        (read.is_subscribe.as_deref(), read.device_info.as_deref()),
        (Some("N"), Some("WEB"))
    );
    assert_eq!(
        (read.cash_fee_type.as_deref(), read.coupons.len()),
        (Some("CNY"), 2)
    );
    assert!(read.promotion_detail.is_some());
    assert_eq!(read.payment.attach.as_deref(), Some("深圳分店"));
}
