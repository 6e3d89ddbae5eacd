//! Requests that no browser sends: malformed, doubled, smuggled, endless.

use std::fmt::Write;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use wechat_checkout_protocol::{ErrorCode, OrderListView};

use crate::shop::{Shop, read, refusal};
use crate::wire::{answer_to, connect, rest_of, status};

const KEY: &str = "key-of-the-first-wish";

#[tokio::test]
async fn a_request_is_for_one_host() {
    let shop = Shop::open().await;
    for (request, expected) in [
        ("GET /healthz HTTP/1.1\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n", 200),
        // Health checks of old.
        ("GET /healthz HTTP/1.0\r\n\r\n", 200),
        ("GET /healthz\r\n\r\n", 400),
    ] {
        let request = request.replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1);
        let answer = answer_to(&shop, request.as_bytes()).await;
        assert_eq!(status(&answer), Some(expected), "{request:?}: {answer}");
    }
}

/// What stands behind each of these bytes is a request of its own to one reader, and the body of
/// the first to another. Whatever the answer to the first, the second must have none.
#[tokio::test]
async fn no_request_is_smuggled_behind_another() {
    let shop = Shop::open().await;
    let hidden = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let post = "POST /api/orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    for lines in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
        "content-length: 0\r\ncontent-length: 5\r\n\r\n",
        "content-length: 5, 0\r\n\r\n",
        "content-length: +0\r\n\r\n",
        "content-length: 0x0\r\n\r\n",
        "content-length: -1\r\n\r\n",
        "content-length: 18446744073709551616\r\n\r\n",
        "content-length : 0\r\n\r\n",
        " content-length: 0\r\n\r\n",
        "content-length:\r\n 0\r\n\r\n",
        "content-length\0: 0\r\n\r\n",
        "transfer-encoding: xchunked\r\n\r\n",
        "transfer-encoding: chunked, identity\r\n\r\n",
        "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n0x0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n-0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "transfer-encoding: chunked\r\n\r\n0;\n\r\n",
        "x: y\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "x: y\rtransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let answer = answer_to(&shop, [post, lines, hidden].concat().as_bytes()).await;
        assert!(!answer.contains("ok\n"), "{lines:?}: {answer}");
    }
    // An HTTP/1.0 request has no chunks.
    let old = post.replace("1.1", "1.0") + "transfer-encoding: chunked\r\n\r\n0\r\n\r\n" + hidden;
    let answer = answer_to(&shop, old.as_bytes()).await;
    assert!(!answer.contains("ok\n"), "{answer}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_order() {
    let shop = Shop::open().await;
    let mut stream = connect(&shop).await;
    let head = "POST /api/orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 100\r\n\r\n{\"product_id\":";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    assert!(!rest_of(&mut stream).await.contains(" 200 "));
}

#[tokio::test]
async fn endless_heads_and_paths_are_refused() {
    let shop = Shop::open().await;
    let long = "x".repeat(5_000);
    let answer = answer_to(
        &shop,
        format!("GET /{long} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes(),
    )
    .await;
    assert_eq!(status(&answer), Some(414), "{answer}");
    let mut lines = String::new();
    for number in 0..2_000 {
        write!(lines, "x-{number}: {number}\r\n").unwrap();
    }
    let answer = answer_to(
        &shop,
        format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{lines}\r\n").as_bytes(),
    )
    .await;
    assert!(matches!(status(&answer), Some(400 | 431)), "{answer}");
}

#[tokio::test]
async fn names_that_no_file_system_takes_are_not_found() {
    let shop = Shop::open_with_page().await;
    let stranger = shop.stranger();
    assert!(stranger.get("/").await.status().is_success());
    let long = "x".repeat(300);
    let deep = "/x".repeat(500);
    for path in [
        &format!("/{long}"),
        &format!("/{long}/{long}/index.html"),
        deep.as_str(),
        "/index.html/x",
        "/%00",
        "/%ff%fe",
        "/%0a",
        "/a%2fb",
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cetc",
        "/.git/config",
        "//etc/passwd",
    ] {
        let problem = refusal(stranger.get(path).await, 404).await;
        assert_eq!(problem.code, ErrorCode::NotFound, "{path}");
    }
}

#[tokio::test]
async fn strange_qr_codes_are_few_and_short() {
    let shop = Shop::open().await;
    let stranger = shop.stranger();
    let code = async |path: &str| stranger.get(&format!("/api/qr.svg?path={path}")).await;
    assert!(code("/?order=1").await.status().is_success());
    let _ = refusal(code(&format!("/{}", "x".repeat(300))).await, 400).await;
    let paths: Vec<String> = (0..60).map(|number| format!("/{number}")).collect();
    let answers = join_all(paths.iter().map(|path| code(path))).await;
    assert!(answers.iter().any(|answer| answer.status() == 429));
    assert!(code("/?order=1").await.status().is_success(), "it is known");
}

#[tokio::test]
async fn a_hostile_name_is_nobodys_order_and_nobodys_product() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    for name in [
        "'%20OR%201=1--",
        "%00",
        "..",
        "%2e%2e%2f%2e%2e",
        "<script>",
        "{{7*7}}",
        "%F0%9F%92%A9",
        &"0".repeat(2_000),
    ] {
        let answer = buyer.get(&format!("/api/orders/{name}")).await;
        assert_eq!(answer.status(), 404, "{name}");
    }
    let list: Value = read(buyer.get("/api/orders").await).await;
    assert_eq!(list["orders"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn a_key_of_one_buyer_is_nothing_to_another() {
    let shop = Shop::open().await;
    let (alice, bob) = (shop.buyer("alice").await, shop.buyer("bob").await);
    let hers = alice.order("vip-month", KEY).await;
    let his = bob.order("vip-year", KEY).await;
    assert_ne!(hers.id, his.id);
    assert_eq!(alice.order("vip-month", KEY).await.id, hers.id);
    for (buyer, own) in [(&alice, &hers), (&bob, &his)] {
        let list: OrderListView = read(buyer.get("/api/orders").await).await;
        let ids: Vec<_> = list.orders.iter().map(|order| &order.id).collect();
        assert_eq!(ids, [&own.id]);
    }
}

/// What a form of another site can send without asking the server first.
#[tokio::test]
async fn a_form_of_another_site_orders_nothing() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let url = format!("{}/api/orders", shop.server.url());
    let wish = format!(r#"{{"product_id":"vip-month","quantity":1,"idempotency_key":"{KEY}"}}"#);
    for media_type in [
        "text/plain",
        "text/plain; charset=application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json-seq",
        "",
    ] {
        let post = || {
            let call = buyer.http.post(&url).header("content-type", media_type);
            call.body(wish.clone())
        };
        let _ = refusal(post().send().await.unwrap(), 415).await;
        let foreign = post().header("origin", "https://evil.example");
        let _ = refusal(foreign.send().await.unwrap(), 403).await;
    }
    let list: OrderListView = read(buyer.get("/api/orders").await).await;
    assert_eq!(list.orders.len(), 0);
}

#[tokio::test]
async fn buyers_calls_that_wait_leave_room_for_wechat() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let calls = &shop.server.app().buyers_calls;
    let busy = calls.acquire_many(calls.available_permits().try_into().unwrap());
    let busy = busy.await.unwrap();
    let answer = buyer.get("/api/orders").await;
    assert_eq!(answer.headers()["retry-after"], "1");
    let _ = refusal(answer, 503).await;
    let (status, _) = shop.notify("<xml></xml>").await;
    assert_eq!(status, 200);
    drop(busy);
    assert!(buyer.get("/api/orders").await.status().is_success());
}

#[tokio::test]
async fn a_body_in_drops_takes_no_room_of_others() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let calls = &shop.server.app().buyers_calls;
    let all_but_one = calls.available_permits() - 1;
    let _busy = calls.acquire_many(all_but_one.try_into().unwrap()).await;
    let mut slow = connect(&shop).await;
    let head = "POST /api/orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 100\r\n\r\n{";
    slow.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..20 {
        assert!(buyer.get("/api/orders").await.status().is_success());
    }
}
