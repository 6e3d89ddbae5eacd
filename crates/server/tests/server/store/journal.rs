//! The journal: it is the row, it is the outbox, and it stays.

use wechat_checkout_protocol::{BridgeOutcome, OrderStatus, QueriedState};
use wechat_checkout_server::order::{Order, OrderEvent, QueryAnswer};
use wechat_checkout_server::store::{Advanced, replay};

use super::{Home, on_every_store, pay, place, stocked};
use crate::sample::{NOW, buyer, order, voucher_order};
use crate::shop::DEADLINE;

on_every_store![
    replaying_the_journal_gives_the_row,
    an_event_for_an_unknown_order_changes_nothing,
    everything_is_there_after_the_database_is_opened_again,
    consumers_follow_positions_page_by_page,
    every_growth_of_the_journal_rings,
];

async fn replaying_the_journal_gives_the_row(home: &Home) {
    let store = stocked(home, &["CF-1"]).await;
    let placed = voucher_order("order-0001", 1);
    let _ = place(&*store, placed.clone(), "key-0000000000001").await;
    let report = |outcome| OrderEvent::Reported(outcome);
    for (after_ms, event) in [
        (11_000, report(BridgeOutcome::Cancel)),
        (16_000, OrderEvent::FoundUnpaid(Some(not_paid()))),
        (30_000, report(BridgeOutcome::Ok)),
        (30_100, OrderEvent::InquiryUnanswered(None)),
        (41_000, report(BridgeOutcome::Ok)),
        (42_000, OrderEvent::FoundUnpaid(Some(not_paid()))),
        (43_000, OrderEvent::ClosedAtWechat(None)),
    ] {
        // Claims move the next question without an entry; no decision may depend on that.
        let at = NOW.plus_ms(after_ms);
        let _ = store
            .claim_inquiries(at, at.plus_ms(300_000), 10)
            .await
            .unwrap();
        let _ = store.advance(&placed.id, event, at).await.unwrap();
    }
    let closed = store.order(&placed.id).await.unwrap().unwrap().order;
    let last_query = closed.last_query.unwrap();
    assert_eq!(last_query.at, NOW.plus_ms(42_000));
    assert_eq!(last_query.description.as_deref(), Some("订单未支付"));
    // Somebody else takes the only code, so the late payment finds none left.
    let other = Order {
        openid: buyer("buyer-2"),
        ..voucher_order("order-0002", 1)
    };
    let _ = place(&*store, other, "key-0000000000002").await;
    let _ = pay(&*store, &placed, "T1", NOW.plus_ms(60_000)).await;

    let journal = store.journal_of(&placed.id).await.unwrap();
    let seqs: Vec<u64> = journal.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let row = store.order(&placed.id).await.unwrap().unwrap().order;
    let stood = replay(&row, &journal).unwrap();
    assert_eq!(stood.first(), Some(&placed));
    assert_eq!(stood.last(), Some(&row));
    let statuses: Vec<_> = stood.iter().map(|order| order.status).collect();
    assert_eq!(
        statuses[6..],
        [
            OrderStatus::AwaitingConfirmation,
            OrderStatus::Closed,
            OrderStatus::Refunding
        ]
    );
}

fn not_paid() -> QueryAnswer {
    QueryAnswer::new(QueriedState::NotPaid, Some("订单未支付"))
}

async fn an_event_for_an_unknown_order_changes_nothing(home: &Home) {
    let store = home.open().await;
    assert_eq!(
        pay(&*store, &order("order-0001"), "T1", NOW).await,
        Advanced::Unknown
    );
    assert_eq!(store.last_position().await.unwrap(), 0);
}

async fn everything_is_there_after_the_database_is_opened_again(home: &Home) {
    let order = order("order-0001");
    {
        let store = home.open().await;
        let _ = place(&*store, order.clone(), "key-0000000000001").await;
        let _ = pay(&*store, &order, "T1", NOW).await;
    }
    let record = home.open().await.order(&order.id).await.unwrap().unwrap();
    assert_eq!(record.order.status, OrderStatus::Confirmed);
    assert_eq!(record.benefits.len(), 1);
}

async fn consumers_follow_positions_page_by_page(home: &Home) {
    let store = home.open().await;
    for number in 1..=7_u32 {
        let order = Order {
            openid: buyer(&format!("buyer-{number}")),
            ..order(&format!("order-000{number}"))
        };
        let _ = place(&*store, order, &format!("key-000000000000{number}")).await;
    }
    let (mut position, mut seen) = (0, Vec::new());
    loop {
        let entries = store.entries_after(position, 3).await.unwrap();
        let changes = store.changes_after(position, 3).await.unwrap();
        let of_entries = entries
            .iter()
            .map(|entry| (entry.position, entry.order_id.clone()))
            .collect::<Vec<_>>();
        assert_eq!(of_entries, changes);
        let Some(last) = entries.last() else { break };
        assert!(entries.len() <= 3 && last.position > position);
        position = last.position;
        seen.extend(entries.into_iter().map(|entry| entry.order_id));
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted(), "in the order they happened");
    assert_eq!(store.last_position().await.unwrap(), position);
}

async fn every_growth_of_the_journal_rings(home: &Home) {
    let store = home.open().await;
    let mut commits = store.commits();
    let order = order("order-0001");
    let _ = commits.borrow_and_update();
    let _ = place(&*store, order.clone(), "key-0000000000001").await;
    tokio::time::timeout(DEADLINE, commits.changed())
        .await
        .unwrap()
        .unwrap();
    let _ = commits.borrow_and_update();
    let _ = pay(&*store, &order, "T1", NOW).await;
    tokio::time::timeout(DEADLINE, commits.changed())
        .await
        .unwrap()
        .unwrap();
}
