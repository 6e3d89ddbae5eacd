//! Errors of the element: for the buyer, for the developer, for support.

use anyhow::{Result, ensure};
use wechat_checkout_simulator::Scenario;

use super::{embed, heard, inside, run_async, tap_inside};
use crate::stage::Stage;

/// The wasm cannot draw into what is no element, and dies of it.
const KILL: &str = r#"
    const { Checkout } = await import("/wechat-checkout/wechat-checkout-element.js");
    try { new Checkout({}, () => {}).show("vip-month", 1); } catch {}
"#;

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

            run_async(phone, KILL).await?;
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
async fn what_is_not_for_sale_is_named_to_the_developer() -> Result<()> {
    embed(
        "what_is_not_for_sale_is_named_to_the_developer",
        async |stage| {
            let Stage { house, phone } = stage;
            phone.open(&house.inside_wechat()).await?;
            inside(phone, "pay-button").await?;
            phone
                .run(
                    "const c = document.querySelector('wechat-checkout'); \
                     c.orderParameter = null; c.order = null; c.product = 'nope'",
                )
                .await?;
            let halted = heard(phone, "halted").await?;
            ensure!(halted["error"]["code"] == "no_product", "{halted}");
            let console = phone.window().browser_log().await?;
            ensure!(
                console
                    .iter()
                    .any(|entry| entry.message.contains("no product `nope` in the catalogue")),
                "the console does not name it"
            );
            phone
                .run(
                    "window.heard = []; document.querySelector('main') \
                     .append(document.createElement('wechat-checkout'))",
                )
                .await?;
            let halted = heard(phone, "halted").await?;
            ensure!(halted["error"]["code"] == "bad_option", "{halted}");
            ensure!(
                halted["error"]["developerText"]
                    .as_str()
                    .is_some_and(|text| text.contains("neither product nor order")),
                "{halted}"
            );
            Ok(())
        },
    )
    .await
}
