//! The WeChat app on a laptop: opens any page through a reverse proxy and plays the in-app bridge.

mod bridge_call;
mod choices;
mod forward;
mod inject;
mod sheet;
mod tunnel;

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use tokio::sync::watch;
use url::Url;

use self::choices::Choices;
use crate::agent::Agent;
use crate::buyer::{BuyerName, Buyers};
use crate::control;
use crate::guard::Guard;
use crate::listener::DropConnection;
use crate::oauth;
use crate::platform::Platform;
use crate::scenario::Scenario;

const BRIDGE_SCRIPT: &str = include_str!("../assets/bridge.js");
const SHEET_SCRIPT: &str = include_str!("../assets/sheet.js");
const DRAWER_SCRIPT: &str = include_str!("../assets/drawer.js");
const STYLE: &str = concat!(
    include_str!("../assets/sheet.css"),
    include_str!("../assets/drawer.css")
);

/// Whether pages show the tester's drawer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drawer {
    /// Pages look as they look in WeChat.
    #[default]
    Absent,
    /// A narrow handle at the right edge opens it.
    Present,
}

/// What all requests to the client share.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) platform: Arc<Platform>,
    pub(crate) http: reqwest::Client,
    page: RwLock<Option<Url>>,
    gateway: Url,
    drawer: Drawer,
    guard: Arc<Guard>,
    /// Counts the times that somebody cut all sockets; every open socket watches it.
    cuts: watch::Sender<u64>,
}

impl Client {
    pub(crate) fn new(
        platform: Arc<Platform>,
        http: reqwest::Client,
        page: Option<Url>,
        gateway: Url,
        drawer: Drawer,
        guard: Arc<Guard>,
    ) -> Client {
        let cuts = watch::Sender::new(0);
        Client {
            platform,
            http,
            page: RwLock::new(page),
            gateway,
            drawer,
            guard,
            cuts,
        }
    }

    pub(crate) fn page(&self) -> Option<Url> {
        self.page
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_page(&self, page: Url) {
        *self.page.write().unwrap_or_else(PoisonError::into_inner) = Some(page);
    }

    /// Ends every WebSocket that runs through the client, as a dead network would.
    pub(crate) fn cut_sockets(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

/// The client's own addresses under `/__wechat/`; everything else is the page.
pub(crate) fn router(client: Arc<Client>) -> Router {
    let authorize = get(oauth::authorize).with_state(client.platform.clone());
    let guard = Arc::clone(&client.guard);
    let own = Router::new()
        .route("/__wechat/bridge.js", get(bridge_script))
        .route("/__wechat/sheet.css", get(sheet_style))
        .route("/__wechat/sheet/open", post(sheet::open))
        .route("/__wechat/sheet/decide", post(sheet::decide))
        .route("/__wechat/connect/oauth2/authorize", authorize)
        .with_state(client.clone())
        // For the drawer, whose page is at this origin.
        .nest("/__wechat", control::router(client.clone()));
    // What pages of other origins may ask the page under test for is that page's own affair.
    let page = Router::new().fallback(open_page).with_state(client);
    guard.by_name(guard.by_origin(own).merge(page))
}

/// Under which agent the account opens pages at present; `None` outside WeChat.
fn agent_of(buyers: &Buyers, buyer: &BuyerName) -> Option<Agent> {
    match buyers.scenario(buyer) {
        Scenario::OutsideWechat => None,
        Scenario::Devtools => Some(Agent::Devtools),
        Scenario::MiniProgram => Some(Agent::MiniProgram),
        _ => Some(buyers.agent(buyer)),
    }
}

/// The bridge with what it has to know from its first line on. No request may be needed for that:
/// a page may ask for the user agent in its first script.
async fn bridge_script(State(client): State<Arc<Client>>, headers: HeaderMap) -> Response {
    let buyer = BuyerName::of_browser(&headers);
    choices_of_page(&headers).keep(&client.platform, &buyer);
    let settings = client.platform.read(|book| {
        let agent = agent_of(&book.buyers, &buyer);
        let scenario = book.buyers.scenario(&buyer);
        json!({
            "userAgent": agent.map(Agent::user_agent),
            "agent": agent,
            "hasBridge": agent.is_some() && scenario != Scenario::NoBridge,
            "scenario": scenario,
            "buyer": buyer.as_str(),
            "hasDrawer": agent.is_some() && client.drawer == Drawer::Present,
        })
    });
    let script = format!(
        "\"use strict\";(()=>{{const settings={settings};\n{SHEET_SCRIPT}\n{DRAWER_SCRIPT}\n{BRIDGE_SCRIPT}}})();"
    );
    asset("text/javascript; charset=utf-8", script)
}

/// What the address of the page chooses that asks for the bridge. A page that a development server
/// shows never passes through the proxy, so this is the only sight of its address.
fn choices_of_page(headers: &HeaderMap) -> Choices {
    headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|address| address.parse().ok())
        .and_then(|address| Choices::read(&address).ok())
        .unwrap_or_default()
}

async fn sheet_style() -> Response {
    asset("text/css; charset=utf-8", STYLE.to_owned())
}

fn asset(content_type: &'static str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text).into_response()
}

/// Everything that is not the client's own: the page under test, over HTTP or WebSocket.
async fn open_page(
    State(client): State<Arc<Client>>,
    ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>,
    request: Request,
) -> Response {
    let Some(page) = client.page() else {
        return no_page();
    };
    let buyer = BuyerName::of_browser(request.headers());
    // A link chooses; an image or a frame in a foreign page does not.
    let is_foreign = client.guard.is_foreign(request.method(), request.headers());
    if request.method() == Method::GET && !is_foreign {
        let choices = match Choices::read(request.uri()) {
            Ok(choices) => choices,
            Err(error) => return error.into_response(),
        };
        if let Some(response) = choices.other_phone(request.uri(), request.headers()) {
            return response;
        }
        choices.keep(&client.platform, &buyer);
    }
    let (agent, is_offline) = client.platform.read(|book| {
        (
            agent_of(&book.buyers, &buyer),
            book.buyers.is_offline(&buyer),
        )
    });
    if is_offline {
        let mut answer = StatusCode::SERVICE_UNAVAILABLE.into_response();
        answer.extensions_mut().insert(DropConnection);
        return answer;
    }
    let visit = forward::Visit { page, agent, peer };
    if tunnel::is_wanted(&request) {
        tunnel::open(&client, visit, request).await
    } else {
        forward::forward(&client, visit, request).await
    }
}

fn no_page() -> Response {
    let text = "<!doctype html><meta charset=utf-8><title>模拟微信</title><h1>没有要打开的页面</h1>\
                <p>Start the simulator with <code>--page http://localhost:3000</code>.</p>";
    (StatusCode::NOT_FOUND, Html(text)).into_response()
}
