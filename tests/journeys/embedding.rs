//! Journeys through pages of other people: plain HTML with the custom element, and the function.
//!
//! The pages are those of `examples/plain-html/`, with the npm package beside them, as
//! `cargo xtask package` lays them out.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use thirtyfour::prelude::*;
use wechat_checkout_simulator::Scenario;

use crate::audit::{Rules, expect_accessible};
use crate::browser::Scheme;
use crate::house::House;
use crate::phone::Phone;
use crate::stage::{Stage, play_in};

/// Runs before the page's own scripts: keeps what bubbles up to the window.
const LISTEN: &str = r#"
    window.heard = [];
    for (const type of ["ready", "issued", "sheet_opened", "reported", "confirmed", "cancelled",
                        "failed", "expired", "halted", "done", "orders"]) {
        window.addEventListener(type, ({ target, detail }) => {
            if (target.localName === "wechat-checkout") window.heard.push({ type, detail });
        });
    }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_page_sells_through_the_element() -> Result<()> {
    embed("a_plain_page_sells_through_the_element", async |stage| {
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        inside(phone, "pay-button").await?;
        expect_accessible(phone, Rules::All, "the element with an order").await?;
        tap_inside(phone, "pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.read("已支付 ¥19.90").await?;
        expect_accessible(phone, Rules::All, "the element, paid").await?;

        let confirmed = heard(phone, "confirmed").await?;
        ensure!(confirmed["status"] == "confirmed", "{confirmed}");
        ensure!(confirmed["amountFen"] == 1990, "{confirmed}");
        ensure!(confirmed["outcome"] == "ok", "{confirmed}");
        ensure!(confirmed["error"].is_null(), "{confirmed}");
        let order_id = phone.order_id().await?;
        ensure!(confirmed["orderId"] == order_id, "{confirmed}");
        let benefit = &confirmed["benefits"][0];
        ensure!(benefit["kind"] == "vip", "{confirmed}");
        ensure!(benefit["until"].is_u64(), "{confirmed}");
        for name in ["issued", "ready", "sheet_opened", "reported"] {
            heard(phone, name).await?;
        }
        // The shop's own words, and its way on.
        ensure!(
            inside_text(phone).await?.contains("欢迎加入读书会"),
            "the replaced sentence is not on show"
        );
        tap_inside(phone, "done").await?;
        phone.read("今天读第一章").await?;
        phone.expect_quiet_console().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_s_colours_reach_the_checkout_and_its_rules_do_not() -> Result<()> {
    let name = "the_page_s_colours_reach_the_checkout_and_its_rules_do_not";
    embed(name, async |stage| {
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        inside(phone, "pay-button").await?;
        let look = r#"
            const { shadowRoot } = document.querySelector("wechat-checkout");
            const { borderTopStyle, backgroundColor } =
                getComputedStyle(shadowRoot.querySelector("[data-test=pay-button]"));
            const page = getComputedStyle(shadowRoot.host).backgroundColor;
            return [borderTopStyle, backgroundColor, page];
        "#;
        let button = phone.run(look).await?;
        ensure!(button[0] != "dashed", "the page's rule got in: {button}");
        ensure!(button[1] == "rgb(154, 91, 19)", "{button}");
        ensure!(button[2] == "rgb(250, 246, 239)", "{button}");

        // The phone is set to light; the page may know better.
        let scheme = r#"
            const checkout = document.querySelector("wechat-checkout");
            const words = checkout.shadowRoot.querySelector(".wechat-checkout");
            const before = getComputedStyle(words).color;
            checkout.theme = "dark";
            return new Promise((resolve) => setTimeout(() =>
                resolve([before, getComputedStyle(words).color])));
        "#;
        let colours = phone.run(scheme).await?;
        ensure!(colours[0] == "rgba(0, 0, 0, 0.9)", "{colours}");
        ensure!(colours[1] == "rgba(255, 255, 255, 0.8)", "{colours}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_order_survives_moves_attributes_removal_and_reload() -> Result<()> {
    let name = "one_order_survives_moves_attributes_removal_and_reload";
    embed(name, async |stage| {
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        inside(phone, "pay-button").await?;
        let order_id = heard(phone, "issued").await?["orderId"].clone();
        let is_same = async || {
            let state = state(phone).await?;
            ensure!(state["orderId"] == order_id, "another order: {state}");
            let issued = phone
                .run("return heard.filter(({ type }) => type === 'issued').length")
                .await?;
            ensure!(issued == 1, "issued {issued} times");
            Ok(())
        };

        // Moved: the checkout goes on.
        phone
            .run("const c = document.querySelector('wechat-checkout'); c.setAttribute('marked', ''); \
                  document.body.prepend(c); document.querySelector('main').append(c)")
            .await?;
        is_same().await?;
        // Told something else: the words change, the order does not.
        phone
            .run("document.querySelector('wechat-checkout').language = 'en'")
            .await?;
        phone
            .find_by(
                "return document.querySelector('wechat-checkout').shadowRoot.textContent\
                 .includes('Pay ¥19.90')",
            )
            .await?;
        is_same().await?;
        // Told nonsense: it says so and goes on.
        phone
            .run("document.querySelector('wechat-checkout').quantity = 'many'")
            .await?;
        is_same().await?;
        phone
            .run("document.querySelector('wechat-checkout').removeAttribute('quantity')")
            .await?;

        // Taken away, it is over; put back, it finds the order by the address.
        phone
            .run("window.kept = document.querySelector('wechat-checkout'); kept.remove()")
            .await?;
        phone
            .find_by("return kept.state.orderId === null && !kept.shadowRoot.querySelector('div')")
            .await?;
        phone
            .run("document.querySelector('main').append(kept)")
            .await?;
        inside(phone, "pay-button").await?;
        ensure!(state(phone).await?["orderId"] == order_id, "another order");

        phone.reload().await?;
        inside(phone, "pay-button").await?;
        ensure!(state(phone).await?["orderId"] == order_id, "another order");
        tap_inside(phone, "pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.read("已支付 ¥19.90").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_function_gives_a_handle_and_refuses_wrong_options() -> Result<()> {
    let name = "the_function_gives_a_handle_and_refuses_wrong_options";
    embed(name, async |stage| {
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        phone
            .run("document.querySelector('wechat-checkout').remove()")
            .await?;
        let wrong = r##"
            const { checkout } = await import("./wechat-checkout/index.js");
            const calls = [
                { target: "#nowhere", product: "vip-month" },
                { target: "#news", product: "no product!" },
                { target: "#news", product: "vip-month", quantity: 21 },
                { target: "#news", product: "vip-month", texts: { pai: "付" } },
                { target: "#news", produkt: "vip-month" },
            ];
            const errors = [];
            for (const call of calls) {
                errors.push(await checkout(call).then(() => "no error", (error) => error.name));
            }
            return [errors, document.querySelectorAll("wechat-checkout").length];
        "##;
        let refused = run_async(phone, wrong).await?;
        let all = ["TypeError"; 5].map(Value::from);
        ensure!(refused[0] == Value::from(all.to_vec()), "{refused}");
        ensure!(refused[1] == 0, "something was left behind: {refused}");

        let buy = r##"
            const { checkout, loadCheckout } = await import("./wechat-checkout/index.js");
            await loadCheckout();
            window.events = [];
            window.handle = await checkout({
                target: document.querySelector("#news"),
                product: "coffee-voucher",
                language: "en",
                onEvent: ({ type, detail }) => events.push({ type, detail }),
            });
            return handle.element.localName;
        "##;
        ensure!(run_async(phone, buy).await? == "wechat-checkout");
        phone.find_by("return handle.state.isReady").await?;
        // A tap anywhere in the page may pay.
        phone
            .run(
                "const b = document.createElement('button'); b.dataset.test = 'own-button'; \
                 b.textContent = 'Pay'; b.onclick = () => handle.pay(); document.body.prepend(b)",
            )
            .await?;
        phone.tap("own-button").await?;
        phone.tap("sheet-cancel").await?;
        phone
            .find_by("return events.some(({ type }) => type === 'cancelled')")
            .await?;
        phone.tap("own-button").await?;
        phone.tap("sheet-pay").await?;
        phone
            .find_by("return handle.state.status === 'confirmed'")
            .await?;
        let paid = phone.run("return events.at(-1)").await?;
        ensure!(paid["type"] == "confirmed", "{paid}");
        let benefit = &paid["detail"]["benefits"][0];
        ensure!(benefit["kind"] == "voucher", "{paid}");
        ensure!(
            benefit["code"]
                .as_str()
                .is_some_and(|code| !code.is_empty())
        );
        phone.run("handle.unmount()").await?;
        let left = "return document.querySelector('wechat-checkout') === null";
        phone.find_by(left).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_speak_to_buyer_developer_and_support() -> Result<()> {
    embed(
        "errors_speak_to_buyer_developer_and_support",
        async |stage| {
            let Stage { house, phone } = stage;
            house.simulator.set_scenario(Scenario::UrlNotRegistered);
            phone.open(&house.inside_wechat()).await?;
            tap_inside(phone, "pay-button").await?;
            let reported = heard(phone, "reported").await?;
            ensure!(reported["outcome"] == "fail", "{reported}");
            let error = &reported["error"];
            ensure!(error["code"] == "url_not_registered", "{reported}");
            ensure!(error["supportCode"] == reported["orderId"], "{reported}");
            let words = error["developerText"].as_str().unwrap_or_default();
            // The very directory: this page lies at the root.
            let directory = house.inside_wechat();
            ensure!(words.contains(&format!(": {directory} ")), "{words}");
            ensure!(
                error["buyerText"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );

            let another = house.as_account("another", "&scenario=no-bridge");
            phone.open(&another).await?;
            tap_inside(phone, "pay-button").await?;
            let failed = heard(phone, "failed").await?;
            ensure!(failed["error"]["code"] == "bridge_missing", "{failed}");
            ensure!(failed["stage"] == "failed", "{failed}");

            // What the wasm says when it dies.
            phone
                .run("wechatCheckoutBoot.failed('out of memory')")
                .await?;
            let halted = heard(phone, "halted").await?;
            ensure!(halted["error"]["code"] == "crashed", "{halted}");
            ensure!(
                halted["error"]["supportCode"] == failed["orderId"],
                "{halted}"
            );
            inside(phone, "retry").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_ios_a_page_is_loaded_in_full_once_where_it_is_judged_wrongly() -> Result<()> {
    let name = "on_ios_a_page_is_loaded_in_full_once_where_it_is_judged_wrongly";
    embed(name, async |stage| {
        let Stage { house, phone } = stage;
        let origin = house.inside_wechat();
        let directory = format!("{origin}wechat-checkout/");
        phone.open(&format!("{origin}?wechat_agent=ios")).await?;
        inside(phone, "pay-button").await?;
        // A shop that changes pages by itself: WeChat for iOS hears nothing of it. The other page is
        // a file of the package, for want of another document.
        let moved = r#"
            const { payDirectory, loadInFull } = await import("./wechat-checkout/index.js");
            history.pushState(null, "", "/wechat-checkout/package.json?order=1");
            return [payDirectory(), loadInFull(location.origin + "/"), loadInFull()];
        "#;
        let told = run_async(phone, moved).await?;
        ensure!(told[0] == origin, "iOS judges where it landed: {told}");
        ensure!(told[1] == false, "the whole domain is registered: {told}");
        ensure!(told[2] == true, "no load although it helps: {told}");
        phone
            .find_by("return document.contentType === 'application/json'")
            .await?;
        let again = r#"
            const { payDirectory, loadInFull } = await import("/wechat-checkout/index.js");
            return [payDirectory(), loadInFull()];
        "#;
        let told = run_async(phone, again).await?;
        ensure!(told[0] == directory, "{told}");
        ensure!(told[1] == false, "loaded twice: {told}");
        Ok(())
    })
    .await
}

/// Plays a journey through the example page.
async fn embed(name: &str, journey: impl AsyncFnOnce(&mut Stage) -> Result<()>) -> Result<()> {
    let page = example()?;
    let house = House::open_with_page(page).await?;
    play_in(name, house, Scheme::Light, async |stage| {
        stage.phone.be_another_web_view(LISTEN).await?;
        journey(stage).await
    })
    .await
}

fn example() -> Result<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("npm");
    let page = target.join("plain-html");
    ensure!(
        page.join("wechat-checkout/index.js").is_file(),
        "the example is not laid out: run `cargo xtask package` first"
    );
    Ok(page)
}

/// Waits until an element with this hook is inside the checkout, and enabled.
async fn inside(phone: &Phone, hook: &str) -> Result<WebElement> {
    let selector = format!("[data-test={hook}]:not(:disabled)");
    phone
        .find_by(&format!(
            "return Boolean(document.querySelector('wechat-checkout')?.shadowRoot\
             .querySelector('{selector}'))"
        ))
        .await?;
    let host = phone.window().find(By::Css("wechat-checkout")).await?;
    let root = host.get_shadow_root().await?;
    Ok(root.find(By::Css(&selector)).await?)
}

/// A buyer's own tap, which a script's `click()` is not.
async fn tap_inside(phone: &Phone, hook: &str) -> Result<()> {
    let tapped = inside(phone, hook).await?.click().await;
    tapped.with_context(|| format!("tapping `{hook}` in the checkout"))
}

async fn inside_text(phone: &Phone) -> Result<String> {
    let text = "return document.querySelector('wechat-checkout').shadowRoot.textContent";
    let text = phone.run(text).await?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

async fn state(phone: &Phone) -> Result<Value> {
    phone
        .run("return document.querySelector('wechat-checkout').state")
        .await
}

/// Waits for an event and returns its detail.
async fn heard(phone: &Phone, name: &str) -> Result<Value> {
    phone
        .find_by(&format!(
            "return heard.some(({{ type }}) => type === '{name}')"
        ))
        .await?;
    phone
        .run(&format!(
            "return heard.findLast(({{ type }}) => type === '{name}').detail"
        ))
        .await
}

/// A script that waits for something; the driver waits with it.
async fn run_async(phone: &Phone, script: &str) -> Result<Value> {
    phone
        .run(&format!("return (async () => {{ {script} }})()"))
        .await
}
