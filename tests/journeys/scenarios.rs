//! Every scenario of the simulator, played by a buyer with the page. A new scenario does not compile
//! until somebody writes down here how it ends.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use wechat_checkout_protocol::OrderStatus;
use wechat_checkout_simulator::Scenario;

use crate::browser::Scheme;
use crate::house::House;
use crate::stage::{Stage, play_in};

/// Past the time to pay, and past WeChat's five minutes before a close.
const PAST_EXPIRY: Duration = Duration::from_secs(901);
/// Past the ten seconds after which WeChat reports a late payment.
const SOON: Duration = Duration::from_secs(20);

/// How a buyer plays a scenario, and what the page says in the end.
#[derive(Clone, Copy, Debug)]
enum Play {
    /// The green button; the order is confirmed.
    Paid,
    /// Two orders; both are confirmed.
    PaidTwice,
    /// The green button; the sheet says cancel.
    Cancelled,
    /// The page asks WeChat and says this meanwhile, with no way to pay twice.
    Asked(&'static str),
    /// The green button; not delivered, people look into it.
    UnderReview,
    /// Nothing tapped until the time is over; the close ends in this status, and the money that WeChat
    /// took all the same in a delivery.
    Expired(OrderStatus),
    /// Paid, then refunded by the shop; the money is still on its way.
    StuckRefund,
    /// The pay button leads to this sentence and nobody is asked; the order stays payable.
    NoSheet(&'static str),
    /// WeChat refuses before it shows the sheet: this sentence, and the button is there at once.
    Refused(&'static str),
    /// No order; the page says this and tries again.
    NoOrder(&'static str),
    /// The order is handed over to a phone.
    HandedOver(&'static str),
    /// Not even a shop.
    ShutOut,
}

const fn play_of(scenario: Scenario) -> Play {
    match scenario {
        Scenario::Pay
        | Scenario::SilentBridge
        | Scenario::CancelThenOk
        | Scenario::PaidButCancel
        | Scenario::NotifyFirst
        | Scenario::NotifyLate
        | Scenario::NotifyLost
        | Scenario::NotifyTwice
        | Scenario::NotifyStorm
        | Scenario::NotifyForged
        | Scenario::WrongMerchant
        | Scenario::SignatureProbe
        | Scenario::GatewaySlow
        | Scenario::SystemError
        | Scenario::Coupon => Play::Paid,
        Scenario::NotifyReordered => Play::PaidTwice,
        Scenario::Cancel => Play::Cancelled,
        Scenario::Fail => Play::Asked("微信提示：银行系统繁忙"),
        Scenario::PrepayExpired => Play::Refused("微信提示此次支付已失效"),
        Scenario::OtherPayer => Play::Refused("付款的微信账号与下单账号不一致"),
        Scenario::UrlNotRegistered => Play::Refused("商家暂时无法收款，请联系商家"),
        Scenario::WrongAmount => Play::UnderReview,
        Scenario::CloseRace => Play::Expired(OrderStatus::Confirmed),
        // A month of VIP can still be delivered, so it is.
        Scenario::PaidAfterClose => Play::Expired(OrderStatus::Closed),
        Scenario::RefundAbnormal | Scenario::RefundNotEnough => Play::StuckRefund,
        Scenario::NoBridge => Play::NoSheet("无法连接微信"),
        Scenario::GatewayDown => Play::NoOrder("服务繁忙"),
        Scenario::Devtools => Play::HandedOver("开发者工具中不能真实支付"),
        Scenario::MiniProgram => Play::HandedOver("小程序内的网页无法直接支付"),
        Scenario::OutsideWechat => Play::ShutOut,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scenarios_in_which_the_sheet_decides() -> Result<()> {
    play_all("scenarios_in_which_the_sheet_decides", |play| {
        matches!(play, Play::Paid)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scenarios_in_which_something_else_decides() -> Result<()> {
    play_all("scenarios_in_which_something_else_decides", |play| {
        !matches!(play, Play::Paid)
    })
    .await
}

async fn play_all(name: &str, is_chosen: fn(Play) -> bool) -> Result<()> {
    let house = House::open_timeless(|_| {}).await?;
    play_in(name, house, Scheme::Light, async |stage| {
        for scenario in Scenario::ALL {
            let play = play_of(*scenario);
            if is_chosen(play) {
                let played = play_one(stage, *scenario, play).await;
                played.with_context(|| format!("in the scenario {scenario}"))?;
            }
        }
        Ok(())
    })
    .await
}

/// Each scenario is played by an account of its own, through the link that testers use.
async fn play_one(stage: &Stage, scenario: Scenario, play: Play) -> Result<()> {
    let Stage { house, phone } = stage;
    let link = format!("&scenario={scenario}");
    phone
        .open(&house.as_account(scenario.name(), &link))
        .await?;
    if matches!(play, Play::ShutOut) {
        phone.see("open-in-wechat").await?;
        return phone.read("请在微信中打开").await;
    }
    phone.tap("product-vip-month").await?;
    match play {
        Play::NoOrder(words) => {
            phone.read(words).await?;
            return phone.see("retry").await.map(drop);
        }
        Play::HandedOver(words) => {
            phone.read(words).await?;
            phone.see("open-in-wechat").await?;
            return expect_no_second_payment(stage).await;
        }
        Play::Expired(status) => return expire(stage, status).await,
        _ => {}
    }
    phone.tap("pay-button").await?;
    match play {
        Play::NoSheet(words) => {
            phone.read(words).await?;
            phone.see_status(OrderStatus::Unprocessed).await
        }
        Play::Refused(words) => {
            phone.read(words).await?;
            let is_ready = "return document.querySelector('[data-stage=failed] \
                            [data-test=pay-button]')?.disabled === false";
            phone.find_by(is_ready).await
        }
        Play::Asked(words) => {
            if scenario == Scenario::Fail {
                phone.tap("sheet-pay").await?;
            }
            phone.see_status(OrderStatus::AwaitingConfirmation).await?;
            phone.read(words).await?;
            expect_no_second_payment(stage).await
        }
        Play::Cancelled => {
            phone.tap("sheet-pay").await?;
            phone.read("支付未完成").await?;
            phone.see_status(OrderStatus::Unprocessed).await
        }
        Play::UnderReview => {
            phone.tap("sheet-pay").await?;
            phone.read("付款正在人工核实").await?;
            expect_no_second_payment(stage).await
        }
        Play::PaidTwice => {
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone.tap("done").await?;
            phone.tap("product-coffee-voucher").await?;
            phone.tap("pay-button").await?;
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone.read("券码").await
        }
        Play::StuckRefund => {
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            refund(stage).await
        }
        Play::Paid => {
            phone.tap("sheet-pay").await?;
            phone.see_status(OrderStatus::Confirmed).await?;
            phone.read("VIP 有效期至").await?;
            expect_no_second_payment(stage).await
        }
        Play::Expired(_) | Play::NoOrder(_) | Play::HandedOver(_) | Play::ShutOut => Ok(()),
    }
}

async fn expire(stage: &Stage, status: OrderStatus) -> Result<()> {
    let Stage { house, phone } = stage;
    phone.see_status(OrderStatus::Unprocessed).await?;
    house.pass(PAST_EXPIRY).await?;
    phone.see_status(status).await?;
    house.pass(SOON).await?;
    phone.see_status(OrderStatus::Confirmed).await?;
    phone.read("支付成功").await?;
    expect_no_second_payment(stage).await
}

/// The shop sends the money back, WeChat does not carry it out, and nothing says "refunded".
async fn refund(stage: &Stage) -> Result<()> {
    let Stage { house, phone } = stage;
    let order = phone.order_id().await?;
    house.refund(&order).await?;
    phone.reload().await?;
    phone.see_status(OrderStatus::Refunding).await?;
    house.pass(SOON).await?;
    phone.reload().await?;
    phone.see_status(OrderStatus::Refunding).await?;
    phone.read("退款中").await?;
    let is_promised = phone.text().await?.contains("已退款");
    ensure!(!is_promised, "a refund that is stuck counts as made");
    Ok(())
}

async fn expect_no_second_payment(stage: &Stage) -> Result<()> {
    for button in ["pay-button", "pay-again"] {
        let is_there = stage.phone.sees(button).await?;
        ensure!(!is_there, "`{button}` invites to pay twice");
    }
    Ok(())
}
