//! 公众号网页授权: a single-use code for the browser, and its exchange for the openid.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use wechat_checkout_protocol::UnixMillis;

use crate::account::MerchantAccount;
use crate::buyer::BuyerName;
use crate::ledger::numbers;
use crate::platform::Platform;

const CODE_LIFE_MS: i64 = 5 * 60 * 1000;
const STATE_BYTES_MAX: usize = 128;
/// Codes that nobody exchanges are forgotten beyond this number.
const CODES_MAX: usize = 10_000;

/// Codes that were given out.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    codes: HashMap<String, Grant>,
}

#[derive(Debug)]
struct Grant {
    appid: String,
    buyer: BuyerName,
    scope: Scope,
    issued_at: UnixMillis,
    is_used: bool,
}

#[derive(Clone, Copy, Debug)]
enum Scope {
    Base,
    UserInfo,
}

impl Scope {
    fn parse(text: &str) -> Option<Scope> {
        match text {
            "snsapi_base" => Some(Scope::Base),
            "snsapi_userinfo" => Some(Scope::UserInfo),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Scope::Base => "snsapi_base",
            Scope::UserInfo => "snsapi_userinfo",
        }
    }
}

/// Why the authorisation page could not send the browser back; shown as WeChat shows it.
#[derive(Clone, Copy, Debug)]
struct PageError {
    code: u32,
    text: &'static str,
}

/// Query of `GET /connect/oauth2/authorize`.
#[derive(Debug, Deserialize)]
pub(crate) struct AuthorizeQuery {
    #[serde(default)]
    appid: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    response_type: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    state: String,
}

/// `GET /connect/oauth2/authorize`: back to the page at once, with a code.
pub(crate) async fn authorize(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    Query(query): Query<AuthorizeQuery>,
) -> Response {
    match authorized_address(&platform, &headers, &query) {
        Ok(address) => {
            (StatusCode::FOUND, [(header::LOCATION, address.to_string())]).into_response()
        }
        Err(PageError { code, text }) => {
            let page = format!(
                "<!doctype html><meta charset=utf-8><title>{code}</title><h1>{text}</h1><p>错误码 {code}</p>"
            );
            (StatusCode::OK, Html(page)).into_response()
        }
    }
}

fn authorized_address(
    platform: &Platform,
    headers: &HeaderMap,
    query: &AuthorizeQuery,
) -> Result<Url, PageError> {
    let error = |code, text| PageError { code, text };
    if query.scope.is_empty() {
        return Err(error(10010, "Scope 不能为空"));
    }
    if query.redirect_uri.is_empty() {
        return Err(error(10011, "redirect_uri 不能为空"));
    }
    if query.appid.is_empty() {
        return Err(error(10012, "appid 不能为空"));
    }
    if query.state.is_empty() {
        return Err(error(10013, "state 不能为空"));
    }
    let is_plain = query.state.bytes().all(|byte| byte.is_ascii_graphic());
    if query.state.len() > STATE_BYTES_MAX || !is_plain || query.response_type != "code" {
        return Err(error(10001, "参数错误"));
    }
    let scope =
        Scope::parse(&query.scope).ok_or(error(10005, "Scope 参数错误或没有 Scope 权限"))?;
    let is_known = platform
        .accounts
        .iter()
        .any(|account| account.appid() == query.appid);
    if !is_known {
        return Err(error(10012, "appid 参数错误"));
    }
    let redirect_error = error(10003, "redirect_uri 域名与后台配置不一致");
    let mut address: Url = query.redirect_uri.parse().map_err(|_| redirect_error)?;
    if !matches!(address.scheme(), "http" | "https") {
        return Err(redirect_error);
    }
    let code = issue_code(platform, headers, &query.appid, scope);
    address
        .query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &query.state);
    Ok(address)
}

fn issue_code(platform: &Platform, headers: &HeaderMap, appid: &str, scope: Scope) -> String {
    let now = platform.clock.now();
    let buyer = BuyerName::of_browser(headers);
    let code = numbers::nonce(32);
    let grant = Grant {
        appid: appid.to_owned(),
        buyer,
        scope,
        issued_at: now,
        is_used: false,
    };
    platform.change(|book| {
        if book.grants.codes.len() >= CODES_MAX {
            book.grants
                .codes
                .retain(|_, grant| now.since_ms(grant.issued_at) < CODE_LIFE_MS);
        }
        book.grants.codes.insert(code.clone(), grant);
    });
    code
}

/// Query of `GET /sns/oauth2/access_token`.
#[derive(Deserialize)]
pub(crate) struct TokenQuery {
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    grant_type: String,
}

/// `GET /sns/oauth2/access_token`: the code becomes an openid, once.
pub(crate) async fn exchange_code(
    State(platform): State<Arc<Platform>>,
    Query(query): Query<TokenQuery>,
) -> Response {
    let answer = exchange(&platform, &query)
        .unwrap_or_else(|(code, text)| json!({ "errcode": code, "errmsg": text }));
    // WeChat sends this JSON as text/plain.
    ([(header::CONTENT_TYPE, "text/plain")], answer.to_string()).into_response()
}

fn exchange(platform: &Platform, query: &TokenQuery) -> Result<Value, (i64, &'static str)> {
    let account: &MerchantAccount = platform
        .accounts
        .iter()
        .find(|account| account.appid() == query.appid)
        .ok_or((40013, "invalid appid"))?;
    if query.secret.is_empty() {
        return Err((41004, "appsecret missing"));
    }
    if !account.is_app_secret(&query.secret) {
        return Err((40125, "invalid appsecret"));
    }
    if query.grant_type != "authorization_code" {
        return Err((40002, "invalid grant_type"));
    }
    if query.code.is_empty() {
        return Err((41008, "missing code"));
    }
    let now = platform.clock.now();
    platform.change(|book| {
        let grant = book.grants.codes.get_mut(&query.code);
        let grant = grant.filter(|grant| grant.appid == query.appid);
        let grant = grant.ok_or((40029, "invalid code"))?;
        if now.since_ms(grant.issued_at) >= CODE_LIFE_MS {
            return Err((40029, "invalid code"));
        }
        if std::mem::replace(&mut grant.is_used, true) {
            return Err((40163, "code been used"));
        }
        let (buyer, scope) = (grant.buyer.clone(), grant.scope);
        Ok(json!({
            "access_token": numbers::nonce(64),
            "expires_in": 7200,
            "refresh_token": numbers::nonce(64),
            "openid": book.buyers.openid(&buyer, &query.appid),
            "scope": scope.name(),
        }))
    })
}
