//! One browser with its driver: a phone's screen, an empty profile, nothing that calls out.

use std::env;
use std::ffi::OsString;
use std::process::Stdio;
use std::sync::Once;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A phone in CSS pixels, drawn twice as fine.
pub(crate) const SCREEN: (u32, u32) = (390, 844);
pub(crate) const PIXEL_RATIO: u32 = 2;
/// A driver that is silent for longer will not come up.
const DRIVER_WITHIN: Duration = Duration::from_secs(60);
/// A driver may end before it names its port: another program took the port that it had chosen.
const DRIVER_STARTS_MAX: usize = 3;

/// What the flags prevent: a failing sandbox as root, pages of the browser's own, calls home, and
/// animations that move a button away from under the tap.
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--force-prefers-reduced-motion",
    "--accept-lang=zh-CN",
];

/// Light or dark, as the phone is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub(crate) const ALL: [Scheme; 2] = [Scheme::Light, Scheme::Dark];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        }
    }
}

/// A browser window and the driver process behind it; the process ends with it.
#[derive(Debug)]
pub(crate) struct Browser {
    window: WebDriver,
    // Killed on drop, and its browser with it.
    _driver: Child,
}

impl Browser {
    /// Opens an empty window.
    pub(crate) async fn open(scheme: Scheme) -> Result<Browser> {
        provide_tls();
        let (driver, port) = start_driver().await?;
        let address = format!("http://127.0.0.1:{port}");
        let window = WebDriver::new(address, capabilities()?)
            .await
            .context("opening Chromium")?;
        let browser = Browser {
            window,
            _driver: driver,
        };
        browser.set_scheme(scheme).await?;
        Ok(browser)
    }

    /// Sets the phone to light or dark; a page that is open follows at once.
    pub(crate) async fn set_scheme(&self, scheme: Scheme) -> Result<()> {
        let features = json!({
            "features": [{ "name": "prefers-color-scheme", "value": scheme.name() }],
        });
        let emulation = self.window.cdp();
        emulation
            .send_raw("Emulation.setEmulatedMedia", features)
            .await?;
        Ok(())
    }

    pub(crate) fn window(&self) -> &WebDriver {
        &self.window
    }

    /// Closes the window and waits until it is gone.
    pub(crate) async fn close(self) -> Result<()> {
        self.window.quit().await.context("closing Chromium")
    }
}

fn capabilities() -> Result<ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for flag in FLAGS {
        capabilities.add_arg(flag)?;
    }
    if let Some(chromium) = env::var_os("JOURNEY_CHROMIUM") {
        let path = chromium
            .into_string()
            .ok()
            .context("the path of Chromium is no text")?;
        capabilities.set_binary(&path)?;
    }
    let (width, height) = SCREEN;
    let metrics =
        json!({ "width": width, "height": height, "pixelRatio": PIXEL_RATIO, "touch": true });
    capabilities.add_experimental_option("mobileEmulation", json!({ "deviceMetrics": metrics }))?;
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(capabilities)
}

/// Starts a driver on a free port, again when it does not come up.
async fn start_driver() -> Result<(Child, u16)> {
    for _ in 1..DRIVER_STARTS_MAX {
        if let Ok(started) = try_driver().await {
            return Ok(started);
        }
    }
    try_driver().await
}

/// Starts a driver, which tells its port on its standard output.
async fn try_driver() -> Result<(Child, u16)> {
    let program = env::var_os("JOURNEY_CHROMEDRIVER").unwrap_or(OsString::from("chromedriver"));
    let mut driver = Command::new(program)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("starting chromedriver; `cargo xtask setup` installs it")?;
    let pipe = driver.stdout.take().context("chromedriver has no output")?;
    let mut lines = BufReader::new(pipe).lines();
    let port = timeout(DRIVER_WITHIN, async {
        while let Some(line) = lines.next_line().await? {
            if let Some(port) = line.strip_prefix("ChromeDriver was started successfully on port ")
            {
                return port
                    .trim_end_matches('.')
                    .parse()
                    .context("chromedriver's port");
            }
        }
        bail!("chromedriver ended before it named its port")
    });
    let port = port.await.context("chromedriver does not come up")??;
    // It must never block on a full pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((driver, port))
}

/// The driver's client is built without a TLS provider of its own and asks for the process's.
fn provide_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that the server under test already chose one, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
