//! Who asks too often waits; WeChat never does.

use reqwest::{Response, StatusCode};
use serde_json::json;
use wechat_checkout_protocol::{ErrorCode, OrderStatus, OrderView};

use crate::shop::{ADMIN_TOKEN, Shop, read, refusal};

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

#[tokio::test]
async fn whoever_guesses_the_admin_token_waits_and_the_machine_itself_does_not() {
    let shop = Shop::open_with_limits(0, 0).await;
    let stranger = shop.stranger();
    let ask = async |token: &str, forwarded: Option<&str>| {
        let url = format!("{}/admin/webhooks", shop.server.url());
        let mut call = stranger.http.get(url).bearer_auth(token);
        if let Some(address) = forwarded {
            call = call.header("x-forwarded-for", address);
        }
        call.send().await.unwrap().status()
    };
    let guesser = Some("203.0.113.7:51234");
    let mut guesses = 0;
    while ask("guess", guesser).await == StatusCode::UNAUTHORIZED {
        guesses += 1;
        assert!(guesses < 50, "nobody stopped it");
    }
    assert_eq!(
        ask(ADMIN_TOKEN, guesser).await,
        StatusCode::TOO_MANY_REQUESTS,
        "not even the right one"
    );
    assert_eq!(ask(ADMIN_TOKEN, Some("203.0.113.8")).await, StatusCode::OK);
    assert_eq!(ask("guess", None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(ADMIN_TOKEN, None).await, StatusCode::OK);
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_for_operators() {
    let shop = Shop::open().await;
    let stranger = shop.stranger();
    let url = format!("{}/metrics", shop.server.url());
    let forwarded = || {
        stranger
            .http
            .get(&url)
            .header("x-forwarded-for", "127.0.0.1")
    };
    let status = async |call: reqwest::RequestBuilder| call.send().await.unwrap().status();
    assert!(status(stranger.http.get(&url)).await.is_success());
    assert_eq!(status(forwarded()).await, StatusCode::UNAUTHORIZED);
    let as_operator = forwarded().bearer_auth(ADMIN_TOKEN);
    assert!(status(as_operator).await.is_success());
}

#[tokio::test]
async fn wechat_learns_the_buyers_own_address() {
    let shop = Shop::open_with_limits(0, 0).await;
    let buyer = shop.buyer("alice").await;
    let wish = json!({ "product_id": "vip-month", "quantity": 1, "idempotency_key": KEY });
    let url = format!("{}/api/orders", shop.server.url());
    let call = buyer.http.post(url).json(&wish);
    let call = call.header("x-forwarded-for", "6.6.6.6, [2001:db8::7]:51234");
    let order: OrderView = read(call.send().await.unwrap()).await;
    let stored = shop.server.app().store.order(&order.id).await.unwrap();
    let address = stored.unwrap().order.client_ip;
    assert_eq!(address.to_string(), "2001:db8::7");
}
