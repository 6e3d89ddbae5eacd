//! The operators' command line: speaks with the admin API of a running server.

use anyhow::{Context, bail};
use clap::Subcommand;
use reqwest::{Client, Method, RequestBuilder};
use secrecy::ExposeSecret;
use serde_json::Value;
use wechat_checkout_protocol::{Fen, OpenId, OrderId, Problem};
use wechat_checkout_server::Config;
use wechat_checkout_server::http::admin::{AskRefundBody, ReviewedBody};
use wechat_checkout_server::store::WebhookStatus;

/// What operators do.
#[derive(Debug, Subcommand)]
pub(crate) enum Operation {
    /// Shows an order, its timeline and its refunds.
    Order {
        /// The order's number.
        id: String,
    },
    /// Asks WeChat about an order now.
    Inquire {
        /// The order's number.
        id: String,
    },
    /// Sends an order's money back: all of it, or a part.
    Refund {
        /// The order's number.
        id: String,
        /// How much, in fen (分); all that is left when absent.
        #[arg(long)]
        amount: Option<i64>,
        /// The refund's number, required for a part: the same number never refunds twice.
        #[arg(long)]
        out_refund_no: Option<String>,
    },
    /// Ends the review of an order: what had to be done by hand is done.
    Reviewed {
        /// The order's number.
        id: String,
        /// The newest `seq` of the timeline that you looked at: what came after it is not reviewed.
        #[arg(long)]
        seq: u64,
    },
    /// Ends a buyer's sessions, on all devices; he may sign in anew.
    SignOut {
        /// The buyer's openid, as `order` shows it.
        openid: String,
    },
    /// Lists messages to the merchant's own system.
    Webhooks {
        /// Which.
        #[arg(long, value_parser = webhook_status, default_value = "dead")]
        status: WebhookStatus,
    },
    /// Sends a message again.
    Redeliver {
        /// The message's id.
        id: String,
    },
}

fn webhook_status(text: &str) -> Result<WebhookStatus, &'static str> {
    WebhookStatus::parse(text).ok_or("takes due, delivered or dead")
}

/// Carries out an operation and prints what the server answered.
pub(crate) async fn operate(
    config: &Config,
    server: Option<String>,
    operation: Operation,
) -> anyhow::Result<()> {
    let Some(token) = &config.admin_token else {
        bail!("the configuration has no `admin.token`, so the server has no admin API");
    };
    // Fails when the process has one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder()
        .build()
        .context("cannot make an HTTP client")?;
    let base = server.unwrap_or_else(|| ["http://", &config.listen.to_string()].concat());
    let call = request(&http, &base, operation)?.bearer_auth(token.expose_secret());
    let answer = call
        .send()
        .await
        .map_err(reqwest::Error::without_url)
        .with_context(|| format!("no server answers at {base}"))?;
    let is_success = answer.status().is_success();
    let body = answer
        .bytes()
        .await
        .context("the server's answer broke off")?;
    if !is_success {
        let problem: Problem = serde_json::from_slice(&body)
            .with_context(|| format!("{base} is not this checkout's server"))?;
        bail!(
            "{} (request {})",
            problem.detail.unwrap_or(problem.title),
            problem.request_id
        );
    }
    print(&body);
    Ok(())
}

fn request(http: &Client, base: &str, operation: Operation) -> anyhow::Result<RequestBuilder> {
    let order = |id: &str, rest: &str| {
        let id = OrderId::parse(id).context("that is no order's number")?;
        anyhow::Ok(format!("{base}/admin/orders/{id}{rest}"))
    };
    Ok(match operation {
        Operation::Order { id } => http.request(Method::GET, order(&id, "")?),
        Operation::Inquire { id } => http.request(Method::POST, order(&id, "/inquire")?),
        Operation::Reviewed { id, seq } => http
            .request(Method::POST, order(&id, "/reviewed")?)
            .json(&ReviewedBody { seq }),
        Operation::Refund {
            id,
            amount,
            out_refund_no,
        } => {
            let amount = amount
                .map(|fen| Fen::new(fen).context("`--amount` takes a number of fen, not negative"))
                .transpose()?;
            let body = AskRefundBody {
                amount,
                out_refund_no,
            };
            http.request(Method::POST, order(&id, "/refunds")?)
                .json(&body)
        }
        Operation::SignOut { openid } => {
            let openid = OpenId::parse(openid).context("that is no openid")?;
            let url = format!(
                "{base}/admin/buyers/{openid}/sign-out",
                openid = openid.as_str()
            );
            http.request(Method::POST, url)
        }
        Operation::Webhooks { status } => http.request(
            Method::GET,
            format!("{base}/admin/webhooks?status={}", status.as_str()),
        ),
        Operation::Redeliver { id } => http.request(
            Method::POST,
            format!("{base}/admin/webhooks/{id}/redeliver"),
        ),
    })
}

#[expect(clippy::print_stdout, reason = "what the operator asked for")]
fn print(body: &[u8]) {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => println!("{value:#}"),
        Err(_) => println!("done"),
    }
}
