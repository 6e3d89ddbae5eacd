//! A shop to test: a real server, a real simulated WeChat, buyers with cookies.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::cookie::Jar;
use reqwest::{Client, Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wechat_checkout_protocol::{OrderStatus, OrderView, Problem, UnixMillis};
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::{Config, Server};
use wechat_checkout_simulator::{Pace, Simulator, SimulatorConfig, demo};

/// Far more than any test needs, and far less than a person's patience.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Opens the admin API.
pub(crate) const ADMIN_TOKEN: &str = "an-admin-token-for-tests-of-32-chars";

/// Signs webhooks.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(crate) struct Shop {
    pub(crate) server: Server,
    pub(crate) wechat: Simulator,
    pub(crate) clock: Clock,
    _folder: Folder,
}

/// A folder that goes when the test does.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Shop {
    /// Opens on held clocks: time passes only when a test says so.
    pub(crate) async fn open() -> Shop {
        Shop::open_with("", "").await
    }

    /// Opens behind a proxy that says who asks, with few requests a minute.
    pub(crate) async fn open_with_limits(buyer_per_minute: u32, address_per_minute: u32) -> Shop {
        let limits = format!(
            "[limits]\nbuyer_per_minute = {buyer_per_minute}\n\
             address_per_minute = {address_per_minute}\n"
        );
        Shop::open_with("behind_proxy = true", &limits).await
    }

    /// Opens on a given store.
    pub(crate) async fn open_on(store: &str) -> Shop {
        Shop::open_with(&format!("store = \"{store}\""), "").await
    }

    /// Opens and tells a merchant's own system.
    pub(crate) async fn open_with_webhook(url: &str) -> Shop {
        let section = format!("[webhook]\nurl = \"{url}\"\nsecret = \"{WEBHOOK_SECRET}\"\n");
        Shop::open_with("", &section).await
    }

    /// Opens with a second server on the same store. Buyers meet the first, WeChat notifies the
    /// second.
    pub(crate) async fn open_with_second(store: &str) -> (Shop, Server) {
        let (folder, wechat) = prepare().await;
        let config_file = folder.join("checkout.toml");
        let clock = Clock::held_at(wechat.clock().now());
        let start = async |text: &str| {
            std::fs::write(&config_file, text).unwrap();
            let config = Config::load_for_store(&config_file, Some(store)).unwrap();
            Server::start_at(config, clock.clone()).await.unwrap()
        };
        let text = config(&wechat);
        let second = start(&text).await;
        let gateway = format!("[gateway]\nnotify_origin = \"{}\"", second.url());
        let server = start(&text.replace("[gateway]", &gateway)).await;
        wechat.set_page(server.url().parse().unwrap());
        let shop = Shop {
            server,
            wechat,
            clock,
            _folder: folder,
        };
        (shop, second)
    }

    /// Opens with a page, such as it is.
    pub(crate) async fn open_with_page() -> Shop {
        Shop::open_with("page_dir = \"page\"", "").await
    }

    /// Opens with another token endpoint for sign-ins than the simulator's.
    pub(crate) async fn open_with_token_endpoint(url: &str) -> Shop {
        let url = url.parse().unwrap();
        Shop::open_changed(|config| config.oauth_token_url = url).await
    }

    /// Opens at a public origin behind TLS, though nothing terminates it.
    pub(crate) async fn open_behind_tls() -> Shop {
        let origins = vec!["https://shop.example.com".to_owned()];
        Shop::open_changed(|config| config.public_origins = origins).await
    }

    /// The first line wins over the same key of the ordinary configuration.
    pub(crate) async fn open_with(line: &str, sections: &str) -> Shop {
        let (folder, wechat) = prepare().await;
        let ordinary = config(&wechat);
        let key = line.split('=').next().unwrap_or_default();
        let others = ordinary
            .lines()
            .filter(|other| key.is_empty() || !other.starts_with(key));
        let text: String = std::iter::once(line)
            .chain(others)
            .flat_map(|line| [line, "\n"])
            .collect();
        Shop::open_configured(folder, wechat, &(text + sections), |_| {}).await
    }

    /// Opens with another API key than the merchant's.
    pub(crate) async fn open_with_api_key(key: &str) -> Shop {
        let (folder, wechat) = prepare().await;
        let text = config(&wechat).replace(demo::API_KEY, key);
        Shop::open_configured(folder, wechat, &text, |_| {}).await
    }

    async fn open_changed(change: impl FnOnce(&mut Config)) -> Shop {
        let (folder, wechat) = prepare().await;
        let text = config(&wechat);
        Shop::open_configured(folder, wechat, &text, change).await
    }

    /// Opens as the text says, with a last word on what was read.
    async fn open_configured(
        folder: Folder,
        wechat: Simulator,
        text: &str,
        change: impl FnOnce(&mut Config),
    ) -> Shop {
        let config_file = folder.join("checkout.toml");
        std::fs::write(&config_file, text).unwrap();
        let clock = Clock::held_at(wechat.clock().now());
        let mut config = Config::load(&config_file).unwrap();
        change(&mut config);
        let server = Server::start_at(config, clock.clone()).await.unwrap();
        wechat.set_page(server.url().parse().unwrap());
        Shop {
            server,
            wechat,
            clock,
            _folder: folder,
        }
    }

    /// Where browsers see the shop.
    pub(crate) fn origin(&self) -> String {
        self.wechat
            .client_url()
            .as_str()
            .trim_end_matches('/')
            .to_owned()
    }

    /// Lets time pass for both sides, and everything that falls due happen.
    pub(crate) async fn pass(&self, seconds: u64) {
        let by = Duration::from_secs(seconds);
        self.clock
            .advance_ms(i64::try_from(by.as_millis()).unwrap());
        self.wechat.step(by).await;
        self.server.app().bells.inquiry.notify_one();
        self.server.app().bells.refund.notify_one();
    }

    /// A signed-in buyer.
    pub(crate) async fn buyer(&self, name: &str) -> Buyer {
        sign_in(&self.wechat, &self.server.url(), name).await
    }

    /// Somebody without a session.
    pub(crate) fn stranger(&self) -> Buyer {
        visitor(&self.server.url(), Arc::default())
    }

    /// Waits until the stored order has a status, whoever its buyer is.
    pub(crate) async fn stored_status(&self, order: &OrderView, status: OrderStatus) {
        let store = &self.server.app().store;
        let reached = async {
            while store.order(&order.id).await.unwrap().unwrap().order.status != status {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(DEADLINE, reached).await;
        waited.unwrap_or_else(|_| panic!("the order never became {status:?}"));
    }

    /// A notification, as somebody sends it.
    pub(crate) async fn notify(&self, body: impl Into<reqwest::Body>) -> (StatusCode, String) {
        let url = format!("{}/wechat/v2/notify/payment", self.server.url());
        let answer = Client::new().post(url).body(body).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }
}

/// Signs in at a server inside simulated WeChat.
pub(crate) async fn sign_in(wechat: &Simulator, server: &str, name: &str) -> Buyer {
    let cookies = Arc::new(Jar::default());
    cookies.add_cookie_str(&format!("wechat_buyer={name}"), wechat.client_url());
    let buyer = visitor(server, cookies);
    let start = wechat
        .client_url()
        .join("oauth/start?return_to=/api/session");
    let answer = buyer.http.get(start.unwrap()).send().await.unwrap();
    let session: Value = read(answer).await;
    assert_eq!(session["is_signed_in"], true, "{session}");
    buyer
}

fn visitor(server: &str, cookies: Arc<Jar>) -> Buyer {
    let http = Client::builder()
        .cookie_provider(cookies)
        .timeout(DEADLINE)
        .build()
        .unwrap();
    Buyer {
        http,
        server: server.to_owned(),
    }
}

/// A folder of its own with a page, and a WeChat whose time stands still.
pub(crate) async fn prepare() -> (Folder, Simulator) {
    let name = format!("wechat-checkout-{}", uuid::Uuid::now_v7().simple());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(folder.join("page")).unwrap();
    std::fs::write(folder.join("page/index.html"), "<!doctype html>").unwrap();
    let simulator = SimulatorConfig {
        pace: Pace::Held,
        ..SimulatorConfig::default()
    };
    let folder = Folder(folder);
    (folder, Simulator::start(simulator).await.unwrap())
}

pub(crate) fn config(wechat: &Simulator) -> String {
    let gateway = wechat
        .gateway_url()
        .as_str()
        .trim_end_matches('/')
        .to_owned();
    let catalog = concat!(env!("CARGO_MANIFEST_DIR"), "/config/catalog.toml");
    format!(
        r#"
listen = "127.0.0.1:0"
public_origins = ["{origin}"]
store = "sqlite://checkout.db"
catalog = "{catalog}"
session_key = "a-session-key-for-tests-of-32-chars"
[merchant]
name = "{name}"
appid = "{appid}"
mch_id = "{mch_id}"
api_key = "{api_key}"
sign_type = "HMAC-SHA256"
[gateway]
base_url = "{gateway}"
[oauth]
app_secret = "{app_secret}"
authorize_url = "{gateway}/connect/oauth2/authorize"
token_url = "{gateway}/sns/oauth2/access_token"
[admin]
token = "{ADMIN_TOKEN}"
"#,
        origin = wechat.client_url().as_str().trim_end_matches('/'),
        name = demo::MERCHANT_NAME,
        appid = demo::APPID,
        mch_id = demo::MCH_ID,
        api_key = demo::API_KEY,
        app_secret = demo::APP_SECRET,
    )
}

pub(crate) struct Buyer {
    pub(crate) http: Client,
    server: String,
}

impl Buyer {
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http
            .get(format!("{}{path}", self.server))
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.http
            .post(format!("{}{path}", self.server))
            .json(body)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn send(&self, method: Method, path: &str) -> Response {
        self.http
            .request(method, format!("{}{path}", self.server))
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn try_order(&self, product: &str, key: &str) -> Response {
        let wish = json!({ "product_id": product, "quantity": 1, "idempotency_key": key });
        self.post("/api/orders", &wish).await
    }

    pub(crate) async fn order(&self, product: &str, key: &str) -> OrderView {
        read(self.try_order(product, key).await).await
    }

    pub(crate) async fn see(&self, order: &OrderView) -> OrderView {
        read(self.get(&format!("/api/orders/{}", order.id)).await).await
    }

    pub(crate) async fn report(&self, order: &OrderView, outcome: &str) -> OrderView {
        let path = format!("/api/orders/{}/report", order.id);
        read(
            self.post(&path, &json!({ "outcome": outcome, "raw": "test" }))
                .await,
        )
        .await
    }

    /// Waits until the order has a status.
    pub(crate) async fn see_status(&self, order: &OrderView, status: OrderStatus) -> OrderView {
        self.see_until(order, |seen| seen.status == status).await
    }

    /// Waits until the order is seen as it should be.
    pub(crate) async fn see_until(
        &self,
        order: &OrderView,
        is_there: impl Fn(&OrderView) -> bool,
    ) -> OrderView {
        let mut newest = None;
        let waiting = async {
            loop {
                let seen = newest.insert(self.see(order).await);
                if is_there(seen) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(DEADLINE, waiting).await;
        assert!(waited.is_ok(), "it never became so: {newest:?}");
        newest.unwrap()
    }
}

/// A successful JSON answer.
pub(crate) async fn read<T: DeserializeOwned>(answer: Response) -> T {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A refusal: the right status, the right media type, the right code.
pub(crate) async fn refusal(answer: Response, status: u16) -> Problem {
    assert_eq!(answer.status().as_u16(), status);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let request_id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let problem: Problem = answer.json().await.unwrap();
    assert_eq!(problem.status, status);
    assert_eq!(problem.request_id, request_id);
    problem
}

/// A day in milliseconds.
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The end of 31 days from an instant.
pub(crate) fn month_after(at: UnixMillis) -> UnixMillis {
    at.plus_ms(31 * DAY_MS)
}
