//! `/pay/closeorder` and everything else that ends a trade without money.

use std::time::Duration;

use wechat_checkout_gateway::{CallError, QueryBy, TradeState, beijing};
use wechat_checkout_simulator::Scenario;

use crate::stage::Stage;

async fn close(stage: &Stage, out_trade_no: &str) -> String {
    match stage.client.closeorder(out_trade_no).await {
        Ok(_) => "closed".to_owned(),
        Err(CallError::Refused { code, .. }) => code.to_string(),
        Err(other) => panic!("another error: {other:?}"),
    }
}

async fn state(stage: &Stage, out_trade_no: &str) -> TradeState {
    let answer = stage
        .client
        .orderquery(QueryBy::OutTradeNo(out_trade_no))
        .await;
    answer.expect("an answer").trade_state.clone()
}

#[tokio::test]
async fn an_order_is_closed_after_five_minutes_and_not_a_millisecond_earlier() {
    let stage = Stage::held().await;
    stage.place("order-1001").await;
    assert_eq!(close(&stage, "order-1001").await, "TRADE_STATE_ERROR");
    stage.simulator.step(Duration::from_millis(299_999)).await;
    assert_eq!(close(&stage, "order-1001").await, "TRADE_STATE_ERROR");
    assert_eq!(state(&stage, "order-1001").await, TradeState::NotPay);
    stage.simulator.step(Duration::from_millis(1)).await;
    assert_eq!(close(&stage, "order-1001").await, "closed");
    assert_eq!(state(&stage, "order-1001").await, TradeState::Closed);
    assert_eq!(close(&stage, "order-1001").await, "ORDERCLOSED");
    assert!(stage.simulator.pay("order-1001").is_err());
    assert_eq!(close(&stage, "nobody-knows").await, "ORDERNOTEXIST");
}

#[tokio::test]
async fn a_paid_order_is_not_closed() {
    let stage = Stage::held().await;
    stage.place("order-1002").await;
    stage.simulator.pay("order-1002").expect("paid");
    assert_eq!(close(&stage, "order-1002").await, "ORDERPAID");
}

#[tokio::test]
async fn wechat_closes_at_time_expire_by_itself() {
    let stage = Stage::held().await;
    let mut order = stage.order("order-1003");
    let now_s = stage.simulator.clock().now().0 / 1000;
    order.time_expire = Some(beijing::format(now_s + 600));
    stage.client.unifiedorder(&order).await.expect("placed");
    stage.simulator.step(Duration::from_secs(598)).await;
    assert_eq!(state(&stage, "order-1003").await, TradeState::NotPay);
    stage.simulator.step(Duration::from_secs(2)).await;
    assert_eq!(state(&stage, "order-1003").await, TradeState::Closed);
    assert!(stage.simulator.pay("order-1003").is_err());
}

#[tokio::test]
async fn the_buyer_can_be_faster_than_the_close() {
    let stage = Stage::held().await;
    stage.place("order-1004").await;
    stage.simulator.step(Duration::from_secs(300)).await;
    stage.simulator.set_scenario(Scenario::CloseRace);
    assert_eq!(close(&stage, "order-1004").await, "ORDERPAID");
    assert_eq!(state(&stage, "order-1004").await, TradeState::Success);
}

#[tokio::test]
async fn money_can_arrive_after_the_close() {
    let stage = Stage::held().await;
    stage.place("order-1005").await;
    stage.simulator.step(Duration::from_secs(300)).await;
    stage.simulator.set_scenario(Scenario::PaidAfterClose);
    assert_eq!(close(&stage, "order-1005").await, "closed");
    assert_eq!(state(&stage, "order-1005").await, TradeState::Closed);
    stage.simulator.step(Duration::from_secs(11)).await;
    assert_eq!(state(&stage, "order-1005").await, TradeState::Success);
    assert_eq!(stage.receiver.bodies().len(), 1, "and it is notified");
}
