//! H5 支付: the page behind a `mweb_url`, where a browser outside WeChat goes to pay.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;
use url::Url;

use crate::ledger::trade::{Trade, TradeState, TradeType};
use crate::platform::Platform;

pub(crate) const PATH: &str = "/cgi-bin/mmpayweb-bin/checkmweb";
/// mweb_url的有效期为5分钟.
const LIFE_MS: i64 = 5 * 60 * 1000;

pub(crate) fn router(platform: Arc<Platform>) -> Router {
    Router::new()
        .route(PATH, get(show).post(decide))
        .with_state(platform)
}

/// Query of the page, and hidden fields of its form.
#[derive(Debug, Deserialize)]
struct Visit {
    prepay_id: String,
    /// Where the browser goes afterwards, whatever came of it.
    redirect_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Decision {
    #[serde(flatten)]
    visit: Visit,
    is_paid: bool,
}

async fn show(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    Query(visit): Query<Visit>,
) -> Response {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    if agent.is_some_and(|agent| agent.contains("MicroMessenger")) {
        return message("请在微信外打开订单，进行支付");
    }
    let now = platform.clock.now();
    platform.read(|book| {
        let trade = book.ledger.trade_by_prepay_id(&visit.prepay_id);
        let trade = trade.filter(|trade| trade.terms.trade_type == TradeType::Mweb);
        let Some(trade) = trade else {
            return message("支付请求不存在");
        };
        if now.since_ms(trade.prepay.issued_at) >= LIFE_MS || trade.state(now) != TradeState::NotPay
        {
            return message("支付请求已失效，请重新发起支付");
        }
        let payee = platform
            .account(&trade.terms.key.mch_id)
            .map_or("", |account| account.name());
        Html(cashier(payee, trade, &visit)).into_response()
    })
}

async fn decide(State(platform): State<Arc<Platform>>, Form(decision): Form<Decision>) -> Response {
    let key = platform.read(|book| {
        let trade = book.ledger.trade_by_prepay_id(&decision.visit.prepay_id);
        trade.map(|trade| (trade.terms.key.clone(), trade.default_payer()))
    });
    let Some((key, payer)) = key else {
        return message("支付请求不存在");
    };
    if decision.is_paid {
        let scenario = platform.read(|book| book.buyers.default_scenario());
        if platform.pay(&key, &payer, scenario).is_err() {
            return message("支付请求已失效，请重新发起支付");
        }
    }
    let back = decision
        .visit
        .redirect_url
        .and_then(|text| text.parse::<Url>().ok());
    match back.filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) => Redirect::to(url.as_str()).into_response(),
        None if decision.is_paid => message("支付完成，请返回商家页面"),
        None => message("已取消支付，请返回商家页面"),
    }
}

fn cashier(payee: &str, trade: &Trade, visit: &Visit) -> String {
    let back = visit.redirect_url.as_deref().unwrap_or_default();
    page(&format!(
        "<p>{payee}</p><h1>¥{amount}</h1><p>{body}</p>\
         <form method=post><input type=hidden name=prepay_id value=\"{prepay_id}\">\
         <input type=hidden name=redirect_url value=\"{back}\">\
         <button name=is_paid value=true data-test=web-pay>立即支付</button> \
         <button name=is_paid value=false data-test=web-cancel>取消</button></form>",
        payee = escaped(payee),
        amount = trade.terms.total_fee,
        body = escaped(&trade.terms.body),
        prepay_id = escaped(&visit.prepay_id),
        back = escaped(back),
    ))
}

fn message(text: &str) -> Response {
    (StatusCode::OK, Html(page(&format!("<h1>{text}</h1>")))).into_response()
}

fn page(content: &str) -> String {
    format!(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width\"><meta name=color-scheme content=\"light dark\">\
         <title>模拟微信支付</title><p>模拟支付 · 不会扣款</p>{content}</html>"
    )
}

fn escaped(text: &str) -> String {
    text.chars().fold(
        String::with_capacity(text.len()),
        |mut escaped, character| {
            match character {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                other => escaped.push(other),
            }
            escaped
        },
    )
}
