//! What a buyer does with a phone: opens, taps, reads. Every wait ends, and says what it missed.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;
use wechat_checkout_protocol::OrderStatus;

use crate::browser::Browser;

/// Far longer than anything takes on a small machine that others use, too; a wait that reaches it has
/// failed, and every other one ends as soon as there is something to see.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often a waiting buyer looks again.
const GLANCE: Duration = Duration::from_millis(50);

/// A phone in a buyer's hand.
#[derive(Debug)]
pub(crate) struct Phone {
    browser: Browser,
}

impl Phone {
    pub(crate) fn new(browser: Browser) -> Phone {
        Phone { browser }
    }

    pub(crate) fn window(&self) -> &WebDriver {
        self.browser.window()
    }

    pub(crate) fn browser(&self) -> &Browser {
        &self.browser
    }

    pub(crate) async fn open(&self, address: &str) -> Result<()> {
        self.window()
            .goto(address)
            .await
            .with_context(|| format!("opening {address}"))
    }

    /// A second view of the same app: the same cookies and storage, a history of its own.
    pub(crate) async fn open_another_tab(&self) -> Result<()> {
        let tab = self.window().new_tab().await.context("opening a tab")?;
        self.window().switch_to_window(tab).await?;
        self.reset_shape().await
    }

    /// Looks at the tab that was opened as number `number`, from 0.
    pub(crate) async fn look_at_tab(&self, number: usize) -> Result<()> {
        let tabs = self.window().windows().await?;
        let tab = tabs.into_iter().nth(number).context("no such tab")?;
        Ok(self.window().switch_to_window(tab).await?)
    }

    pub(crate) async fn reload(&self) -> Result<()> {
        self.window().refresh().await.context("reloading")
    }

    /// Waits until an element with this `data-test` hook can be seen.
    pub(crate) async fn see(&self, hook: &str) -> Result<WebElement> {
        self.see_within(PATIENCE, hook).await
    }

    /// [`Phone::see`] where the page itself makes the buyer wait.
    pub(crate) async fn see_within(&self, patience: Duration, hook: &str) -> Result<WebElement> {
        let selector = format!("[data-test=\"{hook}\"]");
        let seen = until_within(patience, async || self.find_visible(&selector).await).await?;
        seen.with_context(|| format!("`{hook}` does not appear"))
    }

    /// Whether an element with this hook can be seen at this moment.
    pub(crate) async fn sees(&self, hook: &str) -> Result<bool> {
        let found = self
            .find_visible(&format!("[data-test=\"{hook}\"]"))
            .await?;
        Ok(found.is_some())
    }

    /// Taps the element with this hook as soon as it can be tapped.
    pub(crate) async fn tap(&self, hook: &str) -> Result<()> {
        self.see(hook).await?;
        self.tap_by(&format!("[data-test=\"{hook}\"]")).await
    }

    /// [`Phone::tap`] for what has no hook.
    pub(crate) async fn tap_by(&self, selector: &str) -> Result<()> {
        let tapped = until(async || match self.find_visible(selector).await? {
            Some(element) => unless_passing(element.click().await),
            None => Ok(None),
        });
        match tapped
            .await
            .with_context(|| format!("tapping {selector}"))?
        {
            Some(()) => Ok(()),
            None => bail!("{selector} is not there, or covered by something else"),
        }
    }

    /// Waits until a script finds what it looks for: it returns something true.
    pub(crate) async fn find_by(&self, script: &str) -> Result<()> {
        let found = until(async || {
            let answer = self.run(script).await?;
            Ok(answer.as_bool().unwrap_or(false).then_some(()))
        });
        found
            .await?
            .with_context(|| format!("never true: {script}"))
    }

    /// Waits until the order on the screen has this status.
    pub(crate) async fn see_status(&self, status: OrderStatus) -> Result<()> {
        let wanted = status.as_str();
        let selector = format!("[data-test=\"order-status\"][data-status=\"{wanted}\"]");
        if until(async || self.find_visible(&selector).await)
            .await?
            .is_some()
        {
            return Ok(());
        }
        let shown = self.shown_status().await?;
        bail!("the order does not become {wanted}; the page shows {shown:?}")
    }

    /// The status on the screen at this moment, if an order is on it.
    async fn shown_status(&self) -> Result<Option<String>> {
        let Some(element) = self.find_visible("[data-test=\"order-status\"]").await? else {
            return Ok(None);
        };
        Ok(element.attr("data-status").await?)
    }

    /// The first match that can be seen at this moment.
    async fn find_visible(&self, selector: &str) -> Result<Option<WebElement>> {
        for element in self.window().find_all(By::Css(selector)).await? {
            if unless_passing(element.is_displayed().await)?.unwrap_or(false) {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Waits until the visible text of the page contains these words.
    pub(crate) async fn read(&self, words: &str) -> Result<()> {
        let found = until(async || Ok(self.text().await?.contains(words).then_some(()))).await?;
        match found {
            Some(()) => Ok(()),
            None => bail!(
                "the page does not say {words:?} but {:?}",
                self.text().await?
            ),
        }
    }

    /// The order that the address names.
    pub(crate) async fn order_id(&self) -> Result<String> {
        let found = until(async || {
            let address = self.window().current_url().await?;
            Ok(address
                .query_pairs()
                .find(|(name, _)| name == "order")
                .map(|(_, id)| id.into_owned()))
        });
        found.await?.context("the address names no order")
    }

    /// That the page still shows this order.
    pub(crate) async fn expect_order(&self, id: &str) -> Result<()> {
        let shown = self.order_id().await?;
        ensure!(shown == id, "the page shows order {shown} in place of {id}");
        Ok(())
    }

    /// What can be read on the screen; nothing while the browser goes from one page to the next.
    pub(crate) async fn text(&self) -> Result<String> {
        let text = match unless_passing(self.window().find(By::Tag("body")).await)? {
            Some(body) => unless_passing(body.text().await)?,
            None => None,
        };
        Ok(text.unwrap_or_default())
    }

    /// Waits until fonts and images are there, or a picture would show their absence.
    pub(crate) async fn pictures_are_loaded(&self) -> Result<()> {
        let script = "return document.fonts.status === 'loaded' \
                      && [...document.images].every(image => image.complete)";
        let loaded = until(async || {
            let answer = self.window().execute(script, Vec::new()).await?;
            Ok(answer.json().as_bool().filter(|loaded| *loaded))
        });
        loaded
            .await?
            .map(drop)
            .context("fonts or images do not load")
    }

    /// That the page complained about nothing: an error in the console is a defect.
    pub(crate) async fn expect_quiet_console(&self) -> Result<()> {
        let entries = self.window().browser_log().await?;
        let loud: Vec<String> = entries
            .into_iter()
            .filter(|entry| entry.level == "SEVERE")
            .map(|entry| entry.message)
            .collect();
        ensure!(loud.is_empty(), "the console says {loud:#?}");
        Ok(())
    }

    pub(crate) async fn put_away(self) -> Result<()> {
        self.browser.close().await
    }
}

/// Looks again and again until there is something to see, or patience ends (`None`).
async fn until<T>(look: impl AsyncFn() -> Result<Option<T>>) -> Result<Option<T>> {
    until_within(PATIENCE, look).await
}

async fn until_within<T>(
    patience: Duration,
    look: impl AsyncFn() -> Result<Option<T>>,
) -> Result<Option<T>> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(seen) = look().await? {
            return Ok(Some(seen));
        }
        if Instant::now() > deadline {
            return Ok(None);
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// `None` for what passes by itself: the page was being redrawn, or something moved out of the way.
fn unless_passing<T>(result: WebDriverResult<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) => match error.as_inner() {
            WebDriverErrorInner::ElementClickIntercepted(_)
            | WebDriverErrorInner::ElementNotInteractable(_)
            | WebDriverErrorInner::NoSuchElement(_)
            | WebDriverErrorInner::StaleElementReference(_) => Ok(None),
            _ => Err(error.into()),
        },
    }
}
