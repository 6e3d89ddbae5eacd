//! The contract that every store keeps, run on each.

use std::path::PathBuf;
use std::sync::Arc;

use wechat_checkout_protocol::{Benefit, BridgeOutcome, OrderStatus, ProductId, UnixMillis};
use wechat_checkout_server::catalog::{Catalog, Product, Unit};
use wechat_checkout_server::order::{
    Decision, Facts, KnownRefund, Order, OrderEvent, Refusal, decide,
};
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};
use wechat_checkout_server::store::{Advanced, Placed, Store};

use crate::sample::{NOW, buyer, order, payment, voucher_order, wish};

/// A database file of its own, removed with the test.
struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn new() -> Scratch {
        let name = format!("wechat-checkout-{}", uuid::Uuid::now_v7().simple());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Scratch { folder }
    }

    fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(&self.folder.join("test.db"), Durability::Full).unwrap())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn stocked(scratch: &Scratch, codes: &[&str]) -> Arc<dyn Store> {
    let store = scratch.open();
    let product = Product {
        id: ProductId::parse("coffee-voucher").unwrap(),
        title: "咖啡兑换凭证".to_owned(),
        subtitle: String::new(),
        price: voucher_order("price-1", 1).amount_total,
        price_before: None,
        is_best_value: false,
        unit: Unit::Voucher {
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        },
    };
    store
        .stock_up(&Catalog {
            products: vec![product],
        })
        .await
        .unwrap();
    store
}

async fn place(store: &dyn Store, order: Order, key: &str) -> Placed {
    store.place(wish(order, key)).await.unwrap()
}

async fn pay(store: &dyn Store, order: &Order, transaction_id: &str, at: UnixMillis) -> Advanced {
    let event = OrderEvent::Paid(payment(order, transaction_id));
    store.advance(&order.id, event, at).await.unwrap()
}

#[tokio::test]
async fn the_same_key_finds_the_same_order_and_another_wish_is_a_conflict() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let first = place(&*store, order("order-0001"), "key-0000000000001").await;
    assert!(matches!(first, Placed::New(_)));
    let again = place(&*store, order("order-0002"), "key-0000000000001").await;
    let Placed::Existing(record) = again else {
        panic!("the same wish is the same order")
    };
    assert_eq!(record.order.id.as_str(), "order-0001");
    let other = Order {
        quantity: 2,
        ..order("order-0003")
    };
    assert_eq!(
        place(&*store, other, "key-0000000000001").await,
        Placed::Conflict
    );
    assert_eq!(store.order(&order("order-0002").id).await.unwrap(), None);
}

#[tokio::test]
async fn asking_for_the_same_thing_again_returns_the_open_order_until_it_is_paid() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let first = order("order-0001");
    let _ = place(&*store, first.clone(), "key-0000000000001").await;
    let again = place(&*store, order("order-0002"), "key-0000000000002").await;
    assert!(matches!(again, Placed::Existing(record) if record.order.id == first.id));
    let _ = pay(&*store, &first, "T1", NOW).await;
    let next = place(&*store, order("order-0003"), "key-0000000000003").await;
    assert!(matches!(next, Placed::New(_)));
}

#[tokio::test]
async fn a_buyers_open_orders_are_bounded() {
    let scratch = Scratch::new();
    let store = scratch.open();
    for number in 1..=3_u32 {
        let order = Order {
            quantity: number,
            ..order(&format!("order-000{number}"))
        };
        let placed = place(&*store, order, &format!("key-000000000000{number}")).await;
        assert!(matches!(placed, Placed::New(_)));
    }
    let fourth = Order {
        quantity: 4,
        ..order("order-0004")
    };
    assert_eq!(
        place(&*store, fourth, "key-0000000000004").await,
        Placed::TooManyOpen
    );
    let stranger = Order {
        openid: buyer("buyer-2"),
        ..order("order-0005")
    };
    assert!(matches!(
        place(&*store, stranger, "key-0000000000005").await,
        Placed::New(_)
    ));
}

#[tokio::test]
async fn sixty_four_confirmations_at_once_deliver_once() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let order = order("order-0001");
    let _ = place(&*store, order.clone(), "key-0000000000001").await;
    let calls = (0..64).map(|_| {
        let (store, order) = (Arc::clone(&store), order.clone());
        tokio::spawn(async move { pay(&*store, &order, "T1", NOW).await })
    });
    let mut applied = 0;
    for call in calls.collect::<Vec<_>>() {
        match call.await.unwrap() {
            Advanced::Applied(_) => applied += 1,
            Advanced::AlreadyApplied(record) => {
                assert_eq!(record.order.status, OrderStatus::Confirmed);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(applied, 1);
    let until = NOW.plus_ms(31 * 24 * 60 * 60 * 1000);
    let record = store.order(&order.id).await.unwrap().unwrap();
    assert_eq!(record.benefits, [Benefit::Vip { until }]);
    assert_eq!(
        store.benefits_of(&order.openid).await.unwrap().vip_until,
        Some(until)
    );
}

#[tokio::test]
async fn membership_extends_from_its_end_and_a_lapsed_one_from_now() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let scratch = Scratch::new();
    let store = scratch.open();
    let mut ends = Vec::new();
    for (number, at) in [(1, NOW), (2, NOW), (3, NOW.plus_ms(100 * DAY_MS))] {
        let order = order(&format!("order-000{number}"));
        let _ = place(&*store, order.clone(), &format!("key-000000000000{number}")).await;
        let Advanced::Applied(record) = pay(&*store, &order, &format!("T{number}"), at).await
        else {
            panic!("paid")
        };
        let [Benefit::Vip { until }] = record.benefits[..] else {
            panic!("VIP")
        };
        ends.push(until.since_ms(NOW) / DAY_MS);
    }
    assert_eq!(ends, [31, 62, 131]);
}

#[tokio::test]
async fn the_last_voucher_is_sold_once_and_returns_on_close() {
    let scratch = Scratch::new();
    let store = stocked(&scratch, &["CF-1", "CF-2"]).await;
    let first = voucher_order("order-0001", 2);
    let second = Order {
        openid: buyer("buyer-2"),
        ..voucher_order("order-0002", 1)
    };
    assert!(matches!(
        place(&*store, first.clone(), "key-0000000000001").await,
        Placed::New(_)
    ));
    assert_eq!(
        place(&*store, second.clone(), "key-0000000000002").await,
        Placed::SoldOut
    );
    let closed = store
        .advance(&first.id, OrderEvent::ClosedAtWechat, NOW)
        .await
        .unwrap();
    assert!(matches!(closed, Advanced::Applied(_)));
    assert!(matches!(
        place(&*store, second.clone(), "key-0000000000002").await,
        Placed::New(_)
    ));

    // The first is paid after all: one code is left, two were sold, so the money goes back.
    let Advanced::Applied(late) = pay(&*store, &first, "T1", NOW).await else {
        panic!("late")
    };
    assert_eq!(late.order.status, OrderStatus::Refunding);
    assert_eq!(late.benefits, []);
    let Advanced::Applied(paid) = pay(&*store, &second, "T2", NOW).await else {
        panic!("paid")
    };
    assert_eq!(paid.benefits.len(), 1);
    // The reply of the refund's payment stays an acknowledgement, and nothing happens twice.
    let repeat = pay(&*store, &first, "T1", NOW).await;
    assert!(matches!(repeat, Advanced::AlreadyApplied(_)));
}

#[tokio::test]
async fn a_late_payment_takes_goods_that_are_still_there() {
    let scratch = Scratch::new();
    let store = stocked(&scratch, &["CF-1"]).await;
    let order = voucher_order("order-0001", 1);
    let _ = place(&*store, order.clone(), "key-0000000000001").await;
    let _ = store
        .advance(&order.id, OrderEvent::ClosedAtWechat, NOW)
        .await
        .unwrap();
    let Advanced::Applied(record) = pay(&*store, &order, "T1", NOW).await else {
        panic!("late")
    };
    assert_eq!(record.order.status, OrderStatus::Confirmed);
    assert_eq!(
        record.benefits,
        [Benefit::Voucher {
            code: "CF-1".to_owned()
        }]
    );
    let stock = store.stock_left().await.unwrap();
    assert_eq!(stock.values().sum::<u32>(), 0);
}

#[tokio::test]
async fn one_payment_confirms_one_order() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let first = order("order-0001");
    let other = Order {
        openid: buyer("buyer-2"),
        ..order("order-0002")
    };
    let _ = place(&*store, first.clone(), "key-0000000000001").await;
    let _ = place(&*store, other.clone(), "key-0000000000002").await;
    let _ = pay(&*store, &first, "T1", NOW).await;
    let event = OrderEvent::Paid(payment(&other, "T1"));
    assert!(
        store.advance(&other.id, event, NOW).await.is_err(),
        "the number is taken"
    );
    let untouched = store.order(&other.id).await.unwrap().unwrap();
    assert_eq!(untouched.order.status, OrderStatus::Unprocessed);
    // The failed job undid only itself: the store goes on.
    assert!(matches!(
        pay(&*store, &other, "T2", NOW).await,
        Advanced::Applied(_)
    ));
}

#[tokio::test]
async fn replaying_the_journal_gives_the_row() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let placed = order("order-0001");
    let _ = place(&*store, placed.clone(), "key-0000000000001").await;
    let report = |outcome| OrderEvent::Reported(outcome);
    for (after_ms, event) in [
        (1_000, report(BridgeOutcome::Cancel)),
        (6_000, OrderEvent::FoundUnpaid),
        (9_000, report(BridgeOutcome::Ok)),
        (9_100, OrderEvent::InquiryUnanswered),
        (9_200, OrderEvent::Paid(payment(&placed, "T1"))),
        (9_300, OrderEvent::ClosedAtWechat),
    ] {
        let _ = store
            .advance(&placed.id, event, NOW.plus_ms(after_ms))
            .await
            .unwrap();
    }
    let journal = store.journal_of(&placed.id).await.unwrap();
    assert_eq!(
        journal.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6]
    );
    let facts = Facts {
        goods_left: true,
        refund: KnownRefund::Unknown,
    };
    let replayed = journal.iter().fold(placed.clone(), |order, entry| {
        let Some(event) = entry.event.replay() else {
            return order;
        };
        match decide(&order, &event, facts, entry.at) {
            Decision::Applied(change) => change.order,
            Decision::AlreadyApplied | Decision::Refused(_) => order,
        }
    });
    assert_eq!(
        store.order(&placed.id).await.unwrap().unwrap().order,
        replayed
    );
}

#[tokio::test]
async fn an_event_for_an_unknown_order_changes_nothing() {
    let scratch = Scratch::new();
    let store = scratch.open();
    assert_eq!(
        pay(&*store, &order("order-0001"), "T1", NOW).await,
        Advanced::Unknown
    );
    assert_eq!(store.last_position().await.unwrap(), 0);
}

#[tokio::test]
async fn a_paid_order_refuses_to_close() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let order = order("order-0001");
    let _ = place(&*store, order.clone(), "key-0000000000001").await;
    let _ = pay(&*store, &order, "T1", NOW).await;
    let closed = store
        .advance(&order.id, OrderEvent::ClosedAtWechat, NOW)
        .await
        .unwrap();
    assert_eq!(closed, Advanced::Refused(Refusal::AlreadyPaid));
}

#[tokio::test]
async fn due_inquiries_are_claimed_once_and_earliest_first() {
    let scratch = Scratch::new();
    let store = scratch.open();
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

#[tokio::test]
async fn everything_is_there_after_the_database_is_opened_again() {
    let scratch = Scratch::new();
    let order = order("order-0001");
    {
        let store = scratch.open();
        let _ = place(&*store, order.clone(), "key-0000000000001").await;
        let _ = pay(&*store, &order, "T1", NOW).await;
    }
    let record = scratch.open().order(&order.id).await.unwrap().unwrap();
    assert_eq!(record.order.status, OrderStatus::Confirmed);
    assert_eq!(record.benefits.len(), 1);
}
