//! Payment notifications: what is taken, what is not, and the acknowledgements.

use wechat_checkout_gateway::notification::{
    ACK_SUCCESS, NotificationError, ack_fail, read_payment,
};
use wechat_checkout_gateway::{
    FieldError, OrderTerms, Payment, PaymentNotification, TermsError, Verified, VerifyError, xml,
};
use wechat_checkout_protocol::{Fen, OpenId};

use crate::merchant::{self, PAYMENT, signed};

fn read(pairs: &[(&str, &str)]) -> Result<Verified<Payment>, NotificationError> {
    let merchant = merchant::hmac();
    let message = xml::write(&signed(&merchant, &[&PAYMENT, pairs].concat()));
    read_payment(&merchant, message.as_bytes()).map(Verified::<PaymentNotification>::payment)
}

#[test]
fn a_payment_is_read_with_what_it_leaves_out() {
    let payment = read(&[]).expect("a payment").into_inner();
    let expected = Payment {
        out_trade_no: "1409811653".to_owned(),
        transaction_id: "1004400740201409030005092168".to_owned(),
        openid: "oUpF8uMEb4qRXf22hE3X68TekukE".to_owned(),
        total_fee: Fen::new(1990).expect("an amount"),
        cash_fee: None,
        fee_type: "CNY".to_owned(),
        bank_type: Some("CFT".to_owned()),
        time_end: Some("20140903131540".to_owned()),
        attach: None,
        trade_type: None,
    };
    assert_eq!(payment, expected);

    let payment = read(&[
        ("cash_fee", "990"),
        ("fee_type", "USD"),
        ("attach", "深圳&分店"),
    ]);
    let payment = payment.expect("a payment");
    assert_eq!(payment.cash_fee, Fen::new(990));
    assert_eq!(payment.fee_type, "USD");
    assert_eq!(payment.attach.as_deref(), Some("深圳&分店"));
}

#[test]
fn a_notification_that_is_no_payment_is_told_apart() {
    let fail = read(&[("return_code", "FAIL")]);
    assert_eq!(fail.err(), Some(NotificationError::CommunicationFailed));
    assert_eq!(
        read(&[("result_code", "FAIL")]).err(),
        Some(NotificationError::NotPaid)
    );
    assert_eq!(
        read(&[("result_code", "")]).err(),
        Some(NotificationError::NotPaid)
    );

    let merchant = merchant::hmac();
    let bare = read_payment(&merchant, b"<xml><return_code>SUCCESS</return_code></xml>");
    let unsigned = NotificationError::Unverified(VerifyError::SignatureMissing);
    assert_eq!(bare.err(), Some(unsigned));
    assert_eq!(
        read_payment(&merchant, b"<xml/>").err(),
        Some(NotificationError::CommunicationFailed)
    );
}

#[test]
fn amounts_are_whole_fen_or_nothing() {
    for amount in [
        "0",
        "-1",
        "+1990",
        "19.90",
        "1990.0",
        "1e3",
        " 1990",
        "1990 ",
        "１９９０",
        "99999999999999999999",
    ] {
        let expected = NotificationError::Incomplete(FieldError::NotANumber { name: "total_fee" });
        assert_eq!(
            read(&[("total_fee", amount)]).err(),
            Some(expected),
            "{amount:?}"
        );
    }
    for name in ["total_fee", "openid", "transaction_id", "out_trade_no"] {
        let missing = NotificationError::Incomplete(FieldError::Missing { name });
        assert_eq!(read(&[(name, "")]).err(), Some(missing));
    }
}

#[test]
fn a_payment_is_compared_with_the_order_in_every_term() {
    let openid = OpenId::parse("oUpF8uMEb4qRXf22hE3X68TekukE").expect("an openid");
    let total_fee = Fen::new(1990).expect("an amount");
    let terms = OrderTerms {
        out_trade_no: "1409811653",
        total_fee,
        openid: &openid,
    };
    let check = |pairs: &[(&str, &str)]| read(pairs).expect("a payment").check_terms(&terms);
    assert_eq!(check(&[]), Ok(()));
    assert_eq!(
        check(&[("cash_fee", "1")]),
        Ok(()),
        "a coupon paid the rest"
    );
    assert_eq!(check(&[("total_fee", "1989")]), Err(TermsError::TotalFee));
    assert_eq!(
        check(&[("total_fee", "1991"), ("cash_fee", "1990")]),
        Err(TermsError::TotalFee)
    );
    assert_eq!(check(&[("fee_type", "USD")]), Err(TermsError::FeeType));
    assert_eq!(
        check(&[("openid", "oUpF8uMEb4qRXf22hE3X68TekukF")]),
        Err(TermsError::OpenId)
    );
    assert_eq!(
        check(&[("out_trade_no", "1409811654")]),
        Err(TermsError::OutTradeNo)
    );
}

/// WeChat repeats a notification for a day when a single character differs.
#[test]
fn acknowledgements_are_byte_exact() {
    assert_eq!(
        ACK_SUCCESS,
        "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>",
    );
    assert_eq!(
        ack_fail("not now"),
        "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[not now]]></return_msg></xml>",
    );
}
