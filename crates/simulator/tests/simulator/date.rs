//! The `Date` of the gateway's answers.

use std::time::Duration;

use wechat_checkout_gateway::{QueryBy, SignType};
use wechat_checkout_simulator::Pace;

use crate::stage::Stage;

/// Merchants learn from it that their clock is wrong.
#[tokio::test]
async fn answers_are_dated_by_the_simulated_clock() {
    let stage = Stage::start(Pace::Held, SignType::Md5).await;
    let query = QueryBy::OutTradeNo("order-0001");
    let skew_s = async || {
        let _ = stage.client.orderquery(query).await;
        stage.client.clock_skew().map(|skew| skew.behind_ms / 1_000)
    };
    let before = skew_s().await.expect("dated");
    stage.simulator.step(Duration::from_secs(86_400)).await;
    let after = skew_s().await.expect("dated");
    let moved = after - before;
    // The machine's clock went on, too, and dates have whole seconds.
    assert!((86_000..=86_402).contains(&moved), "{moved}");
}
