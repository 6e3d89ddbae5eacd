//! Money back: whole, in parts, asked twice, told by notification, and refused.

use serde_json::{Value, json};
use wechat_checkout_protocol::{
    Attention, ErrorCode, OrderListView, OrderStatus, OrderView, RefundStatus,
};
use wechat_checkout_simulator::Scenario;

use crate::push::{snapshot, watch};
use crate::shop::{ADMIN_TOKEN, Buyer, Shop, read, refusal};

const KEY: &str = "key-of-the-first-wish";

async fn paid(shop: &Shop, buyer: &Buyer, product: &str) -> OrderView {
    let order = buyer.order(product, KEY).await;
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    buyer.see_status(&order, OrderStatus::Confirmed).await
}

async fn ask(shop: &Shop, order: &OrderView, body: Value) -> reqwest::Response {
    operate(shop, order, "refunds", body).await
}

async fn operate(shop: &Shop, order: &OrderView, what: &str, body: Value) -> reqwest::Response {
    let url = format!("{}/admin/orders/{}/{what}", shop.server.url(), order.id);
    let call = reqwest::Client::new()
        .post(url)
        .bearer_auth(ADMIN_TOKEN)
        .json(&body);
    call.send().await.unwrap()
}

/// On its way back, and back.
fn amounts(view: &OrderView) -> (i64, i64) {
    (view.amount_refunding.get(), view.amount_refunded.get())
}

/// Lets the refund reach the buyer: WeChat needs a while, and so do our questions.
async fn until_settled(shop: &Shop) {
    for _ in 0..6 {
        shop.pass(120).await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn all_of_the_money_goes_back_once_and_takes_the_goods_with_it() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = paid(&shop, &buyer, "vip-month").await;
    for _ in 0..3 {
        let timeline: Value = read(ask(&shop, &order, json!({})).await).await;
        assert_eq!(timeline["refunds"].as_array().unwrap().len(), 1);
    }
    assert_eq!(buyer.see(&order).await.status, OrderStatus::Refunding);
    until_settled(&shop).await;
    let seen = buyer.see_status(&order, OrderStatus::Refunded).await;
    assert_eq!(seen.attention, None);
    let trade = shop.wechat.trade(order.id.as_str()).unwrap();
    assert_eq!(trade.refunds.len(), 1);
    let benefits: Value = read(buyer.get("/api/benefits").await).await;
    let ends = benefits["vip_until"].as_i64().unwrap();
    assert!(ends <= shop.clock.now().0, "the membership is over");
}

#[tokio::test]
async fn parts_of_the_money_leave_the_goods_until_all_is_back() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = paid(&shop, &buyer, "coffee-voucher").await;
    let part = |amount: i64, number: &str| json!({ "amount": amount, "out_refund_no": number });
    let mut socket = watch(
        &shop,
        order.id.as_str(),
        order.watch_token.as_deref().unwrap(),
    )
    .await;
    let paid = snapshot(&mut socket).await;
    let _: Value = read(ask(&shop, &order, part(500, "part-1")).await).await;
    let asked = snapshot(&mut socket).await;
    assert!(asked.seq > paid.seq, "a page that shows paid hears of it");
    assert_eq!(
        asked.status,
        OrderStatus::Confirmed,
        "a part, not the whole"
    );
    assert_eq!((amounts(&asked), asked.benefits.len()), ((500, 0), 1));
    let [refund] = &asked.refunds[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(refund.status, RefundStatus::Processing);
    assert_eq!((refund.amount.get(), refund.ended_at), (500, None));

    until_settled(&shop).await;
    let seen = snapshot(&mut socket).await;
    assert_eq!(seen.status, OrderStatus::Confirmed);
    assert_eq!((amounts(&seen), seen.benefits.len()), ((0, 500), 1));
    assert_eq!(seen.refunds[0].status, RefundStatus::Succeeded);
    assert!(seen.refunds[0].ended_at >= Some(seen.refunds[0].requested_at));
    let list: OrderListView = read(buyer.get("/api/orders").await).await;
    assert_eq!(list.orders[0].refunds, seen.refunds);
    assert_eq!(amounts(&list.orders[0]), (0, 500));

    let conflict = refusal(ask(&shop, &order, part(400, "part-1")).await, 409).await;
    assert_eq!(conflict.code, ErrorCode::RefundRefused);
    let too_much = refusal(ask(&shop, &order, part(1_001, "part-2")).await, 409).await;
    assert_eq!(too_much.code, ErrorCode::RefundRefused);
    let nameless = refusal(ask(&shop, &order, json!({ "amount": 100 })).await, 400).await;
    assert!(nameless.detail.unwrap().contains("out_refund_no"));

    let _: Value = read(ask(&shop, &order, part(1_000, "part-3")).await).await;
    until_settled(&shop).await;
    let seen = buyer.see_status(&order, OrderStatus::Refunded).await;
    assert_eq!((amounts(&seen), seen.refunds.len()), ((0, 1_500), 2));
    let benefits: Value = read(buyer.get("/api/benefits").await).await;
    assert_eq!(benefits["vouchers"], json!([]), "the code is revoked");
}

#[tokio::test]
async fn the_rest_goes_back_once_however_often_and_by_how_many_it_is_asked_for() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = paid(&shop, &buyer, "coffee-voucher").await;
    let part = json!({ "amount": 500, "out_refund_no": "part-1" });
    let timeline: Value = read(ask(&shop, &order, part).await).await;
    assert_eq!(timeline["rest"]["amount"], 1_000);
    let number = timeline["rest"]["out_refund_no"].clone();
    let asking = (0..8).map(|_| ask(&shop, &order, json!({})));
    for answer in futures_util::future::join_all(asking).await {
        let timeline: Value = read(answer).await;
        let refunds = timeline["refunds"].as_array().unwrap();
        assert_eq!(refunds.len(), 2, "{refunds:?}");
        assert!(refunds.iter().any(|one| one["out_refund_no"] == number));
        assert_eq!(timeline["rest"], Value::Null, "nothing is left");
    }
    until_settled(&shop).await;
    let seen = buyer.see_status(&order, OrderStatus::Refunded).await;
    assert_eq!(amounts(&seen), (0, 1_500));
    let again: Value = read(ask(&shop, &order, json!({})).await).await;
    assert_eq!(again["refunds"].as_array().unwrap().len(), 2);
    let trade = shop.wechat.trade(order.id.as_str()).unwrap();
    assert_eq!(trade.refunds.len(), 2);
}

#[tokio::test]
async fn an_empty_merchant_account_is_told_and_the_same_number_goes_through_once_it_is_topped_up() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = paid(&shop, &buyer, "vip-month").await;
    shop.wechat.set_scenario(Scenario::RefundNotEnough);
    let _: Value = read(ask(&shop, &order, json!({})).await).await;
    let seen = buyer
        .see_until(&order, |seen| seen.attention.is_some())
        .await;
    assert_eq!(seen.status, OrderStatus::Refunding, "not failed");
    shop.wechat.set_scenario(Scenario::Pay);
    // Asking again sends the same number now.
    let timeline: Value = read(ask(&shop, &order, json!({})).await).await;
    let [refund] = &timeline["refunds"].as_array().unwrap()[..] else {
        panic!("{timeline}")
    };
    assert_eq!(refund["hindrance"], "NOTENOUGH");
    assert!(refund["advice"].as_str().unwrap().contains("top it up"));
    let stuck = timeline["timeline"].as_array().unwrap().iter();
    let mut stuck = stuck.filter(|entry| entry["event"] == "refund_stuck");
    assert_eq!(stuck.next().unwrap()["hindrance"], "NOTENOUGH");
    until_settled(&shop).await;
    let seen = buyer.see_status(&order, OrderStatus::Refunded).await;
    assert_eq!(seen.attention, None);
    let trade = shop.wechat.trade(order.id.as_str()).unwrap();
    assert_eq!(trade.refunds.len(), 1);
}

#[tokio::test]
async fn a_refund_that_the_bank_does_not_take_is_flagged() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = paid(&shop, &buyer, "vip-month").await;
    shop.wechat.set_scenario(Scenario::RefundAbnormal);
    let _: Value = read(ask(&shop, &order, json!({})).await).await;
    until_settled(&shop).await;
    let seen = buyer.see(&order).await;
    assert_eq!(
        seen.status,
        OrderStatus::Refunding,
        "people can still complete it at WeChat"
    );
    assert_eq!(seen.attention, Some(Attention::UnderReview));

    let stale = operate(&shop, &order, "reviewed", json!({ "seq": 1 })).await;
    let problem = refusal(stale, 400).await;
    assert!(problem.detail.unwrap().contains("look at its timeline"));
    let seen = json!({ "seq": seen.seq });
    for _ in 0..2 {
        let timeline: Value = read(operate(&shop, &order, "reviewed", seen.clone()).await).await;
        assert_eq!(timeline["order"]["attention"], json!(null));
    }
    assert_eq!(buyer.see(&order).await.attention, None);
}

#[tokio::test]
async fn a_refund_survives_a_gateway_that_is_down() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = paid(&shop, &buyer, "vip-month").await;
    shop.wechat.set_scenario(Scenario::GatewayDown);
    let _: Value = read(ask(&shop, &order, json!({})).await).await;
    until_settled(&shop).await;
    assert_eq!(buyer.see(&order).await.status, OrderStatus::Refunding);
    shop.wechat.set_scenario(Scenario::Pay);
    until_settled(&shop).await;
    shop.pass(7_200).await;
    until_settled(&shop).await;
    let _ = buyer.see_status(&order, OrderStatus::Refunded).await;
    assert_eq!(
        shop.wechat.trade(order.id.as_str()).unwrap().refunds.len(),
        1
    );
}

#[tokio::test]
async fn a_refunds_number_belongs_to_one_order() {
    let shop = Shop::open().await;
    let (alice, bob) = (shop.buyer("alice").await, shop.buyer("bob").await);
    let first = paid(&shop, &alice, "vip-month").await;
    let second = paid(&shop, &bob, "vip-month").await;
    let goodwill = json!({ "amount": 500, "out_refund_no": "goodwill-17" });
    let _: Value = read(ask(&shop, &first, goodwill.clone()).await).await;
    let problem = refusal(ask(&shop, &second, goodwill).await, 409).await;
    assert!(problem.detail.unwrap().contains("refund_conflict"));
}

#[tokio::test]
async fn an_unpaid_order_has_nothing_to_refund() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    let problem = refusal(ask(&shop, &order, json!({})).await, 409).await;
    assert!(problem.detail.unwrap().contains("not_paid"));
}

#[tokio::test]
async fn paid_after_close_delivers_what_is_left_or_sends_the_money_back() {
    let shop = Shop::open().await;
    shop.wechat.set_scenario(Scenario::PaidAfterClose);
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    shop.pass(16 * 60).await;
    let _ = buyer.see_status(&order, OrderStatus::Closed).await;
    shop.pass(60).await;
    let seen = buyer.see_status(&order, OrderStatus::Confirmed).await;
    assert_eq!(seen.benefits.len(), 1);
}

#[tokio::test]
async fn the_admin_api_is_for_operators() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = paid(&shop, &buyer, "vip-month").await;
    let path = format!("/admin/orders/{}", order.id);
    assert_eq!(
        refusal(buyer.get(&path).await, 401).await.code,
        ErrorCode::SignInRequired
    );
    let url = format!("{}{path}", shop.server.url());
    let wrong = reqwest::Client::new()
        .get(&url)
        .bearer_auth("x".repeat(40))
        .send();
    let _ = refusal(wrong.await.unwrap(), 401).await;
    let right = reqwest::Client::new()
        .get(&url)
        .bearer_auth(ADMIN_TOKEN)
        .send();
    let timeline: Value = read(right.await.unwrap()).await;
    let events: Vec<_> = timeline["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["event"].clone())
        .collect();
    assert_eq!(events.first(), Some(&json!("placed")));
    assert!(events.contains(&json!("paid")), "{events:?}");
}
