//! The function of the npm package, and the payment directory.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::{embed, inside, run_async};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_function_gives_a_handle_and_refuses_wrong_options() -> Result<()> {
    let name = "the_function_gives_a_handle_and_refuses_wrong_options";
    embed(name, async |stage| {
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        // Signed in: a trip to WeChat would take the script's handle away.
        inside(phone, "pay-button").await?;
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
