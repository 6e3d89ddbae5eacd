//! A day of the real program with every library's log at its most talkative: none of its secrets is
//! in it, though all of them are used.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::Arc;

use reqwest::Client;
use reqwest::cookie::Jar;
use serde_json::{Value, json};
use wechat_checkout_simulator::{Simulator, SimulatorConfig, demo};

use super::program::program;
use super::reading::Readings;
use super::workshop::Workshop;
use crate::shop::{DEADLINE, read};

/// A configuration with secrets of its own, and a WeChat that knows them.
async fn open() -> (Workshop, Simulator) {
    let workshop = Workshop::new();
    let account = wechat_checkout_simulator::MerchantAccount::new(
        "wx5100000000000001",
        "1900000001",
        &workshop.api_key,
        &workshop.app_secret,
        demo::MERCHANT_NAME,
    );
    let wechat = Simulator::start(SimulatorConfig {
        merchants: vec![account.unwrap()],
        ..SimulatorConfig::default()
    });
    let wechat = wechat.await.unwrap();
    let gateway = wechat.gateway_url().origin().ascii_serialization();
    let client = wechat.client_url().origin().ascii_serialization();
    let text = workshop
        .configuration()
        .replace("http://127.0.0.1:9", &gateway)
        .replace("http://127.0.0.1:8088", &client)
        .replace(
            "[oauth]",
            &format!(
                "[oauth]\nauthorize_url = \"{gateway}/connect/oauth2/authorize\"\n\
                 token_url = \"{gateway}/sns/oauth2/access_token\""
            ),
        )
        // Nobody listens there: how that goes wrong is logged, too.
        .replace("https://erp.example.com/hooks", "http://127.0.0.1:9/hooks");
    workshop.write("checkout.toml", text);
    (workshop, wechat)
}

/// Starts the program and reads where it listens.
fn start(workshop: &Workshop) -> (Child, String) {
    let mut child = program(workshop, &[], &[])
        .stderr(std::fs::File::create(workshop.path("log")).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening ").unwrap().to_owned();
    (child, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_of_any_library_has_a_secret_in_it() {
    let (workshop, wechat) = open().await;
    let (mut child, server) = start(&workshop);
    wechat.set_page(server.parse().unwrap());

    let cookies = Arc::new(Jar::default());
    cookies.add_cookie_str("wechat_buyer=alice", wechat.client_url());
    let http = Client::builder()
        .cookie_provider(cookies)
        .timeout(DEADLINE)
        .build()
        .unwrap();
    let get = async |url: String| http.get(url).send().await.unwrap();
    let origin = wechat.client_url().origin().ascii_serialization();
    let session: Value =
        read(get(format!("{origin}/oauth/start?return_to=/api/session")).await).await;
    assert_eq!(session["is_signed_in"], true, "{session}");
    let wish = json!({
        "product_id": "vip-month", "quantity": 1, "idempotency_key": "key-of-the-traced-day",
    });
    let placed = http.post(format!("{server}/api/orders")).json(&wish);
    let order: Value = read(placed.send().await.unwrap()).await;
    let id = order["id"].as_str().unwrap().to_owned();
    wechat.pay(&id).unwrap();
    let confirmed = tokio::time::timeout(DEADLINE, async {
        loop {
            let seen: Value = read(get(format!("{server}/api/orders/{id}")).await).await;
            if seen["status"] == "confirmed" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    confirmed.await.expect("the order is confirmed");

    // The command line asks the running server, and logs as much.
    let asked = program(&workshop, &["--server", &server, "order", &id], &[])
        .output()
        .unwrap();
    assert!(
        asked.status.success(),
        "{}",
        String::from_utf8_lossy(&asked.stderr)
    );
    child.kill().unwrap();
    child.wait().unwrap();

    let mut output = std::fs::read(workshop.path("log")).unwrap();
    output.extend(asked.stdout);
    output.extend(asked.stderr);
    let text = String::from_utf8_lossy(&output);
    assert!(text.contains("TRACE"), "nothing was logged");
    let readings = Readings::of(&output);
    for (name, secret) in [
        ("session key", &workshop.session_key),
        ("API key", &workshop.api_key),
        ("app secret", &workshop.app_secret),
        ("admin token", &workshop.admin_token),
        ("webhook secret", &workshop.webhook_secret),
    ] {
        let secret = secret.strip_prefix("whsec_").unwrap_or(secret);
        if let Some(part) = readings.part_of(secret.as_bytes()) {
            let line = text.lines().find(|line| line.contains(&part));
            panic!("{name}: {part} in {line:?}");
        }
    }
}
