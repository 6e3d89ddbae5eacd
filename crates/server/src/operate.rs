//! The operators' command line: speaks with the admin API of a running server.

mod consent;
mod words;

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use reqwest::{Client, Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use wechat_checkout_protocol::{Fen, OpenId, OrderId, Problem};
use wechat_checkout_server::Config;
use wechat_checkout_server::http::admin::{
    AskRefundBody, OrderTimeline, ReviewedBody, SignOutBody,
};
use wechat_checkout_server::store::{WebhookRecord, WebhookStatus};

/// The exit code of a command that would have had to ask, and had nobody to ask.
const NOBODY_TO_ASK: u8 = 2;

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
    /// Sends an order's money back: all that is left, or a part. Asks first.
    Refund(RefundWish),
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

/// What is to go back.
#[derive(Debug, Args)]
pub(crate) struct RefundWish {
    /// The order's number.
    id: String,
    /// How much, in fen (分): 5.00 yuan is 500. All that is left when absent.
    #[arg(long, value_name = "FEN", value_parser = whole_fen)]
    amount: Option<Fen>,
    /// The refund's number, required for a part: the same number never refunds twice.
    #[arg(long)]
    out_refund_no: Option<String>,
    /// Asks nobody: for scripts.
    #[arg(long)]
    yes: bool,
}

fn whole_fen(text: &str) -> Result<Fen, &'static str> {
    Fen::parse(text).ok_or("takes whole fen without a decimal point: 5.00 yuan is 500")
}

fn webhook_status(text: &str) -> Result<WebhookStatus, &'static str> {
    WebhookStatus::parse(text).ok_or("takes due, delivered or dead")
}

/// Carries out an operation and prints what the server answered.
pub(crate) async fn operate(
    config: &Config,
    server: Option<String>,
    operation: Operation,
    is_json: bool,
) -> anyhow::Result<ExitCode> {
    let Some(token) = &config.admin_token else {
        bail!("the configuration has no `admin.token`, so the server has no admin API");
    };
    // Fails when the process has one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder()
        .build()
        .context("cannot make an HTTP client")?;
    let base = server.unwrap_or_else(|| ["http://", &config.listen.to_string()].concat());
    let admin = Admin { http, base, token };
    match operation {
        Operation::Refund(wish) => return refund(&admin, &wish, is_json).await,
        Operation::Order { id } => {
            let call = admin.call(Method::GET, &of_order(&id, "")?);
            print_order(&admin.answer(call).await?, is_json)?;
        }
        Operation::Inquire { id } => {
            let call = admin.call(Method::POST, &of_order(&id, "/inquire")?);
            print_order(&admin.answer(call).await?, is_json)?;
        }
        Operation::Reviewed { id, seq } => {
            let call = admin.call(Method::POST, &of_order(&id, "/reviewed")?);
            let call = call.json(&ReviewedBody { seq });
            print_order(&admin.answer(call).await?, is_json)?;
        }
        Operation::SignOut { openid } => {
            let openid = OpenId::parse(openid).context("that is no openid")?;
            let call = admin
                .call(Method::POST, "/admin/buyers/sign-out")
                .json(&SignOutBody { openid });
            let body = admin.answer(call).await?;
            print(&body, is_json, || {
                "all of the buyer's sessions have ended\n".to_owned()
            });
        }
        Operation::Webhooks { status } => {
            let path = format!("/admin/webhooks?status={}", status.as_str());
            let body = admin.answer(admin.call(Method::GET, &path)).await?;
            let list: Vec<WebhookRecord> = read(&body)?;
            print(&body, is_json, || words::webhooks(&list));
        }
        Operation::Redeliver { id } => {
            let path = format!("/admin/webhooks/{id}/redeliver");
            let body = admin.answer(admin.call(Method::POST, &path)).await?;
            print(&body, is_json, || {
                format!("the message {id} is sent again\n")
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends back what the operator was shown, under the number he was shown: whatever happens in
/// between, it is that refund or none.
async fn refund(admin: &Admin<'_>, wish: &RefundWish, is_json: bool) -> anyhow::Result<ExitCode> {
    if !wish.yes && !std::io::stdin().is_terminal() {
        eprintln!(
            "wechat-checkout-server: a refund asks before it sends money back, and there is no \
             terminal to ask at: nothing was done; scripts say `--yes`"
        );
        return Ok(ExitCode::from(NOBODY_TO_ASK));
    }
    let seen = admin.call(Method::GET, &of_order(&wish.id, "")?);
    let seen: OrderTimeline = read(&admin.answer(seen).await?)?;
    let body = refund_of(wish, &seen)?;
    if let (Some(amount), Some(number), false) = (body.amount, &body.out_refund_no, wish.yes)
        && !consent::is_given(&consent::question(&seen.order, amount, number))?
    {
        eprintln!("nothing was sent back");
        return Ok(ExitCode::FAILURE);
    }
    let call = admin.call(Method::POST, &of_order(&wish.id, "/refunds")?);
    print_order(&admin.answer(call.json(&body)).await?, is_json)?;
    Ok(ExitCode::SUCCESS)
}

/// The refund that is wished, by number and amount; both absent when nothing is left, so that the
/// server says how the order stands.
fn refund_of(wish: &RefundWish, seen: &OrderTimeline) -> anyhow::Result<AskRefundBody> {
    let rest = seen.rest.as_ref();
    let (amount, out_refund_no) = match (wish.amount, &wish.out_refund_no) {
        (None, None) => (
            rest.map(|rest| rest.amount),
            rest.map(|rest| rest.out_refund_no.clone()),
        ),
        (Some(amount), None) => match rest.filter(|rest| rest.amount == amount) {
            Some(rest) => (Some(amount), Some(rest.out_refund_no.clone())),
            None => bail!(
                "a part of the money needs `--out-refund-no`, so that asking again is the same refund"
            ),
        },
        (amount, Some(number)) => {
            let known = seen.refunds.iter().find(|one| one.out_refund_no == *number);
            let known = known.map(|refund| refund.amount);
            let amount = amount.or(known).or(rest.map(|rest| rest.amount));
            (amount, Some(number.clone()))
        }
    };
    Ok(AskRefundBody {
        amount,
        out_refund_no,
    })
}

/// The admin API of a running server.
struct Admin<'a> {
    http: Client,
    base: String,
    token: &'a SecretString,
}

impl Admin<'_> {
    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, [&self.base, path].concat())
            .bearer_auth(self.token.expose_secret())
    }

    /// What the server answered; its refusal is an error in its own words.
    async fn answer(&self, call: RequestBuilder) -> anyhow::Result<Vec<u8>> {
        let base = &self.base;
        let answer = call
            .send()
            .await
            .with_context(|| format!("no server answers at {base}"))?;
        let is_success = answer.status().is_success();
        let body = answer
            .bytes()
            .await
            .context("the server's answer broke off")?;
        if is_success {
            return Ok(body.to_vec());
        }
        let problem: Problem = serde_json::from_slice(&body)
            .with_context(|| format!("{base} is not this checkout's server"))?;
        bail!(
            "{} (request {})",
            problem.detail.unwrap_or(problem.title),
            problem.request_id
        );
    }
}

fn of_order(id: &str, rest: &str) -> anyhow::Result<String> {
    let id = OrderId::parse(id).context("that is no order's number")?;
    Ok(format!("/admin/orders/{id}{rest}"))
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> anyhow::Result<T> {
    serde_json::from_slice(body).context("the server is of another version than this command")
}

fn print_order(body: &[u8], is_json: bool) -> anyhow::Result<()> {
    let timeline: OrderTimeline = read(body)?;
    print(body, is_json, || words::order(&timeline));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what the operator asked for")]
fn print(body: &[u8], is_json: bool, in_words: impl FnOnce() -> String) {
    if !is_json {
        print!("{}", in_words());
        return;
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => println!("{value:#}"),
        // An answer without a body.
        Err(_) => println!("{{}}"),
    }
}
