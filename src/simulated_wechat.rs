//! Development only: a plain browser becomes simulated WeChat, so that `trunk serve` shows the whole
//! flow. Release builds do not contain this file.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlScriptElement;
use wechat_checkout::{
    api::ApiClient,
    browser::{self, Query},
    environment::Environment,
};

const BRIDGE: &str = "/__wechat/bridge.js";
const SHEET_STYLE: &str = "/__wechat/sheet.css";

/// Trunk's proxy takes sockets only under a prefix of their own.
const SOCKET_PREFIX: &str = "/__socket";

/// Loads the simulator's bridge when the development proxy offers it, then shows the app.
/// `?wechat=off` keeps the browser as it is.
pub(crate) fn load_then(show: fn(ApiClient)) {
    spawn_local(async move {
        let is_wanted = browser::environment() == Environment::Elsewhere
            && Query::current().get("wechat").as_deref() != Some("off");
        if is_wanted && load_bridge().await {
            browser::log_warning("this is simulated WeChat; ?wechat=off shows the plain browser");
            let sockets = [browser::socket_origin().as_str(), SOCKET_PREFIX].concat();
            show(ApiClient::default().with_socket_base(sockets));
        } else {
            show(ApiClient::default());
        }
    });
}

async fn load_bridge() -> bool {
    let document = browser::document();
    let loaded = js_sys::Promise::new(&mut |resolve, reject| {
        let script = document.create_element("script").ok();
        let script = script.and_then(|element| element.dyn_into::<HtmlScriptElement>().ok());
        let Some(script) = script else {
            return drop(reject.call0(&wasm_bindgen::JsValue::NULL));
        };
        script.set_src(BRIDGE);
        script.set_onload(Some(&resolve));
        script.set_onerror(Some(&reject));
        if let Some(head) = document.head() {
            drop(head.append_child(&script));
        }
    });
    load_style(&document);
    // A server without the simulator may answer with some page of its own.
    JsFuture::from(loaded).await.is_ok() && browser::environment() != Environment::Elsewhere
}

fn load_style(document: &web_sys::Document) {
    if let (Ok(link), Some(head)) = (document.create_element("link"), document.head()) {
        let described = link.set_attribute("rel", "stylesheet").is_ok()
            && link.set_attribute("href", SHEET_STYLE).is_ok();
        if described {
            drop(head.append_child(&link));
        }
    }
}
