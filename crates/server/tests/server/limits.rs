//! Who asks too often waits; WeChat never does.

use reqwest::{Response, StatusCode};
use wechat_checkout_protocol::{ErrorCode, OrderStatus};

use crate::shop::{Shop, refusal};

const KEY: &str = "key-of-the-first-wish";

/// Asks until it is too often; returns how many were answered before that.
async fn hurry(ask: impl AsyncFn() -> Response) -> usize {
    for answered in 0..100 {
        let answer = ask().await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            let seconds = answer.headers()["retry-after"].to_str().unwrap();
            assert!((1..=60).contains(&seconds.parse::<u64>().unwrap()));
            let problem = refusal(answer, 429).await;
            assert_eq!(problem.code, ErrorCode::TooManyRequests);
            return answered;
        }
        assert_eq!(answer.status(), StatusCode::OK);
    }
    panic!("nobody stopped it");
}

#[tokio::test]
async fn a_buyer_who_hurries_waits_and_his_payment_does_not() {
    let shop = Shop::open_with_limits(40, 0).await;
    let (alice, bob) = (shop.buyer("alice").await, shop.buyer("bob").await);
    let order = alice.order("vip-month", KEY).await;
    let answered = hurry(async || alice.get("/api/orders").await).await;
    // Half a minute's twenty, less the sign-in and the order, and what time gave back meanwhile.
    assert!((15..=30).contains(&answered), "{answered}");
    assert_eq!(bob.get("/api/orders").await.status(), StatusCode::OK);

    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    shop.stored_status(&order, OrderStatus::Confirmed).await;
    let told = shop.wechat.notifications();
    assert_eq!(told[0].attempts.len(), 1, "WeChat was heard at once");
}

#[tokio::test]
async fn strangers_are_counted_by_the_address_that_our_proxy_saw() {
    let shop = Shop::open_with_limits(0, 40).await;
    let stranger = shop.stranger();
    let ask = async |forwarded: &str| {
        let url = format!("{}/api/catalog", shop.server.url());
        let call = stranger.http.get(url).header("x-forwarded-for", forwarded);
        call.send().await.unwrap()
    };
    let answered = hurry(async || ask("203.0.113.7").await).await;
    assert!((20..=30).contains(&answered), "{answered}");
    // What the caller claims of himself stands before what the proxy saw.
    let disguised = ask("198.51.100.1, 203.0.113.7").await;
    assert_eq!(disguised.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask("203.0.113.8").await.status(), StatusCode::OK);
}
