//! The watch socket: token, snapshot first, each change, and who is sent away.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use wechat_checkout_protocol::watch::close;
use wechat_checkout_protocol::{OrderStatus, OrderView, ServerFrame};
use wechat_checkout_server::session::WATCH_TOKEN_MS;

use crate::shop::{DEADLINE, Shop};

const KEY: &str = "key-of-the-first-wish";

pub(crate) type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(shop: &Shop, order_id: &str) -> Socket {
    connect_at(&shop.server.url(), order_id).await
}

async fn connect_at(server: &str, order_id: &str) -> Socket {
    let server = server.replace("http://", "ws://");
    connect_async(format!("{server}/api/orders/{order_id}/watch"))
        .await
        .unwrap()
        .0
}

pub(crate) async fn watch(shop: &Shop, order_id: &str, token: &str) -> Socket {
    watch_at(&shop.server.url(), order_id, token).await
}

/// The same at a server that is a program of its own.
pub(crate) async fn watch_at(server: &str, order_id: &str, token: &str) -> Socket {
    let mut socket = connect_at(server, order_id).await;
    let frame = serde_json::json!({ "type": "watch", "token": token }).to_string();
    socket.send(Message::text(frame)).await.unwrap();
    socket
}

async fn next(socket: &mut Socket) -> Message {
    tokio::time::timeout(DEADLINE, socket.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap()
}

pub(crate) async fn snapshot(socket: &mut Socket) -> OrderView {
    loop {
        let Message::Text(text) = next(socket).await else {
            panic!("a text frame")
        };
        match serde_json::from_str(&text).unwrap() {
            ServerFrame::Snapshot { seq, order } => {
                assert_eq!(seq, order.seq);
                return *order;
            }
            ServerFrame::Ping => {}
        }
    }
}

pub(crate) async fn close_code(socket: &mut Socket) -> u16 {
    let Message::Close(Some(frame)) = next(socket).await else {
        panic!("a close frame")
    };
    frame.code.into()
}

#[tokio::test]
async fn a_watcher_sees_the_order_at_once_and_then_its_confirmation() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    let mut socket = watch(
        &shop,
        order.id.as_str(),
        order.watch_token.as_deref().unwrap(),
    )
    .await;
    assert_eq!(snapshot(&mut socket).await.status, OrderStatus::Unprocessed);
    shop.wechat.pay(order.id.as_str()).unwrap();
    shop.pass(2).await;
    let mut seq = order.seq;
    loop {
        let seen = snapshot(&mut socket).await;
        assert!(seen.seq > seq, "only news is pushed");
        seq = seen.seq;
        if seen.status == OrderStatus::Confirmed {
            assert_eq!(seen.benefits.len(), 1);
            return;
        }
    }
}

#[tokio::test]
async fn wrong_tokens_and_foreign_orders_are_sent_away() {
    let shop = Shop::open().await;
    let (alice, bob) = (shop.buyer("alice").await, shop.buyer("bob").await);
    let order = alice.order("vip-month", KEY).await;
    let id = order.id.as_str();
    let mut unsigned = watch(&shop, id, "a.b").await;
    assert_eq!(close_code(&mut unsigned).await, close::SIGN_IN_REQUIRED);
    let bobs = bob.order("vip-month", KEY).await.watch_token.unwrap();
    let mut foreign = watch(&shop, id, &bobs).await;
    assert_eq!(close_code(&mut foreign).await, close::NOT_FOUND);
    let unknown_id = "0193f0c2a4b87d01a2b3c4d5e6f70819";
    let own = order.watch_token.as_deref().unwrap();
    let mut unknown = watch(&shop, unknown_id, own).await;
    assert_eq!(close_code(&mut unknown).await, close::NOT_FOUND);
    let mut garbled = connect(&shop, id).await;
    garbled
        .send(Message::text("{\"type\":\"subscribe\"}"))
        .await
        .unwrap();
    assert_eq!(close_code(&mut garbled).await, close::BAD_FRAME);
}

#[tokio::test]
async fn a_page_of_another_origin_opens_no_socket() {
    let shop = Shop::open().await;
    let server = shop.server.url().replace("http://", "ws://");
    let url = format!("{server}/api/orders/0193f0c2a4b87d01a2b3c4d5e6f70819/watch");
    let mut request = url.into_client_request().unwrap();
    let _ = request
        .headers_mut()
        .insert("origin", "https://evil.example".parse().unwrap());
    let Err(Error::Http(answer)) = connect_async(request).await else {
        panic!("refused")
    };
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn a_stopping_server_tells_its_watchers_to_come_back() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    let mut socket = watch(
        &shop,
        order.id.as_str(),
        order.watch_token.as_deref().unwrap(),
    )
    .await;
    let _ = snapshot(&mut socket).await;
    shop.server.app().hub.stop();
    assert_eq!(close_code(&mut socket).await, close::GOING_AWAY);
}

#[tokio::test]
async fn the_token_of_an_order_opens_that_order_only_and_for_minutes() {
    let shop = Shop::open().await;
    let alice = shop.buyer("alice").await;
    let order = alice.order("vip-month", KEY).await;
    let other = alice.order("vip-year", "key-of-the-second-wish").await;
    let token = order.watch_token.clone().unwrap();
    let read_again = alice.see(&order).await.watch_token.unwrap();
    for token in [&token, &read_again] {
        let mut own = watch(&shop, order.id.as_str(), token).await;
        assert_eq!(snapshot(&mut own).await.watch_token, None, "not in frames");
    }
    let mut foreign = watch(&shop, other.id.as_str(), &token).await;
    assert_eq!(close_code(&mut foreign).await, close::NOT_FOUND);
    shop.clock.advance_ms(WATCH_TOKEN_MS);
    let mut late = watch(&shop, order.id.as_str(), &token).await;
    assert_eq!(close_code(&mut late).await, close::SIGN_IN_REQUIRED);
}

#[tokio::test]
async fn a_socket_that_floods_with_pings_ends_and_costs_no_memory() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    let mut socket = watch(
        &shop,
        order.id.as_str(),
        order.watch_token.as_deref().unwrap(),
    )
    .await;
    let _ = snapshot(&mut socket).await;
    let flood = async {
        // Never reads: what the server answers stays where it is.
        while socket
            .feed(Message::Ping(vec![0; 125].into()))
            .await
            .is_ok()
        {
            if socket.flush().await.is_err() {
                break;
            }
        }
    };
    let ended = tokio::time::timeout(DEADLINE, flood).await;
    ended.expect("the server ends it");
}

#[tokio::test]
async fn strangers_sockets_take_no_seat_of_a_buyer() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let order = buyer.order("vip-month", KEY).await;
    let mut strangers = Vec::new();
    for _ in 0..30 {
        strangers.push(connect(&shop, order.id.as_str()).await);
    }
    let mut own = watch(
        &shop,
        order.id.as_str(),
        order.watch_token.as_deref().unwrap(),
    )
    .await;
    assert_eq!(snapshot(&mut own).await.id, order.id);
}

#[tokio::test]
async fn a_silent_socket_is_closed() {
    let shop = Shop::open().await;
    let mut socket = connect(&shop, "0193f0c2a4b87d01a2b3c4d5e6f70819").await;
    let closed = tokio::time::timeout(Duration::from_secs(7), close_code(&mut socket)).await;
    assert_eq!(closed.unwrap(), close::BAD_FRAME);
}
