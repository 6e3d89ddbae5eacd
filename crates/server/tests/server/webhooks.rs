//! The merchant's own system is told: signed, at least once, tried again, given up, sent again.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use wechat_checkout_protocol::{Fen, OrderStatus};
use wechat_checkout_server::app::App;
use wechat_checkout_server::flow::ask_refund::ask_refund;
use wechat_checkout_server::flow::collect_webhooks::collect_webhooks;
use wechat_checkout_server::order::{
    AskedRefund, OrderEvent, PaymentEvidence, RefundEnding, RefundOf, SettledRefund,
};
use wechat_checkout_server::store::WebhookStatus;

use crate::sample::payment;
use crate::shop::{ADMIN_TOKEN, DEADLINE, Shop, WEBHOOK_SECRET, read};

/// A merchant's system that answers as told and remembers what it heard.
#[derive(Clone)]
struct Receiver {
    answer: Arc<Mutex<StatusCode>>,
    heard: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

impl Receiver {
    async fn start(answer: StatusCode) -> (Receiver, String) {
        let receiver = Receiver {
            answer: Arc::new(Mutex::new(answer)),
            heard: Arc::default(),
        };
        let router = Router::new()
            .route("/hook", post(hear))
            .with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let _serving = tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    fn count(&self) -> usize {
        self.heard.lock().unwrap().len()
    }

    async fn wait_for(&self, count: usize) {
        let heard = async {
            while self.count() < count {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(DEADLINE, heard).await.unwrap();
    }
}

async fn hear(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    receiver.heard.lock().unwrap().push((headers, body));
    *receiver.answer.lock().unwrap()
}

/// Verifies as the Standard Webhooks scheme says, with nothing of our own code.
fn verify(headers: &HeaderMap, body: &Bytes) -> String {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let secret = STANDARD
        .decode(WEBHOOK_SECRET.strip_prefix("whsec_").unwrap())
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
    mac.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    mac.update(body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(header("webhook-signature"), expected);
    header("webhook-id")
}

#[tokio::test]
async fn a_confirmed_order_is_told_once_it_is_confirmed() {
    let (receiver, url) = Receiver::start(StatusCode::NO_CONTENT).await;
    let shop = Shop::open_with_webhook(&url).await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", "key-of-the-first-wish").await;
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    let _ = buyer.see_status(&order, OrderStatus::Confirmed).await;
    receiver.wait_for(1).await;
    let (headers, body) = receiver.heard.lock().unwrap()[0].clone();
    let _ = verify(&headers, &body);
    let message: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(message["type"], "order.confirmed");
    assert_eq!(message["data"]["order"]["id"], order.id.as_str());
    assert_eq!(message["data"]["order"]["amount_total"], 1990);
}

#[tokio::test]
async fn a_deaf_receiver_is_tried_again_with_the_same_id_then_given_up_and_can_be_told_again() {
    let (receiver, url) = Receiver::start(StatusCode::INTERNAL_SERVER_ERROR).await;
    let shop = Shop::open_with_webhook(&url).await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", "key-of-the-first-wish").await;
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    let tried = async {
        while receiver.count() < 10 {
            shop.pass(24 * 60 * 60).await;
            shop.server.app().bells.webhook.notify_one();
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, tried).await.unwrap();
    let ids: Vec<_> = receiver
        .heard
        .lock()
        .unwrap()
        .iter()
        .map(|(head, body)| verify(head, body))
        .collect();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");

    let admin = |method, path: String| {
        let url = format!("{}{path}", shop.server.url());
        reqwest::Client::new()
            .request(method, url)
            .bearer_auth(ADMIN_TOKEN)
            .send()
    };
    let given_up = async {
        loop {
            let list = admin(reqwest::Method::GET, "/admin/webhooks".to_owned())
                .await
                .unwrap();
            let dead: Value = read(list).await;
            if dead[0]["id"] == ids[0].as_str() {
                return;
            }
            shop.pass(24 * 60 * 60).await;
            shop.server.app().bells.webhook.notify_one();
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, given_up).await.unwrap();
    *receiver.answer.lock().unwrap() = StatusCode::OK;
    let heard = receiver.count();
    let path = format!("/admin/webhooks/{}/redeliver", ids[0]);
    let answer = admin(reqwest::Method::POST, path).await.unwrap();
    assert_eq!(answer.status(), 202);
    receiver.wait_for(heard + 1).await;
}

#[tokio::test]
async fn news_that_is_collected_late_is_told_as_it_was() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", "key-of-the-first-wish").await;
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    let _ = buyer.see_status(&order, OrderStatus::Confirmed).await;
    let app = shop.server.app();
    let asked = ask_refund(app, &order.id, "all-of-it", order.amount_total).await;
    assert_eq!(asked.unwrap().order.status, OrderStatus::Refunding);

    // Nobody was told until now.
    let told = collected(app).await;
    assert_eq!(
        types(&told),
        ["order.confirmed", "order.refunding", "refund.requested"]
    );
    assert_eq!(told[0]["data"]["order"]["refunds"], Value::Null, "not yet");
    assert_eq!(told[0]["data"]["order"]["status"], "confirmed");
    assert_eq!(
        told[0]["data"]["order"]["benefits"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// What is collected and not sent yet, in the order it happened.
async fn collected(app: &App) -> Vec<Value> {
    collect_webhooks(app).await.unwrap();
    let collected = app.store.webhooks(WebhookStatus::Due, 50).await.unwrap();
    let mut told: Vec<Value> = collected
        .iter()
        .map(|webhook| serde_json::from_str(&webhook.payload).unwrap())
        .collect();
    let place = |message: &Value| {
        let kind = message["type"].as_str().unwrap().to_owned();
        (message["data"]["order"]["seq"].as_u64(), kind)
    };
    told.sort_by_key(place);
    told
}

fn types(told: &[Value]) -> Vec<&str> {
    told.iter()
        .map(|message| message["type"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_order_under_review_still_tells_what_becomes_of_its_money() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let view = buyer.order("vip-month", "key-of-the-first-wish").await;
    shop.wechat.pay(view.id.as_str()).unwrap();
    shop.pass(2).await;
    let _ = buyer.see_status(&view, OrderStatus::Confirmed).await;
    let app = shop.server.app();
    let order = app.store.order(&view.id).await.unwrap().unwrap().order;
    let too_little = PaymentEvidence {
        total_fee: Fen::new(1).unwrap(),
        ..payment(&order, "T-odd")
    };
    let happen = async |event| app.store.advance(&view.id, event, shop.clock.now()).await;
    let _ = happen(OrderEvent::Paid(too_little)).await.unwrap();
    let asked = AskedRefund {
        out_refund_no: "all-of-it".to_owned(),
        amount: order.amount_total,
    };
    let _ = happen(OrderEvent::RefundAsked(asked)).await.unwrap();
    let settled = SettledRefund {
        out_refund_no: "all-of-it".to_owned(),
        amount: order.amount_total,
        of: RefundOf::OrdersPayment,
        ending: RefundEnding::Succeeded,
        refund_id: None,
    };
    let _ = happen(OrderEvent::RefundSettled(settled)).await.unwrap();

    let told = collected(app).await;
    assert_eq!(
        types(&told),
        [
            "order.confirmed",
            "order.under_review",
            "order.refunding",
            "refund.requested",
            "order.refunded",
            "refund.succeeded",
        ]
    );
    assert_eq!(told[4]["data"]["order"]["attention"], "under_review");
}

#[tokio::test]
async fn each_part_that_goes_back_is_told_with_its_numbers_and_the_order_is_confirmed_once() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let view = buyer.order("coffee-voucher", "key-of-the-first-wish").await;
    shop.wechat.pay(view.id.as_str()).unwrap();
    shop.pass(2).await;
    let _ = buyer.see_status(&view, OrderStatus::Confirmed).await;
    let app = shop.server.app();
    let payment_no = app.store.order(&view.id).await.unwrap().unwrap().order;
    let payment_no = payment_no.transaction_id.unwrap();
    let happen = async |event| app.store.advance(&view.id, event, shop.clock.now()).await;
    for (number, fen, ending) in [
        ("part-1", 500, RefundEnding::Succeeded),
        ("part-2", 200, RefundEnding::Failed),
        ("rest-3", 1_000, RefundEnding::Succeeded),
    ] {
        let amount = Fen::new(fen).unwrap();
        let out_refund_no = number.to_owned();
        let asked = AskedRefund {
            out_refund_no: out_refund_no.clone(),
            amount,
        };
        let _ = happen(OrderEvent::RefundAsked(asked)).await.unwrap();
        let settled = SettledRefund {
            out_refund_no,
            amount,
            of: RefundOf::OrdersPayment,
            ending,
            refund_id: Some(format!("wechat-{number}")),
        };
        let _ = happen(OrderEvent::RefundSettled(settled)).await.unwrap();
    }
    // A second payment of the same order goes back by itself.
    let order = app.store.order(&view.id).await.unwrap().unwrap().order;
    let _ = happen(OrderEvent::Paid(payment(&order, "T-again"))).await;

    let told = collected(app).await;
    assert_eq!(
        types(&told),
        [
            "order.confirmed",
            "refund.requested",
            "refund.succeeded",
            "refund.requested",
            "order.under_review",
            "refund.failed",
            "order.refunding",
            "refund.requested",
            "order.refunded",
            "refund.succeeded",
            "refund.requested",
        ]
    );
    let first = &told[2]["data"];
    assert_eq!(first["transaction_id"], payment_no.as_str());
    assert_eq!(first["refund"]["transaction_id"], payment_no.as_str());
    assert_eq!(first["refund"]["out_refund_no"], "part-1");
    assert_eq!(first["refund"]["refund_id"], "wechat-part-1");
    assert_eq!(first["refund"]["amount"], 500);
    assert_eq!(first["refund"]["amount_refunded"], 500);
    assert_eq!(first["refund"]["amount_total"], 1_500);
    assert_eq!(first["order"]["status"], "confirmed");
    let asked = &told[1]["data"]["refund"];
    assert_eq!(asked["status"], "processing", "as it stood then");
    assert_eq!(told[9]["data"]["refund"]["amount_refunded"], 1_500);
    let again = &told[10]["data"]["refund"];
    assert_eq!(again["of_orders_payment"], false);
    assert_eq!(again["transaction_id"], "T-again");
    let ids = app.store.webhooks(WebhookStatus::Due, 50).await.unwrap();
    let ids: std::collections::HashSet<_> = ids.iter().map(|one| one.id.clone()).collect();
    assert_eq!(ids.len(), told.len(), "collected twice is told once");
    collect_webhooks(app).await.unwrap();
    assert_eq!(collected(app).await.len(), told.len());
}
