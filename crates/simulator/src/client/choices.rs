//! What a link chooses: `?scenario=…&wechat_agent=…&wechat_buyer=…` in a page's own address.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::agent::{Agent, UnknownAgent};
use crate::buyer::{self, BuyerName};
use crate::platform::Platform;
use crate::scenario::{Scenario, UnknownScenario};

/// The choices of one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choices {
    buyer: Option<BuyerName>,
    scenario: Option<Scenario>,
    agent: Option<Agent>,
}

/// A link that chooses something that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChoiceError {
    #[error("wechat_buyer: 1 to 32 of a-z, 0-9 and -")]
    Buyer,
    #[error("scenario: {0}")]
    Scenario(#[from] UnknownScenario),
    #[error("wechat_agent: {0}")]
    Agent(#[from] UnknownAgent),
}

impl IntoResponse for ChoiceError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, format!("{self}\n")).into_response()
    }
}

impl Choices {
    pub(super) fn read(uri: &Uri) -> Result<Choices, ChoiceError> {
        let mut choices = Choices::default();
        let query = uri.query().unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                buyer::COOKIE => {
                    choices.buyer = Some(BuyerName::parse(&value).ok_or(ChoiceError::Buyer)?);
                }
                "scenario" => choices.scenario = Some(value.parse()?),
                "wechat_agent" => choices.agent = Some(value.parse()?),
                _ => {}
            }
        }
        Ok(choices)
    }

    /// Keeps scenario and agent for the account.
    pub(super) fn keep(&self, platform: &Platform, buyer: &BuyerName) {
        if self.scenario.is_none() && self.agent.is_none() {
            return;
        }
        platform.change(|book| {
            book.buyers.choose(buyer, |choice| {
                choice.scenario = self.scenario.or(choice.scenario);
                choice.agent = self.agent.or(choice.agent);
            });
        });
    }

    /// The way to another account, when the link names another than the browser's.
    ///
    /// Another account is another phone: it knows nothing of the sessions and orders that pages
    /// left on this one. Without that, the page would stay signed in as the account before, and
    /// every payment would end as one by another than the orderer.
    pub(super) fn other_phone(&self, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
        let buyer = self
            .buyer
            .as_ref()
            .filter(|buyer| **buyer != BuyerName::of_browser(headers))?;
        let mut response =
            (StatusCode::FOUND, [(header::LOCATION, uri.to_string())]).into_response();
        let answer = response.headers_mut();
        for name in cookie_names(headers) {
            append(answer, &format!("{name}=; Path=/; Max-Age=0"));
        }
        append(
            answer,
            &format!(
                "{}={buyer}; Path=/; Max-Age=31536000; SameSite=Lax",
                buyer::COOKIE
            ),
        );
        answer.insert("clear-site-data", HeaderValue::from_static("\"storage\""));
        answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(response)
    }
}

fn append(headers: &mut HeaderMap, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// The names of all cookies that the browser sent, the account's own aside.
fn cookie_names(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, _)| name)
        .filter(|name| *name != buyer::COOKIE)
}
