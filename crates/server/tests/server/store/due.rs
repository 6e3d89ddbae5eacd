//! What is due: claimed once, earliest first, and again when a claim is over.

use wechat_checkout_protocol::{Fen, OrderId, OrderStatus, UnixMillis};
use wechat_checkout_server::order::{
    AskedRefund, Order, OrderEvent, RefundEnding, RefundOf, Refusal, SettledRefund,
};
use wechat_checkout_server::store::{
    Advanced, NewWebhook, PlannedStep, RefundStatus, WebhookStatus,
};

use super::{Home, on_every_store, pay, place};
use crate::sample::{NOW, buyer, order};

on_every_store![
    due_inquiries_are_claimed_once_and_earliest_first,
    what_waits_for_later_is_due_at_once_when_the_clock_is_set_back,
    a_refund_is_owed_once_claimed_once_and_ends_once,
    webhooks_are_collected_once_and_tried_until_they_end,
];

const CLAIMED_UNTIL: UnixMillis = NOW.plus_ms(120_000);

async fn due_inquiries_are_claimed_once_and_earliest_first(home: &Home) {
    let store = home.open().await;
    for (number, due_after_ms) in [(1, 9_000), (2, 5_000), (3, 60_000)] {
        let order = Order {
            openid: buyer(&format!("buyer-{number}")),
            inquiry_due_at: Some(NOW.plus_ms(due_after_ms)),
            ..order(&format!("order-000{number}"))
        };
        let _ = place(&*store, order, &format!("key-000000000000{number}")).await;
    }
    let at = NOW.plus_ms(10_000);
    let claimed = store
        .claim_inquiries(at, at.plus_ms(120_000), 10)
        .await
        .unwrap();
    let ids: Vec<_> = claimed.iter().map(|id| id.as_str().to_owned()).collect();
    assert_eq!(ids, ["order-0002", "order-0001"]);
    assert_eq!(
        store
            .claim_inquiries(at, at.plus_ms(120_000), 10)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        store.next_inquiry_at().await.unwrap(),
        Some(NOW.plus_ms(60_000))
    );
}

async fn what_waits_for_later_is_due_at_once_when_the_clock_is_set_back(home: &Home) {
    let store = home.open().await;
    for (number, due_after_ms) in [(1, Some(-5_000)), (2, Some(3_600_000)), (3, None)] {
        let order = Order {
            openid: buyer(&format!("buyer-{number}")),
            inquiry_due_at: due_after_ms.map(|ms| NOW.plus_ms(ms)),
            ..order(&format!("order-000{number}"))
        };
        let _ = place(&*store, order, &format!("key-000000000000{number}")).await;
    }
    let webhook = NewWebhook {
        id: "msg-1".to_owned(),
        order_id: order("order-0001").id,
        payload: "{}".to_owned(),
    };
    let ahead = NOW.plus_ms(3_600_000);
    store
        .collect_webhooks(vec![webhook], 1, ahead)
        .await
        .unwrap();
    store.hasten(NOW).await.unwrap();
    let claimed = store.claim_inquiries(NOW, CLAIMED_UNTIL, 10).await.unwrap();
    let ids: Vec<_> = claimed.iter().map(OrderId::as_str).collect();
    assert_eq!(
        ids,
        ["order-0001", "order-0002"],
        "not what waits for nothing"
    );
    assert_eq!(store.next_webhook_at().await.unwrap(), Some(NOW));
}

async fn a_refund_is_owed_once_claimed_once_and_ends_once(home: &Home) {
    let store = home.open().await;
    let order = order("order-0001");
    let _ = place(&*store, order.clone(), "key-0000000000001").await;
    let _ = pay(&*store, &order, "T1", NOW).await;
    let ask = async |amount| {
        let out_refund_no = "RF1".to_owned();
        let event = OrderEvent::RefundAsked(AskedRefund {
            out_refund_no,
            amount,
        });
        store.advance(&order.id, event, NOW).await.unwrap()
    };
    assert!(matches!(
        ask(order.amount_total).await,
        Advanced::Applied(_)
    ));
    assert!(matches!(
        ask(order.amount_total).await,
        Advanced::AlreadyApplied(_)
    ));
    let other = ask(Fen::new(1).unwrap()).await;
    assert_eq!(other, Advanced::Refused(Refusal::RefundConflict));

    let claimed = store.claim_refunds(NOW, CLAIMED_UNTIL, 10).await.unwrap();
    let [refund] = &claimed[..] else {
        panic!("{claimed:?}")
    };
    assert_eq!(
        (refund.status, refund.attempts, refund.due_at),
        (RefundStatus::Due, 0, Some(NOW))
    );
    assert_eq!(refund.owed.of, RefundOf::OrdersPayment);
    assert_eq!(
        store.claim_refunds(NOW, CLAIMED_UNTIL, 10).await.unwrap(),
        []
    );
    assert_eq!(store.next_refund_at().await.unwrap(), Some(CLAIMED_UNTIL));
    let later = NOW.plus_ms(60_000);
    let step = |status| PlannedStep {
        status,
        due_at: later,
        hindrance: Some("NOTENOUGH".to_owned()),
    };
    store
        .plan_refund("RF1", step(RefundStatus::Accepted))
        .await
        .unwrap();
    let planned = store.refund("RF1").await.unwrap().unwrap();
    let standing = (planned.status, planned.attempts, planned.due_at);
    assert_eq!(standing, (RefundStatus::Accepted, 1, Some(later)));
    assert_eq!(planned.hindrance.as_deref(), Some("NOTENOUGH"));

    let settled = OrderEvent::RefundSettled(SettledRefund {
        out_refund_no: "RF1".to_owned(),
        amount: order.amount_total,
        of: RefundOf::OrdersPayment,
        ending: RefundEnding::Succeeded,
        refund_id: None,
    });
    let Advanced::Applied(record) = store.advance(&order.id, settled, NOW).await.unwrap() else {
        panic!("settled")
    };
    assert_eq!(record.order.status, OrderStatus::Refunded);
    let own = store.benefits_of(&order.openid).await.unwrap();
    assert_eq!(own.vip_until, Some(NOW), "what was given is taken back");
    store
        .plan_refund("RF1", step(RefundStatus::Due))
        .await
        .unwrap();
    let ended = store.refunds_of(&order.id).await.unwrap();
    assert_eq!(
        (ended[0].status, ended[0].due_at, &ended[0].hindrance),
        (RefundStatus::Succeeded, None, &None)
    );
    assert_eq!(store.next_refund_at().await.unwrap(), None);
    assert_eq!(store.refund("RF2").await.unwrap(), None);
}

async fn webhooks_are_collected_once_and_tried_until_they_end(home: &Home) {
    let store = home.open().await;
    let order = order("order-0001");
    let _ = place(&*store, order.clone(), "key-0000000000001").await;
    let new: Vec<NewWebhook> = ["msg-1", "msg-2", "msg-3"]
        .map(|id| NewWebhook {
            id: id.to_owned(),
            order_id: order.id.clone(),
            payload: "{\"b\":1, \"a\":2}".to_owned(),
        })
        .into();
    assert_eq!(store.webhook_position().await.unwrap(), 0);
    store.collect_webhooks(new.clone(), 7, NOW).await.unwrap();
    store.collect_webhooks(new.clone(), 5, NOW).await.unwrap();
    assert_eq!(store.webhook_position().await.unwrap(), 7, "never back");

    let claimed = store.claim_webhooks(NOW, CLAIMED_UNTIL, 10).await.unwrap();
    assert_eq!(claimed.len(), 3);
    assert_eq!(
        claimed[0].payload, new[0].payload,
        "byte for byte: it is signed"
    );
    assert_eq!(
        store.claim_webhooks(NOW, CLAIMED_UNTIL, 10).await.unwrap(),
        []
    );
    let later = NOW.plus_ms(5_000);
    for (id, status, due_at, answer) in [
        ("msg-1", WebhookStatus::Delivered, None, "200"),
        ("msg-2", WebhookStatus::Due, Some(later), "503"),
        ("msg-3", WebhookStatus::Dead, None, "404"),
    ] {
        store
            .webhook_answered(id, status, due_at, answer)
            .await
            .unwrap();
    }
    assert_eq!(store.next_webhook_at().await.unwrap(), Some(later));
    let dead = store.webhooks(WebhookStatus::Dead, 10).await.unwrap();
    assert_eq!(dead[0].last_answer.as_deref(), Some("404"));
    assert_eq!(dead[0].attempts, 1);
    assert!(store.redeliver_webhook("msg-3", NOW).await.unwrap());
    assert!(!store.redeliver_webhook("msg-4", NOW).await.unwrap());
    let again = store.claim_webhooks(NOW, CLAIMED_UNTIL, 10).await.unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].id.as_str(), again[0].attempts), ("msg-3", 0));

    let after = NOW.plus_ms(1);
    assert_eq!(store.forget_webhooks(NOW, 10).await, Ok(0), "too young");
    assert_eq!(store.forget_webhooks(after, 10).await, Ok(1), "delivered");
    let delivered = store.webhooks(WebhookStatus::Delivered, 10).await;
    assert_eq!(delivered.unwrap(), []);
    assert!(store.redeliver_webhook("msg-3", NOW).await.unwrap());
}
