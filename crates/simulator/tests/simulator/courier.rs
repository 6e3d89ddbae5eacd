//! Notifications: when they come, how often, and which answers stop them.

use std::collections::HashMap;
use std::time::Duration;

use wechat_checkout_gateway::notification::read_payment;
use wechat_checkout_protocol::Fen;
use wechat_checkout_simulator::{NotificationKind, NotificationStatus, Scenario};

use crate::stage::Stage;

async fn paid(stage: &Stage, out_trade_no: &str, scenario: Scenario) {
    stage.simulator.set_scenario(scenario);
    stage.place(out_trade_no).await;
    stage.simulator.pay(out_trade_no).expect("paid");
}

#[tokio::test]
async fn a_notification_that_nobody_acknowledges_comes_sixteen_times_at_exact_instants() {
    let stage = Stage::held().await;
    stage.receiver.answer_next([(500, "busy"); 20]);
    paid(&stage, "order-2001", Scenario::Pay).await;
    assert!(stage.receiver.bodies().is_empty(), "time stands still");
    stage.simulator.step(Duration::from_secs(90_000)).await;

    let notification = stage.simulator.notifications().remove(0);
    let offsets: Vec<i64> = notification
        .attempts
        .iter()
        .map(|attempt| attempt.offset_s)
        .collect();
    let published = [
        0, 15, 30, 60, 240, 840, 2040, 3840, 5640, 7440, 11040, 21840, 32640, 43440, 65040, 86640,
    ];
    assert_eq!(offsets, published);
    assert_eq!(notification.status, NotificationStatus::GivenUp);
    assert_eq!(
        notification.attempts[0].explanation,
        "the HTTP status is not 200"
    );
    let bodies = stage.receiver.bodies();
    assert_eq!(bodies.len(), 16);
    assert!(
        bodies.iter().all(|body| *body == bodies[0]),
        "repeats are byte for byte the same"
    );
}

#[tokio::test]
async fn the_first_right_answer_stops_the_repetition() {
    let stage = Stage::held().await;
    stage.receiver.answer_next([(200, "success"), (302, "")]);
    paid(&stage, "order-2002", Scenario::Pay).await;
    stage.simulator.step(Duration::from_secs(90_000)).await;
    let notification = stage.simulator.notifications().remove(0);
    let explanations: Vec<&str> = notification
        .attempts
        .iter()
        .map(|attempt| attempt.explanation.as_str())
        .collect();
    let wanted = [
        "the body is a bare word; version 2 wants XML",
        "the answer is a redirect; WeChat does not follow redirects",
        "",
    ];
    assert_eq!(explanations, wanted);
    assert_eq!(notification.status, NotificationStatus::Acknowledged);
}

#[tokio::test]
async fn a_notification_can_be_delivered_by_hand_before_it_is_due() {
    let stage = Stage::held().await;
    paid(&stage, "order-2003", Scenario::NotifyLate).await;
    let attempt = stage
        .simulator
        .deliver_next()
        .await
        .expect("one is planned");
    assert!(attempt.is_acknowledged);
    assert!(
        stage.simulator.deliver_next().await.is_none(),
        "none is planned any more"
    );
    stage.simulator.step(Duration::from_secs(60)).await;
    assert_eq!(stage.receiver.bodies().len(), 1);
}

#[tokio::test]
async fn a_lost_notification_comes_only_by_hand() {
    let stage = Stage::held().await;
    paid(&stage, "order-2004", Scenario::NotifyLost).await;
    stage.simulator.step(Duration::from_secs(100_000)).await;
    let lost = stage.simulator.notifications().remove(0);
    assert_eq!(
        (lost.status, lost.attempts.len()),
        (NotificationStatus::Lost, 0)
    );
    let attempt = stage.simulator.deliver(lost.id).await.expect("an attempt");
    assert!(attempt.is_acknowledged);
}

#[tokio::test]
async fn each_scenario_sends_what_it_promises() {
    use NotificationKind::{
        ForeignMerchant, ForgedAmount, ForgedKey, ForgedUnsigned, Payment, ProbeEntity,
        ProbeSignature,
    };
    let rows: [(Scenario, &[NotificationKind]); 7] = [
        (Scenario::NotifyTwice, &[Payment; 2]),
        (Scenario::NotifyStorm, &[Payment; 20]),
        (
            Scenario::NotifyForged,
            &[ForgedKey, ForgedUnsigned, ForgedAmount, Payment],
        ),
        (Scenario::WrongMerchant, &[ForeignMerchant, Payment]),
        (
            Scenario::SignatureProbe,
            &[ProbeSignature, ProbeEntity, Payment],
        ),
        (Scenario::NotifyLate, &[Payment]),
        (Scenario::NotifyFirst, &[Payment]),
    ];
    for (index, (scenario, kinds)) in rows.into_iter().enumerate() {
        let stage = Stage::held().await;
        paid(&stage, &format!("order-21{index:02}"), scenario).await;
        stage.simulator.step(Duration::from_secs(30)).await;
        let sent: Vec<NotificationKind> = stage
            .simulator
            .notifications()
            .iter()
            .map(|shown| shown.kind)
            .collect();
        assert_eq!(sent, kinds, "{scenario}");
        let bodies = stage.receiver.bodies();
        assert_eq!(bodies.len(), kinds.len(), "{scenario}");
        let believable = bodies
            .iter()
            .filter(|body| read_payment(&stage.merchant, body).is_ok())
            .count();
        let true_ones = kinds.iter().filter(|kind| **kind == Payment).count();
        assert_eq!(believable, true_ones, "{scenario}: only the truth verifies");
    }
}

#[tokio::test]
async fn a_wrong_amount_is_well_signed_and_the_query_agrees_with_it() {
    let stage = Stage::held().await;
    paid(&stage, "order-2201", Scenario::WrongAmount).await;
    stage.simulator.step(Duration::from_secs(1)).await;
    let body = stage.receiver.bodies().remove(0);
    let payment = read_payment(&stage.merchant, &body)
        .expect("well signed")
        .payment();
    assert_eq!(payment.total_fee, Fen::new(1).expect("an amount"));
    let query = wechat_checkout_gateway::QueryBy::OutTradeNo("order-2201");
    let reply = stage.client.orderquery(query).await.expect("an answer");
    assert_eq!(
        reply.payment().expect("a payment").total_fee,
        payment.total_fee
    );
}

#[tokio::test]
async fn an_overtaken_notification_follows_the_one_that_overtook_it() {
    let stage = Stage::held().await;
    paid(&stage, "order-2301", Scenario::NotifyReordered).await;
    paid(&stage, "order-2302", Scenario::Pay).await;
    stage.simulator.step(Duration::from_secs(1)).await;
    let order: Vec<String> = stage
        .receiver
        .bodies()
        .iter()
        .map(|body| {
            let payment = read_payment(&stage.merchant, body).expect("true").payment();
            payment.out_trade_no.clone()
        })
        .collect();
    assert_eq!(order, ["order-2302", "order-2301"]);
}

#[tokio::test]
async fn an_unreachable_merchant_is_tried_again() {
    let stage = Stage::held().await;
    let mut order = stage.order("order-2401");
    // Bound once and let go: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    order.notify_url = format!("http://{address}/notify").parse().expect("a URL");
    stage.client.unifiedorder(&order).await.expect("placed");
    stage.simulator.pay("order-2401").expect("paid");
    stage.simulator.step(Duration::from_secs(16)).await;
    let notification = stage.simulator.notifications().remove(0);
    let tally: HashMap<&str, usize> =
        notification
            .attempts
            .iter()
            .fold(HashMap::new(), |mut tally, attempt| {
                *tally.entry(attempt.explanation.as_str()).or_default() += 1;
                tally
            });
    assert_eq!(
        tally,
        HashMap::from([("the notify_url could not be reached", 2)])
    );
}
