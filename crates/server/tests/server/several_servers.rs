//! Two servers on one PostgreSQL: one truth, whichever of them hears it first.

use wechat_checkout_protocol::OrderStatus;

use crate::cluster::Database;
use crate::push::{snapshot, watch};
use crate::shop::Shop;

const KEY: &str = "key-of-the-first-wish";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_at_one_server_sees_what_wechat_told_the_other() {
    let database = Database::create().await;
    let (shop, second) = Shop::open_with_second(database.url().as_str()).await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("coffee-voucher", KEY).await;
    let mut socket = watch(
        &shop,
        order.id.as_str(),
        order.watch_token.as_deref().unwrap(),
    )
    .await;
    assert_eq!(snapshot(&mut socket).await.status, OrderStatus::Unprocessed);

    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    let seen = loop {
        let seen = snapshot(&mut socket).await;
        if seen.status == OrderStatus::Confirmed {
            break seen;
        }
    };
    assert_eq!(seen.benefits.len(), 1);
    let delivered: Vec<_> = shop.wechat.notifications();
    assert!(
        delivered
            .iter()
            .all(|one| one.url.starts_with(&second.url())),
        "{delivered:?}"
    );
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_notified_server_is_gone_the_other_asks_for_itself() {
    let database = Database::create().await;
    let (shop, second) = Shop::open_with_second(database.url().as_str()).await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    second.stop().await;
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(6).await;
    let paid = buyer.see_status(&order, OrderStatus::Confirmed).await;
    assert_eq!(paid.benefits.len(), 1);
}
