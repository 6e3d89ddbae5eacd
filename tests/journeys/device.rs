//! What happens to a phone from outside: colours, size, signal, sleep, files that do not arrive.
//!
//! All of it through the browser's own debugging protocol: the page under test is the production
//! page and knows nothing of it.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::browser::{PIXEL_RATIO, SCREEN, Scheme};
use crate::phone::Phone;

/// Only the server's: the simulated app asks its own questions over the same network.
const HOLD_REQUESTS: &str = r#"
const straight = window.fetch;
const released = new Promise((release) => { window.releaseRequests = () => {
  window.fetch = straight;
  release();
}; });
window.fetch = (address, options) => String(address.url ?? address).includes("/api/")
  ? released.then(() => straight(address, options))
  : straight(address, options);
"#;

/// A screen in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) is_phone: bool,
}

/// A mobile network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signal {
    pub(crate) latency_ms: u32,
    pub(crate) kbit_per_s: u32,
}

impl Phone {
    pub(crate) async fn set_scheme(&self, scheme: Scheme) -> Result<()> {
        self.browser().set_scheme(scheme).await
    }

    pub(crate) async fn set_shape(&self, shape: Shape) -> Result<()> {
        let metrics = json!({
            "width": shape.width,
            "height": shape.height,
            "deviceScaleFactor": PIXEL_RATIO,
            "mobile": shape.is_phone,
        });
        self.debug("Emulation.setDeviceMetricsOverride", metrics)
            .await
    }

    /// Back to the phone of all other journeys.
    pub(crate) async fn reset_shape(&self) -> Result<()> {
        let (width, height) = SCREEN;
        let shape = Shape {
            width,
            height,
            is_phone: true,
        };
        self.set_shape(shape).await
    }

    /// Requests whose address matches one of these patterns fail; none, and all arrive again.
    pub(crate) async fn block(&self, patterns: &[&str]) -> Result<()> {
        self.debug("Network.enable", json!({})).await?;
        self.debug("Network.setBlockedURLs", json!({ "urls": patterns }))
            .await
    }

    /// A slow network from now on; `None` for a fast one.
    pub(crate) async fn set_signal(&self, signal: Option<Signal>) -> Result<()> {
        let bytes_per_s = signal.map_or(-1, |signal| i64::from(signal.kbit_per_s) * 125);
        let conditions = json!({
            "offline": false,
            "latency": signal.map_or(0, |signal| signal.latency_ms),
            "downloadThroughput": bytes_per_s,
            "uploadThroughput": bytes_per_s,
        });
        self.debug("Network.enable", json!({})).await?;
        self.debug("Network.emulateNetworkConditions", conditions)
            .await
    }

    /// A cheaper phone: everything is computed so many times as slowly.
    pub(crate) async fn be_slower_by(&self, factor: u32) -> Result<()> {
        self.debug("Emulation.setCPUThrottlingRate", json!({ "rate": factor }))
            .await
    }

    /// What was downloaded before is downloaded again.
    pub(crate) async fn forget_downloads(&self) -> Result<()> {
        self.debug("Network.clearBrowserCache", json!({})).await
    }

    /// As after a month without a visit, or in a web-view that throws cookies away.
    pub(crate) async fn forget_cookies(&self) -> Result<()> {
        self.debug("Network.clearBrowserCookies", json!({})).await
    }

    /// The system stops the page in the background: no timer runs, no message is heard.
    pub(crate) async fn freeze(&self) -> Result<()> {
        self.debug("Page.setWebLifecycleState", json!({ "state": "frozen" }))
            .await
    }

    /// The page goes on.
    pub(crate) async fn thaw(&self) -> Result<()> {
        self.debug("Page.setWebLifecycleState", json!({ "state": "active" }))
            .await
    }

    /// A script that runs before any script of each page opened from now on: another web-view.
    pub(crate) async fn be_another_web_view(&self, script: &str) -> Result<()> {
        self.debug(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": script }),
        )
        .await
    }

    /// Another user agent, for places that the simulator does not play.
    pub(crate) async fn set_user_agent(&self, agent: &str) -> Result<()> {
        self.debug(
            "Emulation.setUserAgentOverride",
            json!({ "userAgent": agent }),
        )
        .await
    }

    /// Requests to the server leave the phone and no answer comes, until they are let through.
    pub(crate) async fn hold_requests(&self) -> Result<()> {
        self.run(HOLD_REQUESTS).await.map(drop)
    }

    /// What was held goes on now, and what follows is not held.
    pub(crate) async fn release_requests(&self) -> Result<()> {
        self.run("window.releaseRequests()").await.map(drop)
    }

    /// Runs a script in the page and hands back what it returns.
    pub(crate) async fn run(&self, script: &str) -> Result<Value> {
        let answer = self.window().execute(script, Vec::new()).await;
        let answer = answer.with_context(|| format!("running {script}"))?;
        Ok(answer.json().clone())
    }

    async fn debug(&self, command: &str, parameters: Value) -> Result<()> {
        let answer = self.window().cdp().send_raw(command, parameters).await;
        answer.map(drop).with_context(|| command.to_owned())
    }
}
