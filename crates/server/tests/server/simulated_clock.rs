//! The server's program on the clock of a simulated WeChat: minutes of a shop in moments.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use wechat_checkout_protocol::{ErrorCode, OrderStatus, OrderView, UnixMillis};
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::order::inquiry;
use wechat_checkout_simulator::{CONTROL_HEADER, Simulator, demo};

use crate::push;
use crate::sample::order;
use crate::shop::{self, Buyer, DEADLINE, Folder, refusal};

const MINUTE_MS: i64 = 60_000;
/// Neither a slow machine nor the wait for an answer of the simulator takes this long.
const SLACK_MS: i64 = MINUTE_MS;

/// A shop whose server is the program that people run, with `--clock`.
struct PlayedShop {
    wechat: Simulator,
    buyer: Buyer,
    url: String,
    _program: Child,
    _folder: Folder,
}

impl PlayedShop {
    async fn open() -> PlayedShop {
        let (folder, wechat) = shop::prepare().await;
        let gateway = wechat.gateway_url().to_string();
        let mut program = command(&folder, &shop::config(&wechat), &gateway)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let listening = timeout(DEADLINE, lines.next_line()).await.unwrap();
        let line = listening.unwrap().unwrap();
        let url = line.strip_prefix("listening ").unwrap();
        wechat.set_page(url.parse().unwrap());
        let buyer = shop::sign_in(&wechat, url, "alice").await;
        PlayedShop {
            wechat,
            buyer,
            url: url.to_owned(),
            _program: program,
            _folder: folder,
        }
    }

    /// Calls the control API, as its page and the drawer do.
    async fn control(&self, method: reqwest::Method, path: &str, body: &Value) {
        let url = self.wechat.gateway_url().join(path).unwrap();
        let call = reqwest::Client::new().request(method, url).json(body);
        let call = call.header(CONTROL_HEADER, "1");
        let _ = call.send().await.unwrap().error_for_status().unwrap();
    }

    async fn step(&self, ms: i64) {
        let step = json!({ "ms": ms });
        self.control(reqwest::Method::POST, "/_control/clock/step", &step)
            .await;
    }

    /// Waits until what the shop says of its time satisfies a condition.
    async fn see_time(&self, order: &OrderView, is_so: impl Fn(UnixMillis) -> bool) -> UnixMillis {
        let seen = timeout(DEADLINE, async {
            loop {
                let now = self.buyer.see(order).await.server_now;
                if is_so(now) {
                    return now;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        seen.await.expect("the shop's time never became so")
    }
}

fn command(folder: &Folder, config: &str, clock: &str) -> Command {
    let file = folder.join("checkout.toml");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wechat-checkout-server"));
    command.arg("--config").arg(file).args(["--clock", clock]);
    command
}

#[tokio::test]
async fn four_steps_of_five_minutes_close_what_nobody_paid_and_make_room() {
    let shop = PlayedShop::open().await;
    let mut open = vec![];
    // One wish has one open order: these differ in what they are for.
    let refused = loop {
        let quantity = open.len() + 1;
        let key = format!("key-of-the-order-for-{quantity}");
        let wish =
            json!({ "product_id": "vip-month", "quantity": quantity, "idempotency_key": key });
        let answer = shop.buyer.post("/api/orders", &wish).await;
        if !answer.status().is_success() {
            break refusal(answer, 409).await;
        }
        open.push(shop::read::<OrderView>(answer).await);
    };
    assert_eq!(refused.code, ErrorCode::TooManyOpenOrders);
    for _ in 0..4 {
        shop.step(5 * MINUTE_MS).await;
    }
    for order in &open {
        let closed = shop.buyer.see_status(order, OrderStatus::Closed).await;
        assert!(closed.server_now.since_ms(order.server_now) >= 20 * MINUTE_MS);
        let trade = shop.wechat.trade(order.id.as_str()).unwrap();
        assert_eq!(trade.trade_state, "CLOSED");
    }
    let next = shop
        .buyer
        .order("vip-month", "key-when-there-is-room")
        .await;
    shop.wechat.pay(next.id.as_str()).unwrap();
    shop.step(1_000).await;
    shop.buyer.see_status(&next, OrderStatus::Confirmed).await;
}

#[tokio::test]
async fn a_watching_page_is_told_of_the_new_time_at_once() {
    let shop = PlayedShop::open().await;
    let order = shop
        .buyer
        .order("vip-month", "key-of-a-watched-order")
        .await;
    let token = order.watch_token.clone().unwrap();
    let mut socket = push::watch_at(&shop.url, order.id.as_str(), &token).await;
    let before = push::snapshot(&mut socket).await;
    shop.step(5 * MINUTE_MS).await;
    let told = async {
        loop {
            let after = push::snapshot(&mut socket).await;
            if after.server_now.since_ms(before.server_now) >= 5 * MINUTE_MS {
                return after;
            }
        }
    };
    let after = timeout(DEADLINE, told)
        .await
        .expect("its countdown goes on");
    assert_eq!(
        (after.seq, after.expires_at),
        (before.seq, before.expires_at)
    );
}

#[tokio::test]
async fn a_reset_brings_the_shop_back_to_real_time_and_it_goes_on_selling() {
    let shop = PlayedShop::open().await;
    let early = shop.buyer.order("vip-month", "key-before-the-steps").await;
    shop.step(60 * MINUTE_MS).await;
    shop.buyer.see_status(&early, OrderStatus::Closed).await;
    let late = shop.buyer.order("vip-month", "key-of-the-future-1").await;

    shop.control(reqwest::Method::POST, "/_control/reset", &Value::Null)
        .await;
    let real = Clock::System.now().plus_ms(SLACK_MS);
    shop.see_time(&late, |now| now < real).await;
    // WeChat has forgotten the order of an hour that has not come: it is in nobody's way.
    shop.buyer.see_status(&late, OrderStatus::Closed).await;
    let next = shop.buyer.order("vip-month", "key-after-the-reset").await;
    assert!(next.server_now < real && next.is_payable);
    shop.wechat.pay(next.id.as_str()).unwrap();
    shop.step(1_000).await;
    shop.buyer.see_status(&next, OrderStatus::Confirmed).await;
}

#[tokio::test]
async fn the_shops_time_stands_runs_and_outlives_the_simulator() {
    let shop = PlayedShop::open().await;
    let order = shop.buyer.order("vip-month", "key-of-a-held-clock").await;
    let held = shop.buyer.see(&order).await.server_now;
    assert_eq!(held, shop.wechat.clock().now(), "it stands");
    let fast = json!({ "pace": "running", "speed": 60 });
    shop.control(reqwest::Method::PUT, "/_control/clock", &fast)
        .await;
    shop.see_time(&order, |now| now.since_ms(held) > MINUTE_MS)
        .await;
    shop.step(60 * MINUTE_MS).await;
    let ahead = shop
        .see_time(&order, |now| now.since_ms(held) > 60 * MINUTE_MS)
        .await;

    shop.wechat.stop().await;
    let order = shop.buyer.see(&order).await;
    assert!(order.server_now >= ahead, "it keeps its distance");
    let later = timeout(DEADLINE, async {
        loop {
            let seen = shop.buyer.see(&order).await;
            if seen.server_now > order.server_now {
                return seen.server_now;
            }
        }
    });
    let later = later.await.expect("and goes on");
    assert!(later.since_ms(Clock::System.now()) > 50 * MINUTE_MS);
}

#[tokio::test]
async fn a_foreign_clock_is_refused_with_a_sentence() {
    let (folder, wechat) = shop::prepare().await;
    let here = shop::config(&wechat);
    let gateway = wechat.gateway_url().to_string();
    let base = format!("base_url = \"{}\"", gateway.trim_end_matches('/'));
    let production = "base_url = \"https://api.mch.weixin.qq.com\"\n\
                      notify_origin = \"https://shop.example\"";
    let mut wechats = here.replace(&base, production);
    assert_ne!(wechats, here);
    // Secrets that everybody knows are refused beside the true WeChat.
    for published in [
        "a-session-key-for-tests-of-32-chars",
        shop::ADMIN_TOKEN,
        demo::API_KEY,
        demo::APP_SECRET,
    ] {
        wechats = wechats.replace(published, &uuid::Uuid::now_v7().simple().to_string());
    }
    for (config, clock, wanted) in [
        (&wechats, gateway.as_str(), "not on loopback"),
        (&here, "http://192.0.2.1:8089", "not on loopback"),
        (&here, "http://127.0.0.1:9", "is the simulator running"),
        (&here, wechat.client_url().as_str(), "no clock can be read"),
    ] {
        let ended = timeout(DEADLINE, command(&folder, config, clock).output()).await;
        let output = ended.expect("it ends").unwrap();
        let sentence = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{clock}");
        assert!(sentence.contains(wanted), "{clock}: {sentence}");
    }
}

#[test]
fn an_order_of_a_time_that_the_clock_no_longer_knows_is_closed() {
    let order = order("order-0001");
    let placed_at = order.created_at;
    let differing = placed_at.plus_ms(-inquiry::CLOCKS_DIFFER_MS_MAX);
    assert!(
        !inquiry::is_closable(&order, differing),
        "another server's clock"
    );
    assert!(inquiry::is_closable(&order, differing.plus_ms(-1)));
    assert!(!inquiry::is_closable(&order, placed_at));
    assert!(inquiry::is_closable(&order, inquiry::closable_at(&order)));
}
