//! The simulated app as a reverse proxy: what a page's server sees, and what the browser gets.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::extract::WebSocketUpgrade;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use futures_util::{SinkExt, StreamExt, stream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use wechat_checkout_simulator::Scenario;

use crate::stage::{PATIENCE, Stage};

const DOCUMENT: &str = "<!doctype html><html><head><title>店</title></head><body></body></html>";

/// A stage whose app opens a small page of ours; the task serves it.
pub(crate) async fn with_page() -> Stage {
    let stage = Stage::held().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, page()).await });
    stage
        .simulator
        .set_page(format!("http://{address}/").parse().expect("a URL"));
    stage
}

fn page() -> Router {
    Router::new()
        .route("/", get(|| async { Html(DOCUMENT) }))
        .route("/seen", any(seen))
        .route("/echo", post(|body: Bytes| async { body }))
        .layer(DefaultBodyLimit::disable())
        .route("/ticks", get(ticks))
        .route("/elsewhere", get(elsewhere))
        .route("/socket", any(socket))
}

/// The headers that arrived, a line each.
async fn seen(headers: HeaderMap) -> String {
    let line = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        format!("{name}: {}\n", value.to_str().unwrap_or("?"))
    };
    headers.iter().map(line).collect()
}

/// One piece at once, the next never: only a proxy that streams passes the first on.
async fn ticks() -> Response {
    let first = stream::iter([Ok::<_, Infallible>("first")]);
    Body::from_stream(first.chain(stream::pending())).into_response()
}

async fn elsewhere(headers: HeaderMap) -> impl IntoResponse {
    let host = headers[header::HOST].to_str().expect("text").to_owned();
    let location = format!("http://{host}/landed");
    (
        axum::http::StatusCode::FOUND,
        [
            (header::LOCATION, location),
            (
                header::SET_COOKIE,
                "a=b; Domain=shop.example; HttpOnly".to_owned(),
            ),
        ],
    )
}

async fn socket(headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    let greeting = format!("origin {}", origin.unwrap_or("none"));
    upgrade
        .protocols(["watch"])
        .on_upgrade(|mut socket| async move {
            let _ = socket.send(greeting.into()).await;
            while let Some(Ok(message)) = socket.recv().await {
                if socket.send(message).await.is_err() {
                    return;
                }
            }
        })
}

pub(crate) async fn text(stage: &Stage, path: &str, headers: &[(&str, &str)]) -> String {
    let mut request = stage.http.get(stage.app(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("text")
}

#[tokio::test]
async fn a_document_gets_the_bridge_first_and_other_files_stay_as_they_are() {
    let stage = with_page().await;
    let document = text(&stage, "/", &[("accept", "text/html")]).await;
    let wanted = "<head><link rel=\"stylesheet\" href=\"/__wechat/sheet.css\"><script src=\"/__wechat/bridge.js\"></script><title>";
    assert!(document.contains(wanted), "{document}");
    assert_eq!(
        text(&stage, "/", &[("sec-fetch-dest", "empty")]).await,
        DOCUMENT
    );
    let script = text(&stage, "/__wechat/bridge.js", &[]).await;
    assert!(script.contains("getBrandWCPayRequest") && script.contains("MicroMessenger"));
}

#[tokio::test]
async fn the_server_sees_wechat_and_the_browsers_own_origin() {
    let stage = with_page().await;
    let origin = stage.simulator.client_url().origin().ascii_serialization();
    let seen = text(
        &stage,
        "/seen",
        &[("origin", &origin), ("sec-ch-ua", "Chromium")],
    )
    .await;
    assert!(seen.contains("MicroMessenger/8."), "{seen}");
    assert!(seen.contains(&format!("origin: {origin}\n")), "{seen}");
    let host = origin.strip_prefix("http://").expect("http");
    assert!(
        seen.contains(&format!("host: {host}\n")),
        "a local server sees the same host: {seen}"
    );
    assert!(!seen.contains("sec-ch-ua"), "{seen}");

    text(&stage, "/?wechat_agent=ios", &[]).await;
    assert!(text(&stage, "/seen", &[]).await.contains("iPhone"));
}

#[tokio::test]
async fn a_scenario_in_the_address_is_remembered_and_a_wrong_one_is_refused() {
    let stage = with_page().await;
    let answer = stage
        .http
        .get(stage.app("/?scenario=no-such"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 400);
    let document = text(
        &stage,
        "/?scenario=outside-wechat",
        &[("accept", "text/html")],
    )
    .await;
    assert_eq!(document, DOCUMENT, "nothing is injected");
    let seen = text(&stage, "/seen", &[("user-agent", "Plain/1.0")]).await;
    assert!(seen.contains("user-agent: Plain/1.0"), "{seen}");
    stage.simulator.set_scenario(Scenario::NoBridge);
    let script = text(&stage, "/__wechat/bridge.js", &[]).await;
    assert!(
        script.contains("\"hasBridge\":false"),
        "WeChat's agent without a bridge"
    );
}

#[tokio::test]
async fn bodies_stream_in_both_directions() {
    let stage = with_page().await;
    let mut answer = stage
        .http
        .get(stage.app("/ticks"))
        .send()
        .await
        .expect("an answer");
    let first = tokio::time::timeout(PATIENCE, answer.chunk())
        .await
        .expect("in time");
    assert_eq!(first.expect("no error"), Some(Bytes::from("first")));

    // Larger than any limit that a server has by default: only the page's own ones count.
    let large = "x".repeat(3_000_000);
    let answer = stage
        .http
        .post(stage.app("/echo"))
        .body(large.clone())
        .send()
        .await
        .expect("an answer");
    assert!(
        answer.text().await.expect("text") == large,
        "three megabytes"
    );
    let answer = stage
        .http
        .post(stage.app("/echo"))
        .body("订单")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "订单");
}

#[tokio::test]
async fn redirects_and_cookies_are_made_to_work_at_the_apps_address() {
    let stage = with_page().await;
    let answer = stage
        .http
        .get(stage.app("/elsewhere"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["set-cookie"], "a=b; HttpOnly");
    let location = answer.headers()["location"].to_str().expect("text");
    let landed = stage.simulator.client_url().join(location).expect("a URL");
    assert_eq!(landed, stage.app("/landed"), "{location}");
}

#[tokio::test]
async fn a_websocket_passes_through_and_can_be_cut() {
    let stage = with_page().await;
    let address = stage.app("/socket").to_string().replace("http://", "ws://");
    let mut request = address.into_client_request().expect("a request");
    let headers = request.headers_mut();
    headers.insert("origin", "http://127.0.0.1:1".parse().expect("a value"));
    headers.insert("sec-websocket-protocol", "watch".parse().expect("a value"));
    let (mut socket, answer) = tokio_tungstenite::connect_async(request)
        .await
        .expect("a WebSocket");
    assert_eq!(answer.headers()["sec-websocket-protocol"], "watch");
    let next = socket.next().await.expect("a frame").expect("no error");
    assert_eq!(
        next,
        Message::Text(Utf8Bytes::from_static("origin http://127.0.0.1:1"))
    );
    socket.send(Message::text("你好")).await.expect("sent");
    let next = socket.next().await.expect("a frame").expect("no error");
    assert_eq!(next, Message::text("你好"));

    stage.simulator.cut_sockets();
    let ended = tokio::time::timeout(PATIENCE, socket.next())
        .await
        .expect("in time");
    assert!(!matches!(ended, Some(Ok(Message::Text(_)))), "{ended:?}");
}

#[tokio::test]
async fn a_page_that_is_not_running_is_explained() {
    let stage = Stage::held().await;
    assert!(text(&stage, "/", &[]).await.contains("--page"));
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    stage
        .simulator
        .set_page(format!("http://{address}/").parse().expect("a URL"));
    let answer = stage
        .http
        .get(stage.app("/"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 502);
    assert!(
        answer
            .text()
            .await
            .expect("text")
            .contains(&address.to_string())
    );
}

#[tokio::test]
async fn the_ports_are_free_again_after_stop() {
    let stage = with_page().await;
    let address = stage
        .simulator
        .client_url()
        .socket_addrs(|| None)
        .expect("an address")[0];
    stage.simulator.stop().await;
    let bound = tokio::time::timeout(
        Duration::from_secs(5),
        tokio::net::TcpListener::bind(address),
    );
    bound.await.expect("in time").expect("the port is free");
}

#[tokio::test]
async fn another_account_is_another_phone() {
    let stage = with_page().await;
    let visit = |cookie: &'static str| {
        stage
            .http
            .get(stage.app("/?wechat_buyer=xiaohong"))
            .header("cookie", cookie)
            .send()
    };
    let answer = visit("session=xiaomings; theme=dark")
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["clear-site-data"], "\"storage\"");
    let cookies: Vec<&str> = answer
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|value| {
            value
                .to_str()
                .expect("text")
                .split("; ")
                .next()
                .unwrap_or_default()
        })
        .collect();
    assert_eq!(cookies, ["session=", "theme=", "wechat_buyer=xiaohong"]);
    let answer = visit("wechat_buyer=xiaohong; session=xiaohongs")
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200, "the same account keeps its session");
}

#[tokio::test]
async fn a_page_of_a_development_server_chooses_by_its_own_address() {
    let stage = with_page().await;
    let page = "http://127.0.0.1:8000/?scenario=no-bridge&order=1";
    let script = text(&stage, "/__wechat/bridge.js", &[("referer", page)]).await;
    assert!(script.contains("\"hasBridge\":false"));
    let script = text(
        &stage,
        "/__wechat/bridge.js",
        &[("referer", "http://127.0.0.1:8000/")],
    )
    .await;
    assert!(script.contains("\"hasBridge\":false"), "remembered");
}
