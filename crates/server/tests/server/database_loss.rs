//! A database that goes away under a running server: everybody is told so in time, nothing that
//! was acknowledged is lost, and nothing needs a restart.

use std::time::{Duration, Instant};

use serde_json::json;
use wechat_checkout_protocol::{ErrorCode, OrderStatus};
use wechat_checkout_simulator::{Attempt, Scenario};

use crate::cluster::{Cluster, Database};
use crate::shop::{DEADLINE, Shop, refusal};

/// WeChat waits this long for an acknowledgement.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends the notification of the order's payment and says what WeChat heard.
async fn notify(shop: &Shop, order: &str) -> Attempt {
    let notifications = shop.wechat.notifications().into_iter();
    let mut of_order = notifications.filter(|one| one.out_trade_no == order);
    let id = of_order.next().expect("it was paid").id;
    shop.wechat.deliver(id).await.expect("there is one")
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_hears_503_and_nothing_needs_a_restart() {
    let cluster = Cluster::start();
    let database = Database::create_on(&cluster).await;
    let shop = Shop::open_on(database.url().as_str()).await;
    shop.wechat.set_scenario(Scenario::NotifyLost);
    let buyer = shop.buyer("alice").await;
    let acknowledged = buyer.order("vip-month", "key-of-the-first-wish").await;
    let unheard = buyer.order("vip-year", "key-of-the-second-wish").await;
    for order in [&acknowledged, &unheard] {
        shop.wechat.pay(order.id.as_str()).unwrap();
    }
    shop.wechat.settle().await;
    assert!(
        notify(&shop, acknowledged.id.as_str())
            .await
            .is_acknowledged
    );

    cluster.stop();
    let started = Instant::now();
    let order_path = format!("/api/orders/{}", unheard.id);
    let report_path = format!("{order_path}/report");
    let report = json!({ "outcome": "ok", "raw": "test" });
    let (orders, order, benefits, placed, reported, heard) = tokio::join!(
        buyer.get("/api/orders"),
        buyer.get(&order_path),
        buyer.get("/api/benefits"),
        buyer.try_order("vip-season", "key-of-the-third-wish"),
        buyer.post(&report_path, &report),
        notify(&shop, unheard.id.as_str()),
    );
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    let ready = buyer.get("/readyz").await;
    for answer in [orders, order, benefits, placed, reported, ready] {
        assert_eq!(refusal(answer, 503).await.code, ErrorCode::Unavailable);
    }
    assert_eq!(heard.status, Some(503));
    assert!(heard.answer.contains("UNAVAILABLE"), "{}", heard.answer);
    assert_eq!(buyer.get("/healthz").await.status().as_u16(), 200);

    cluster.start_again();
    let again = async {
        while !notify(&shop, unheard.id.as_str()).await.is_acknowledged {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(DEADLINE, again)
        .await
        .expect("it never worked again");
    for order in [&acknowledged, &unheard] {
        let seen = buyer.see_status(order, OrderStatus::Confirmed).await;
        assert_eq!(seen.benefits.len(), 1);
    }
}
