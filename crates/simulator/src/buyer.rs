//! Simulated WeChat accounts: who pays, with which phone, in which scenario.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::agent::Agent;
use crate::scenario::Scenario;

/// The cookie that names the account. Cookies ignore ports, so the gateway sees it too.
pub(crate) const COOKIE: &str = "wechat_buyer";
const NAME_LENGTH_MAX: usize = 32;
/// A runaway test that makes up accounts must not eat the memory.
const BUYERS_MAX: usize = 100_000;

/// The name of a simulated account: 1 to 32 of `[a-z0-9-]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BuyerName(String);

impl Default for BuyerName {
    fn default() -> BuyerName {
        BuyerName("xiaoming".to_owned())
    }
}

impl BuyerName {
    pub(crate) fn parse(text: &str) -> Option<BuyerName> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=NAME_LENGTH_MAX).contains(&text.len()) && text.bytes().all(allowed);
        fits.then(|| BuyerName(text.to_owned()))
    }

    /// The account of a browser: its cookie, or the default account.
    pub(crate) fn of_browser(headers: &HeaderMap) -> BuyerName {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == COOKIE)
            .and_then(|(_, value)| BuyerName::parse(value))
            .unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The account as one appid sees it: stable, different for every appid, 28 characters.
    pub(crate) fn openid(&self, appid: &str) -> String {
        let digest = Sha256::digest(format!("{appid}/{}", self.0));
        let text = URL_SAFE_NO_PAD.encode(digest);
        format!("o{}", &text[..27])
    }
}

impl fmt::Display for BuyerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was chosen for one account; without a choice the simulator's defaults hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct BuyerChoice {
    pub(crate) scenario: Option<Scenario>,
    pub(crate) agent: Option<Agent>,
    pub(crate) is_offline: bool,
}

/// All accounts that anybody has named so far.
#[derive(Debug, Default)]
pub(crate) struct Buyers {
    choices: BTreeMap<BuyerName, BuyerChoice>,
    /// Whose an openid is, for every appid that the simulator knows.
    names: HashMap<String, BuyerName>,
    appids: Vec<String>,
    default_scenario: Scenario,
    default_agent: Agent,
}

impl Buyers {
    pub(crate) fn new(
        appids: Vec<String>,
        default_scenario: Scenario,
        default_agent: Agent,
    ) -> Buyers {
        let mut buyers = Buyers {
            appids,
            default_scenario,
            default_agent,
            ..Buyers::default()
        };
        buyers.remember(&BuyerName::default());
        buyers
    }

    /// Gives the account's openid out and remembers whose it is.
    pub(crate) fn openid(&mut self, buyer: &BuyerName, appid: &str) -> String {
        self.remember(buyer);
        buyer.openid(appid)
    }

    fn remember(&mut self, buyer: &BuyerName) {
        if self.names.len() >= BUYERS_MAX {
            return;
        }
        for appid in &self.appids {
            self.names
                .entry(buyer.openid(appid))
                .or_insert_with(|| buyer.clone());
        }
    }

    /// Whose openid it is, if it was ever given out.
    pub(crate) fn named_by(&self, openid: &str) -> Option<&BuyerName> {
        self.names.get(openid)
    }

    /// The scenario in which this account plays.
    pub(crate) fn scenario(&self, buyer: &BuyerName) -> Scenario {
        self.choices
            .get(buyer)
            .and_then(|choice| choice.scenario)
            .unwrap_or(self.default_scenario)
    }

    /// The scenario of the account behind an openid; the default for a stranger.
    pub(crate) fn scenario_of_openid(&self, openid: Option<&str>) -> Scenario {
        openid
            .and_then(|openid| self.named_by(openid))
            .map_or(self.default_scenario, |buyer| self.scenario(buyer))
    }

    /// The phone (or computer) on which this account opens pages.
    pub(crate) fn agent(&self, buyer: &BuyerName) -> Agent {
        self.choices
            .get(buyer)
            .and_then(|choice| choice.agent)
            .unwrap_or(self.default_agent)
    }

    pub(crate) fn is_offline(&self, buyer: &BuyerName) -> bool {
        self.choices
            .get(buyer)
            .is_some_and(|choice| choice.is_offline)
    }

    /// Changes what was chosen for an account.
    pub(crate) fn choose(&mut self, buyer: &BuyerName, change: impl FnOnce(&mut BuyerChoice)) {
        if self.choices.len() < BUYERS_MAX || self.choices.contains_key(buyer) {
            change(self.choices.entry(buyer.clone()).or_default());
            self.remember(buyer);
        }
    }

    /// The same accounts with the defaults that hold now.
    pub(crate) fn without_choices(&self) -> Buyers {
        Buyers::new(
            self.appids.clone(),
            self.default_scenario,
            self.default_agent,
        )
    }

    /// Sets the scenario of all accounts, forgetting what was chosen for single ones.
    pub(crate) fn set_scenario_of_all(&mut self, scenario: Scenario) {
        self.default_scenario = scenario;
        for choice in self.choices.values_mut() {
            choice.scenario = None;
        }
    }

    pub(crate) fn default_scenario(&self) -> Scenario {
        self.default_scenario
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_one_stable_openid_per_appid() {
        let buyer = BuyerName::default();
        assert_eq!(buyer.openid("wx1"), buyer.openid("wx1"));
        assert_ne!(buyer.openid("wx1"), buyer.openid("wx2"));
        assert_eq!(buyer.openid("wx1").len(), 28);
    }

    #[test]
    fn the_cookie_names_the_account_and_nonsense_names_nobody() {
        let browser = |cookie: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, header::HeaderValue::from_static(cookie));
            BuyerName::of_browser(&headers)
        };
        assert_eq!(browser("a=b; wechat_buyer=xiaohong").as_str(), "xiaohong");
        assert_eq!(browser("wechat_buyer=<script>"), BuyerName::default());
    }
}
