//! The custom element in a plain page: it sells, it fits in, it survives what pages do.

use anyhow::{Result, ensure};

use super::{embed, heard, inside, inside_text, state, tap_inside};
use crate::audit::{Rules, expect_accessible};
use crate::stage::Stage;

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
