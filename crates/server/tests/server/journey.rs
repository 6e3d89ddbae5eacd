//! The story over HTTP: order, pay, report, notify, inquire, confirm, and what goes wrong.

use wechat_checkout_protocol::{Attention, Benefit, ErrorCode, OrderStatus};
use wechat_checkout_simulator::{CONTROL_HEADER, Scenario};

use crate::shop::{Shop, month_after, read, refusal};

const KEY: &str = "key-of-the-first-wish";

#[tokio::test]
async fn a_buyer_pays_and_the_notification_confirms_and_delivers() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    assert_eq!(order.status, OrderStatus::Unprocessed);
    assert!(order.is_payable);
    let bridge = order.bridge.clone().unwrap();
    assert!(bridge.package.starts_with("prepay_id="));
    assert_eq!(bridge.time_stamp.len(), 10);

    shop.wechat.pay(order.id.as_str()).unwrap();
    let reported = buyer.report(&order, "ok").await;
    assert_ne!(reported.status, OrderStatus::Unprocessed);
    shop.pass(2).await;
    let paid = buyer.see_status(&order, OrderStatus::Confirmed).await;
    assert!(!paid.is_payable);
    assert_eq!(paid.bridge, None);
    let [Benefit::Vip { until }] = paid.benefits[..] else {
        panic!("{:?}", paid.benefits)
    };
    assert_eq!(until, month_after(paid.confirmed_at.unwrap()));
    let benefits: serde_json::Value = read(buyer.get("/api/benefits").await).await;
    assert_eq!(benefits["vip_until"], until.0);
}

#[tokio::test]
async fn ok_alone_confirms_nothing() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    let reported = buyer.report(&order, "ok").await;
    assert_eq!(reported.status, OrderStatus::AwaitingConfirmation);
    for seconds in [5, 30, 60] {
        shop.pass(seconds).await;
    }
    assert_eq!(
        buyer.see(&order).await.status,
        OrderStatus::AwaitingConfirmation
    );
}

#[tokio::test]
async fn a_lost_notification_is_made_good_by_the_inquiry() {
    let shop = Shop::open().await;
    shop.wechat.set_scenario(Scenario::NotifyLost);
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("coffee-voucher", KEY).await;
    shop.wechat.pay(order.id.as_str()).unwrap();
    // Not even the page reports: age alone makes the server ask.
    shop.pass(6).await;
    let paid = buyer.see_status(&order, OrderStatus::Confirmed).await;
    assert!(matches!(&paid.benefits[..], [Benefit::Voucher { code }] if code.starts_with("CF-")));
    let attempts = shop
        .wechat
        .notifications()
        .iter()
        .map(|one| one.attempts.len())
        .sum::<usize>();
    assert_eq!(attempts, 0, "nobody told us");
}

#[tokio::test]
async fn a_storm_of_the_same_notification_delivers_once() {
    let shop = Shop::open().await;
    shop.wechat.set_scenario(Scenario::NotifyStorm);
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(5).await;
    let paid = buyer.see_status(&order, OrderStatus::Confirmed).await;
    assert_eq!(paid.benefits.len(), 1);
    let attempts = shop.wechat.notifications();
    assert!(attempts.len() >= 20, "{}", attempts.len());
}

#[tokio::test]
async fn forged_notifications_change_nothing() {
    let shop = Shop::open().await;
    shop.wechat.set_scenario(Scenario::NotifyForged);
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(60).await;
    let paid = buyer.see_status(&order, OrderStatus::Confirmed).await;
    assert_eq!(paid.attention, None, "a forgery does not even flag");
    let acknowledged = |text: &str| text.contains("SUCCESS");
    for body in [
        "",
        "<xml></xml>",
        "<xml><return_code>SUCCESS</return_code></xml>",
        "not xml",
        &"x".repeat(70 * 1024),
    ] {
        let (status, answer) = shop.notify(body.to_owned()).await;
        assert_eq!(status, 200);
        assert!(!acknowledged(&answer), "{answer}");
    }
}

#[tokio::test]
async fn a_wrong_amount_delivers_nothing_and_is_flagged() {
    let shop = Shop::open().await;
    shop.wechat.set_scenario(Scenario::WrongAmount);
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(5).await;
    let _ = buyer.report(&order, "ok").await;
    shop.pass(60).await;
    let seen = buyer.see(&order).await;
    assert_ne!(seen.status, OrderStatus::Confirmed);
    assert_eq!(seen.attention, Some(Attention::UnderReview));
    assert!(!seen.is_payable);
    assert_eq!(seen.benefits, []);
}

#[tokio::test]
async fn an_unpaid_order_is_closed_at_wechat_first_and_gives_its_goods_back() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let stock = |catalog: serde_json::Value| {
        let products = catalog["products"].as_array().unwrap().clone();
        products
            .iter()
            .find(|one| one["id"] == "coffee-voucher")
            .unwrap()["stock_left"]
            .clone()
    };
    let before = stock(read(buyer.get("/api/catalog").await).await);
    let order = buyer.order("coffee-voucher", KEY).await;
    let during = stock(read(buyer.get("/api/catalog").await).await);
    assert_eq!(before.as_u64().unwrap() - 1, during.as_u64().unwrap());
    shop.pass(16 * 60).await;
    let closed = buyer.see_status(&order, OrderStatus::Closed).await;
    assert!(!closed.is_payable);
    assert_eq!(
        shop.wechat.trade(order.id.as_str()).unwrap().trade_state,
        "CLOSED"
    );
    assert_eq!(stock(read(buyer.get("/api/catalog").await).await), before);
}

#[tokio::test]
async fn paid_in_the_moment_of_closing_is_paid() {
    let shop = Shop::open().await;
    shop.wechat.set_scenario(Scenario::CloseRace);
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    shop.pass(16 * 60).await;
    let paid = buyer.see_status(&order, OrderStatus::Confirmed).await;
    assert_eq!(paid.benefits.len(), 1);
}

#[tokio::test]
async fn an_order_that_wechat_did_not_answer_is_the_same_order_on_retry() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    shop.wechat.set_scenario(Scenario::GatewayDown);
    let problem = refusal(buyer.try_order("vip-month", KEY).await, 503).await;
    assert_eq!(problem.code, ErrorCode::WechatUnavailable);
    shop.wechat.set_scenario(Scenario::Pay);
    let order = buyer.order("vip-month", KEY).await;
    assert!(order.bridge.is_some());
    let list: serde_json::Value = read(buyer.get("/api/orders").await).await;
    assert_eq!(list["orders"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn system_errors_are_asked_about_again_and_end_well() {
    let shop = Shop::open().await;
    shop.wechat.set_scenario(Scenario::SystemError);
    let buyer = shop.buyer("alice").await;
    let first = buyer.try_order("vip-month", KEY).await;
    let order = match first.status().as_u16() {
        200 => read(first).await,
        _ => buyer.order("vip-month", KEY).await,
    };
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(60).await;
    assert_eq!(
        buyer
            .see_status(&order, OrderStatus::Confirmed)
            .await
            .benefits
            .len(),
        1
    );
}

#[tokio::test]
async fn the_parameters_of_a_payable_order_are_signed_anew_and_a_paid_one_has_none() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    let path = format!("/api/orders/{}/bridge", order.id);
    let again: wechat_checkout_protocol::OrderView =
        read(buyer.post(&path, &serde_json::json!({})).await).await;
    let (first, second) = (order.bridge.clone().unwrap(), again.bridge.unwrap());
    assert_eq!(
        first.package, second.package,
        "the session to pay is still good"
    );
    assert_ne!(first.nonce_str, second.nonce_str);
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    let _ = buyer.see_status(&order, OrderStatus::Confirmed).await;
    let problem = refusal(buyer.post(&path, &serde_json::json!({})).await, 409).await;
    assert_eq!(problem.code, ErrorCode::OrderNotPayable);
}

#[tokio::test]
async fn an_outage_of_a_day_is_one_sweep_not_a_storm() {
    let shop = Shop::open().await;
    let mut orders = Vec::new();
    for number in 0..12 {
        let buyer = shop.buyer(&format!("buyer-{number}")).await;
        for product in ["vip-month", "vip-season", "vip-year"] {
            orders.push(buyer.order(product, &format!("key-of-the-{product}")).await);
        }
    }
    shop.wechat.set_scenario(Scenario::NotifyLost);
    for order in orders.iter().step_by(2) {
        shop.wechat.pay(order.id.as_str()).unwrap();
    }
    let asked_before = shop.wechat.requests().len();
    // Nobody asked for a day: the server was down, its orders wait in the database.
    shop.pass(24 * 60 * 60).await;
    for (index, order) in orders.iter().enumerate() {
        let expected = if index % 2 == 0 {
            OrderStatus::Confirmed
        } else {
            OrderStatus::Closed
        };
        shop.stored_status(order, expected).await;
    }
    let asked = shop.wechat.requests().len() - asked_before;
    assert!(
        asked <= orders.len() * 2,
        "{asked} calls for {} orders",
        orders.len()
    );
}

#[tokio::test]
async fn a_session_to_pay_that_wechat_does_not_know_is_renewed() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    let before = order.bridge.clone().unwrap();
    // A simulator that was started again remembers no order.
    let forgot = reqwest::Client::new()
        .post(shop.wechat.gateway_url().join("_control/reset").unwrap())
        .header(CONTROL_HEADER, "1")
        .send();
    assert!(forgot.await.unwrap().status().is_success());
    shop.pass(6).await;
    let renewed = async {
        loop {
            let seen = buyer.see(&order).await;
            if seen.bridge.is_none() {
                return buyer.order("vip-month", KEY).await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let again = tokio::time::timeout(crate::shop::DEADLINE, renewed)
        .await
        .unwrap();
    assert_eq!(again.id, order.id);
    assert_ne!(again.bridge.unwrap().package, before.package);
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    let _ = buyer.see_status(&order, OrderStatus::Confirmed).await;
}
