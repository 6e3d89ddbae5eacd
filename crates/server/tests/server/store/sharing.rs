//! Several servers on one PostgreSQL: work is shared, nothing happens twice, and all are woken.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use wechat_checkout_protocol::OrderStatus;
use wechat_checkout_server::order::{AskedRefund, Order, OrderEvent};
use wechat_checkout_server::store::{Advanced, NewWebhook, Placed, Store};

use super::{open_postgres, pay, place, stock};
use crate::cluster::Database;
use crate::sample::{NOW, buyer, order, voucher_order};
use crate::shop::DEADLINE;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Two servers' stores on one database.
struct Pair {
    stores: [Arc<dyn Store>; 2],
    database: Database,
}

impl Pair {
    async fn open() -> Pair {
        let database = Database::create().await;
        let stores: [Arc<dyn Store>; 2] = [
            Arc::new(open_postgres(&database).await),
            Arc::new(open_postgres(&database).await),
        ];
        Pair { stores, database }
    }

    /// Runs numbered work on both stores at once.
    async fn race<T, F>(&self, times: usize, work: impl Fn(Arc<dyn Store>, usize) -> F) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let mut racing = JoinSet::new();
        for number in 0..times {
            let store = Arc::clone(&self.stores[number % 2]);
            let _ = racing.spawn(work(store, number));
        }
        racing.join_all().await
    }
}

fn buyers_order(number: usize) -> Order {
    Order {
        openid: buyer(&format!("buyer-{number}")),
        ..order(&format!("order-{number:04}"))
    }
}

fn key(number: usize) -> String {
    format!("key-{number:013}")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_sent_to_two_servers_at_once_gives_one_order() {
    let pair = Pair::open().await;
    let placed = pair
        .race(32, |store, number| async move {
            place(&*store, order(&format!("order-{number:04}")), &key(1)).await
        })
        .await;
    let mut ids = BTreeSet::new();
    let mut new = 0;
    for one in placed {
        match one {
            Placed::New(record) => {
                new += 1;
                let _ = ids.insert(record.order.id);
            }
            Placed::Existing(record) => {
                let _ = ids.insert(record.order.id);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((new, ids.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyers_open_orders_stay_bounded_across_servers() {
    let pair = Pair::open().await;
    let placed = pair
        .race(16, |store, number| async move {
            let quantity = u32::try_from(number).unwrap() + 1;
            let order = Order {
                quantity,
                ..order(&format!("order-{number:04}"))
            };
            place(&*store, order, &key(number)).await
        })
        .await;
    let new = placed
        .iter()
        .filter(|one| matches!(one, Placed::New(_)))
        .count();
    let refused = placed
        .iter()
        .filter(|one| **one == Placed::TooManyOpen)
        .count();
    assert_eq!((new, refused), (3, 13));
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_never_oversold_across_servers() {
    let pair = Pair::open().await;
    let codes: Vec<String> = (0..10).map(|number| format!("CF-{number}")).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let stock = stock(&codes);
    // Both at once, as when two servers start.
    let stocking = pair.stores.iter().map(|store| store.stock_up(&stock));
    for stocked in futures_util::future::join_all(stocking).await {
        stocked.unwrap();
    }
    let mut sold = BTreeSet::new();
    // A code that another buyer's transaction holds for a moment may look taken: ask twice.
    for _ in 0..2 {
        let placed = pair
            .race(24, |store, number| async move {
                let order = Order {
                    openid: buyer(&format!("buyer-{number}")),
                    ..voucher_order(&format!("order-{number:04}"), 1)
                };
                let placed = place(&*store, order.clone(), &key(number)).await;
                match placed {
                    Placed::New(_) | Placed::Existing(_) => Some((number, order, store)),
                    Placed::SoldOut => None,
                    other => panic!("{other:?}"),
                }
            })
            .await;
        for (number, order, store) in placed.into_iter().flatten() {
            let transaction_id = format!("T{number}");
            match pay(&*store, &order, &transaction_id, NOW).await {
                Advanced::Applied(record) | Advanced::AlreadyApplied(record) => {
                    assert_eq!(record.benefits.len(), 1);
                    let _ = sold.insert(format!("{:?}", record.benefits));
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(sold.len(), 10, "every code to one buyer");
    let left = pair.stores[0].stock_left().await.unwrap();
    assert_eq!(left.values().sum::<u32>(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_confirmations_over_two_servers_deliver_once() {
    let pair = Pair::open().await;
    let order = order("order-0001");
    let _ = place(&*pair.stores[0], order.clone(), &key(1)).await;
    let answers = pair
        .race(64, |store, _| {
            let order = order.clone();
            async move { pay(&*store, &order, "T1", NOW).await }
        })
        .await;
    let applied = answers
        .iter()
        .filter(|one| matches!(one, Advanced::Applied(_)))
        .count();
    let already = answers
        .iter()
        .filter(|one| matches!(one, Advanced::AlreadyApplied(_)))
        .count();
    assert_eq!((applied, already), (1, 63));
    let record = pair.stores[1].order(&order.id).await.unwrap().unwrap();
    assert_eq!(
        (record.order.status, record.benefits.len()),
        (OrderStatus::Confirmed, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyers_orders_paid_at_two_servers_at_once_all_extend_his_membership() {
    let pair = Pair::open().await;
    for round in 0..8 {
        let orders: Vec<Order> = (0..3_u32)
            .map(|number| Order {
                openid: buyer(&format!("buyer-{round}")),
                quantity: number + 1,
                ..order(&format!("order-{round}-{number}"))
            })
            .collect();
        for (number, order) in orders.iter().enumerate() {
            let placed = place(&*pair.stores[0], order.clone(), &key(number)).await;
            assert!(matches!(placed, Placed::New(_)));
        }
        let paid = pair
            .race(3, |store, number| {
                let (order, transaction_id) =
                    (orders[number].clone(), format!("T{round}-{number}"));
                async move { pay(&*store, &order, &transaction_id, NOW).await }
            })
            .await;
        assert!(paid.iter().all(|one| matches!(one, Advanced::Applied(_))));
        let own = pair.stores[1].benefits_of(&orders[0].openid).await.unwrap();
        assert_eq!(
            own.vip_until,
            Some(NOW.plus_ms(3 * 31 * DAY_MS)),
            "round {round}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_of_two_servers_never_overlap_and_leave_nothing() {
    const ORDERS: usize = 60;
    let pair = Pair::open().await;
    let [first, second] = &pair.stores;
    let mut webhooks = Vec::new();
    for number in 0..ORDERS {
        let order = buyers_order(number);
        let _ = place(&**first, order.clone(), &key(number)).await;
        webhooks.push(NewWebhook {
            id: format!("msg-{number}"),
            order_id: order.id,
            payload: "{}".to_owned(),
        });
    }
    first.collect_webhooks(webhooks, 1, NOW).await.unwrap();
    let (at, until) = (NOW.plus_ms(600_000), NOW.plus_ms(900_000));

    let inquiries = async |store: &dyn Store| {
        store
            .claim_inquiries(at, until, 7)
            .await
            .unwrap()
            .into_iter()
            .map(|id| id.to_string())
            .collect()
    };
    assert_all_once(claim_all(&**first, &**second, inquiries).await, ORDERS);
    let messages = async |store: &dyn Store| {
        store
            .claim_webhooks(at, until, 7)
            .await
            .unwrap()
            .into_iter()
            .map(|one| one.id)
            .collect()
    };
    assert_all_once(claim_all(&**first, &**second, messages).await, ORDERS);

    for number in 0..ORDERS {
        let order = buyers_order(number);
        let _ = pay(&**second, &order, &format!("T{number}"), NOW).await;
        let asked = AskedRefund {
            out_refund_no: format!("RF{number}"),
            amount: order.amount_total,
        };
        let _ = second
            .advance(&order.id, OrderEvent::RefundAsked(asked), NOW)
            .await
            .unwrap();
    }
    let refunds = async |store: &dyn Store| {
        let claimed = store.claim_refunds(at, until, 7).await.unwrap();
        claimed
            .into_iter()
            .map(|one| one.owed.out_refund_no)
            .collect()
    };
    assert_all_once(claim_all(&**first, &**second, refunds).await, ORDERS);
}

/// Claims on both stores, four at a time each, until nothing is left.
async fn claim_all(
    first: &dyn Store,
    second: &dyn Store,
    claim: impl AsyncFn(&dyn Store) -> Vec<String>,
) -> Vec<String> {
    let until_empty = async |store| {
        let mut claimed = Vec::new();
        loop {
            let some = claim(store).await;
            if some.is_empty() {
                return claimed;
            }
            claimed.extend(some);
        }
    };
    let claimers = [first, second, first, second, first, second, first, second].map(until_empty);
    futures_util::future::join_all(claimers).await.concat()
}

fn assert_all_once(claimed: Vec<String>, expected: usize) {
    let count = claimed.len();
    let distinct: BTreeSet<String> = claimed.into_iter().collect();
    assert_eq!((count, distinct.len()), (expected, expected));
}

#[tokio::test]
async fn a_commit_of_one_server_wakes_the_other() {
    let pair = Pair::open().await;
    let [writer, reader] = &pair.stores;
    let mut commits = reader.commits();
    let rung = async |commits: &mut tokio::sync::watch::Receiver<u64>| {
        tokio::time::timeout(DEADLINE, commits.changed())
            .await
            .unwrap()
            .unwrap();
    };
    // It rings once when it begins to listen.
    rung(&mut commits).await;
    for number in 0..3 {
        let before = reader.last_position().await.unwrap();
        let _ = place(&**writer, buyers_order(number), &key(number)).await;
        rung(&mut commits).await;
        let news = reader.changes_after(before, 10).await.unwrap();
        assert_eq!(news.len(), 1);
    }
}

/// Two transactions take their positions in one order and commit in the other.
#[tokio::test]
async fn a_position_that_is_under_way_holds_back_those_above_it() {
    let pair = Pair::open().await;
    let store = &pair.stores[0];
    let (early, late) = (pair.database.session().await, pair.database.session().await);
    let write = |order_id: &str| {
        format!(
            "BEGIN; INSERT INTO journal (order_id, seq, at, event) \
             VALUES ('{order_id}', 1, 0, '{{\"event\": \"placed\"}}')"
        )
    };
    early.batch_execute(&write("order-0001")).await.unwrap();
    late.batch_execute(&write("order-0002")).await.unwrap();
    late.batch_execute("COMMIT").await.unwrap();
    assert_eq!(store.changes_after(0, 10).await.unwrap(), []);
    assert_eq!(store.entries_after(0, 10).await.unwrap(), []);
    assert_eq!(
        store.last_position().await.unwrap(),
        0,
        "whoever begins here must see both"
    );

    early.batch_execute("COMMIT").await.unwrap();
    let ids = async |after| {
        let changes = store.changes_after(after, 10).await.unwrap();
        changes
            .into_iter()
            .map(|(_, id)| id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(0).await, ["order-0001", "order-0002"]);

    // One that is undone holds nobody back for longer than it lasts.
    let last = store.last_position().await.unwrap();
    early.batch_execute(&write("order-0003")).await.unwrap();
    late.batch_execute(&write("order-0004")).await.unwrap();
    late.batch_execute("COMMIT").await.unwrap();
    assert!(ids(last).await.is_empty());
    early.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(ids(last).await, ["order-0004"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_follows_while_servers_write_skips_nothing() {
    const ORDERS: usize = 300;
    let pair = Arc::new(Pair::open().await);
    let reader = Arc::clone(&pair.stores[1]);
    let following = tokio::spawn(async move {
        let (mut position, mut seen) = (0, Vec::new());
        while seen.len() < ORDERS {
            for (at, id) in reader.changes_after(position, 50).await.unwrap() {
                assert!(at > position);
                position = at;
                seen.push(id.to_string());
            }
        }
        seen
    });
    let placed = pair
        .race(ORDERS, |store, number| async move {
            place(&*store, buyers_order(number), &key(number)).await
        })
        .await;
    assert!(placed.iter().all(|one| matches!(one, Placed::New(_))));
    let seen = tokio::time::timeout(Duration::from_secs(60), following).await;
    assert_all_once(seen.expect("an entry was skipped").unwrap(), ORDERS);
}
