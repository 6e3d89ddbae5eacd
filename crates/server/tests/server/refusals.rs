//! Malformed, oversized, foreign and repeated requests: a clear problem, and nothing changes.

use reqwest::Method;
use serde_json::{Value, json};
use wechat_checkout_protocol::{ErrorCode, OrderView};

use crate::shop::{Shop, read, refusal};

const KEY: &str = "key-of-the-first-wish";

#[tokio::test]
async fn bad_bodies_get_a_problem_that_names_the_mistake() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let wish = |changes: Value| {
        let mut wish = json!({ "product_id": "vip-month", "quantity": 1, "idempotency_key": KEY });
        for (key, value) in changes.as_object().unwrap() {
            wish[key] = value.clone();
        }
        wish
    };
    for (changes, status, code) in [
        (json!({ "quantity": 0 }), 400, ErrorCode::BadRequest),
        (json!({ "quantity": 21 }), 400, ErrorCode::BadRequest),
        (json!({ "quantity": -1 }), 400, ErrorCode::BadRequest),
        (json!({ "quantity": 1.5 }), 400, ErrorCode::BadRequest),
        (json!({ "quantity": "1" }), 400, ErrorCode::BadRequest),
        (json!({ "amount_total": 1 }), 400, ErrorCode::BadRequest),
        (
            json!({ "idempotency_key": "short" }),
            400,
            ErrorCode::BadRequest,
        ),
        (
            json!({ "idempotency_key": "k".repeat(65) }),
            400,
            ErrorCode::BadRequest,
        ),
        (json!({ "product_id": "VIP" }), 400, ErrorCode::BadRequest),
        (
            json!({ "product_id": "no-such-thing" }),
            404,
            ErrorCode::NotFound,
        ),
        (
            json!({ "product_id": "sold-out-voucher" }),
            409,
            ErrorCode::SoldOut,
        ),
        (
            json!({ "padding": "x".repeat(5_000) }),
            413,
            ErrorCode::BodyTooLarge,
        ),
    ] {
        let problem = refusal(
            buyer.post("/api/orders", &wish(changes.clone())).await,
            status,
        )
        .await;
        assert_eq!(problem.code, code, "{changes}");
    }
    let list: Value = read(buyer.get("/api/orders").await).await;
    assert_eq!(list["orders"], json!([]), "nothing was ordered");
}

#[tokio::test]
async fn what_is_not_json_is_refused_by_its_media_type_or_its_text() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let url = format!("{}/api/orders", shop.server.url());
    let plain = buyer.http.post(&url).body("{}").send().await.unwrap();
    assert_eq!(
        refusal(plain, 415).await.code,
        ErrorCode::UnsupportedMediaType
    );
    let broken = buyer
        .http
        .post(&url)
        .header("content-type", "application/json");
    let broken = broken.body("{\"product_id\":").send().await.unwrap();
    assert_eq!(refusal(broken, 400).await.code, ErrorCode::BadRequest);
}

#[tokio::test]
async fn unknown_paths_and_methods_get_problems_too() {
    let shop = Shop::open().await;
    let buyer = shop.stranger();
    for path in [
        "/nothing",
        "/api/nothing",
        "/api/orders/x/y",
        "/../etc/passwd",
    ] {
        assert_eq!(
            refusal(buyer.get(path).await, 404).await.code,
            ErrorCode::NotFound,
            "{path}"
        );
    }
    let deleted = buyer.send(Method::DELETE, "/api/orders").await;
    assert_eq!(
        refusal(deleted, 405).await.code,
        ErrorCode::MethodNotAllowed
    );
}

#[tokio::test]
async fn without_a_session_nothing_is_shown() {
    let shop = Shop::open().await;
    let stranger = shop.stranger();
    for path in [
        "/api/orders",
        "/api/benefits",
        "/api/orders/0193f0c2a4b87d01a2b3c4d5e6f70819",
    ] {
        let problem = refusal(stranger.get(path).await, 401).await;
        assert_eq!(problem.code, ErrorCode::SignInRequired, "{path}");
    }
    let session: Value = read(stranger.get("/api/session").await).await;
    assert_eq!(session["is_signed_in"], false);
    assert!(session.get("watch_token").is_none(), "{session}");
}

#[tokio::test]
async fn a_foreign_order_looks_exactly_like_an_unknown_one() {
    let shop = Shop::open().await;
    let (alice, bob) = (shop.buyer("alice").await, shop.buyer("bob").await);
    let order = alice.order("vip-month", KEY).await;
    let unknown = "0193f0c2a4b87d01a2b3c4d5e6f70819";
    let report = json!({ "outcome": "ok", "raw": "" });
    for id in [order.id.as_str(), unknown] {
        let path = format!("/api/orders/{id}");
        let mut seen = Vec::new();
        for answer in [
            bob.get(&path).await,
            bob.post(&format!("{path}/report"), &report).await,
            bob.post(&format!("{path}/bridge"), &json!({})).await,
        ] {
            let problem = refusal(answer, 404).await;
            seen.push((problem.code, problem.title, problem.detail));
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
        assert_eq!(seen[0].0, ErrorCode::NotFound);
    }
    assert_eq!(
        alice.see(&order).await.seq,
        order.seq,
        "the report of another changed nothing"
    );
}

#[tokio::test]
async fn a_key_used_for_another_wish_is_a_conflict() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let first: OrderView = buyer.order("vip-month", KEY).await;
    assert_eq!(buyer.order("vip-month", KEY).await.id, first.id);
    let problem = refusal(buyer.try_order("vip-year", KEY).await, 409).await;
    assert_eq!(problem.code, ErrorCode::IdempotencyConflict);
}

#[tokio::test]
async fn pages_of_other_origins_get_nothing() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let url = format!("{}/api/orders", shop.server.url());
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        let answer = buyer
            .http
            .get(&url)
            .header("origin", origin)
            .send()
            .await
            .unwrap();
        assert_eq!(
            refusal(answer, 403).await.code,
            ErrorCode::ForeignOrigin,
            "{origin}"
        );
    }
    let own = buyer
        .http
        .get(&url)
        .header("origin", shop.origin())
        .send()
        .await
        .unwrap();
    assert!(own.status().is_success());
}

#[tokio::test]
async fn sign_in_returns_only_to_this_site() {
    let shop = Shop::open().await;
    let stranger = shop.stranger();
    for query in [
        "return_to=//evil.example",
        "return_to=https://evil.example",
        "return_to=/%5Cevil.example",
        "origin=https://evil.example",
    ] {
        let answer = stranger.get(&format!("/oauth/start?{query}")).await;
        assert_eq!(
            refusal(answer, 400).await.code,
            ErrorCode::BadRequest,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_report_with_an_endless_answer_is_refused() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    let path = format!("/api/orders/{}/report", order.id);
    for report in [
        json!({ "outcome": "ok", "raw": "x".repeat(1_025) }),
        json!({ "outcome": "paid", "raw": "" }),
        json!({ "outcome": "ok", "status": "confirmed" }),
    ] {
        let problem = refusal(buyer.post(&path, &report).await, 400).await;
        assert_eq!(problem.code, ErrorCode::BadRequest);
    }
    assert_eq!(buyer.see(&order).await.seq, order.seq);
}

#[tokio::test]
async fn no_secret_leaves_the_server() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let _ = buyer.order("vip-month", KEY).await;
    let shown = format!("{:?}", shop.server.app());
    let mut texts = vec![shown];
    for path in [
        "/api/session",
        "/api/catalog",
        "/api/orders",
        "/api/openapi.json",
        "/metrics",
    ] {
        texts.push(buyer.get(path).await.text().await.unwrap());
    }
    for text in texts {
        for secret in [
            wechat_checkout_simulator::demo::API_KEY,
            wechat_checkout_simulator::demo::APP_SECRET,
            "a-session-key-for-tests",
        ] {
            assert!(!text.contains(secret));
        }
    }
}
