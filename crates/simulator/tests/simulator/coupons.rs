//! Coupons: how notification, query, refund and bill tell of them, and that the parts make the whole.

use std::time::Duration;

use wechat_checkout_gateway::notification::{read_payment, read_refund};
use wechat_checkout_gateway::{CouponKind, QueryBy, Refund, RefundQueryBy};
use wechat_checkout_protocol::Fen;
use wechat_checkout_simulator::Scenario;

use crate::stage::Stage;

fn fen(fen: i64) -> Option<Fen> {
    Fen::new(fen)
}

#[tokio::test]
async fn coupons_pay_a_part_and_go_back_with_the_refund() {
    let stage = Stage::held().await;
    stage.place("order-7001").await;
    stage.simulator.set_scenario(Scenario::Coupon);
    stage.simulator.pay("order-7001").expect("paid");
    stage.simulator.step(Duration::from_secs(1)).await;

    let body = stage.receiver.bodies().remove(0);
    let told = read_payment(&stage.merchant, &body).expect("a true notification");
    assert_eq!(
        told.payment.total_fee.get(),
        1990,
        "what the order is compared with"
    );
    assert_eq!(
        (told.payment.cash_fee, told.coupon_fee),
        (fen(1692), fen(298))
    );
    assert_eq!(told.settlement_total_fee, fen(1891));
    let kinds: Vec<_> = told
        .coupons
        .iter()
        .map(|coupon| coupon.kind.clone())
        .collect();
    assert_eq!(kinds, [Some(CouponKind::Cash), Some(CouponKind::NoCash)]);

    let asked = stage
        .client
        .orderquery(QueryBy::OutTradeNo("order-7001"))
        .await;
    let asked = asked.expect("an answer");
    assert_eq!(
        (asked.coupon_fee, &asked.coupons),
        (told.coupon_fee, &told.coupons)
    );
    assert_eq!(asked.settlement_total_fee, told.settlement_total_fee);

    let (mut cash, mut coupons) = (0, 0);
    for (number, part) in [("refund-1", 1000), ("refund-2", 990)] {
        let amount = |amount| fen(amount).expect("an amount");
        let payment = QueryBy::OutTradeNo("order-7001");
        let mut refund = Refund::new(payment, number, amount(1990), amount(part));
        refund.notify_url = Some(stage.receiver.notify_url.clone());
        let accepted = stage.client.refund(&refund).await.expect("accepted");
        let parts: i64 = accepted
            .coupons
            .iter()
            .filter_map(|c| c.fee)
            .map(Fen::get)
            .sum();
        assert_eq!(accepted.coupon_refund_fee.map(Fen::get), Some(parts));
        cash += accepted.cash_refund_fee.expect("cash").get();
        coupons += parts;
        stage.simulator.step(Duration::from_secs(10)).await;
        let body = stage.receiver.bodies().pop().expect("a notification");
        let told = read_refund(&stage.merchant, &body).expect("decryptable");
        assert_eq!(told.cash_refund_fee, accepted.cash_refund_fee);
        assert_eq!(told.settlement_refund_fee, accepted.settlement_refund_fee);
    }
    assert_eq!(
        (cash, coupons),
        (1692, 298),
        "everything is back, to the fen"
    );

    let query = RefundQueryBy::OutTradeNo("order-7001");
    let found = stage.client.refundquery(query, 0).await.expect("an answer");
    assert_eq!(
        (found.cash_fee, found.settlement_total_fee),
        (fen(1692), fen(1891))
    );
    let parts = found.refunds.iter().flat_map(|refund| &refund.coupons);
    assert_eq!(
        parts.filter_map(|part| part.fee).map(Fen::get).sum::<i64>(),
        298
    );
}
