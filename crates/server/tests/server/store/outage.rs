//! A database that stops, hangs or is locked: every call ends in bounded time, and work goes on
//! afterwards without a restart.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use wechat_checkout_protocol::OrderStatus;
use wechat_checkout_server::order::{Order, OrderEvent};
use wechat_checkout_server::store::postgres::{PostgresAddress, PostgresStore};
use wechat_checkout_server::store::{Advanced, Store, StoreError};

use super::{open_postgres, pay, place};
use crate::cluster::{Cluster, Database};
use crate::sample::{NOW, buyer, order, payment, wish};
use crate::shop::DEADLINE;

/// WeChat waits this long for an acknowledgement.
const PATIENCE: Duration = Duration::from_secs(5);

/// Calls every kind of method at once; all must fail, none may take longer than WeChat waits.
async fn assert_unavailable(store: &dyn Store) {
    let started = Instant::now();
    let order = order("order-0001");
    let paid = || store.advance(&order.id, OrderEvent::Paid(payment(&order, "T1")), NOW);
    let (read, changes, placed, paid) = tokio::join!(
        store.order(&order.id),
        store.changes_after(0, 10),
        store.place(wish(order.clone(), "key-0000000000009")),
        futures_util::future::join_all((0..48).map(|_| paid())),
    );
    assert_eq!(read, Err(StoreError::Unavailable));
    assert_eq!(changes, Err(StoreError::Unavailable));
    assert_eq!(placed, Err(StoreError::Unavailable));
    assert!(paid.iter().all(|one| *one == Err(StoreError::Unavailable)));
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    // Work failed, so that a commit of a moment ago proves nothing any more.
    let started = Instant::now();
    let proof = store.prove_commit().await;
    assert_eq!(proof, Err(StoreError::Unavailable));
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

/// Pays as soon as the store works again, as WeChat would: by asking again.
async fn pay_until_it_works(store: &dyn Store) {
    let order = order("order-0001");
    let paying = async {
        loop {
            let event = OrderEvent::Paid(payment(&order, "T1"));
            match store.advance(&order.id, event, NOW).await {
                Ok(Advanced::Applied(_) | Advanced::AlreadyApplied(_)) => return,
                Ok(other) => panic!("{other:?}"),
                Err(StoreError::Unavailable | StoreError::Overloaded) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    };
    tokio::time::timeout(DEADLINE, paying)
        .await
        .expect("it never worked again");
    let record = store.order(&order.id).await.unwrap().unwrap();
    assert_eq!(
        (record.order.status, record.benefits.len()),
        (OrderStatus::Confirmed, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stops_and_starts_again() {
    let cluster = Cluster::start();
    let database = Database::create_on(&cluster).await;
    let (store, other) = (
        open_postgres(&database).await,
        open_postgres(&database).await,
    );
    let mut commits = other.commits();
    rung(&mut commits).await;
    let _ = place(&store, order("order-0001"), "key-0000000000001").await;
    cluster.stop();
    assert_unavailable(&store).await;
    cluster.start_again();
    pay_until_it_works(&store).await;

    // Both listen again, and wake each other.
    rung(&mut commits).await;
    let second = Order {
        openid: buyer("buyer-2"),
        ..order("order-0002")
    };
    let _ = place(&store, second, "key-0000000000002").await;
    rung(&mut commits).await;
    assert_eq!(other.changes_after(0, 10).await.unwrap().len(), 3);
}

async fn rung(commits: &mut watch::Receiver<u64>) {
    tokio::time::timeout(DEADLINE, commits.changed())
        .await
        .expect("nobody was woken")
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs() {
    let database = Database::create().await;
    let way = Way::to(database.url().port().unwrap()).await;
    let mut url = database.url();
    url.set_port(Some(way.port)).unwrap();
    let store = PostgresStore::open(&PostgresAddress::parse(url.as_str()).unwrap())
        .await
        .unwrap();
    let _ = place(&store, order("order-0001"), "key-0000000000001").await;
    way.is_open.send_replace(false);
    assert_unavailable(&store).await;
    way.is_open.send_replace(true);
    pay_until_it_works(&store).await;
}

#[tokio::test]
async fn an_order_that_somebody_keeps_locked() {
    let database = Database::create().await;
    let store = open_postgres(&database).await;
    let order = order("order-0001");
    let _ = place(&store, order.clone(), "key-0000000000001").await;
    let session = database.session().await;
    session
        .batch_execute("BEGIN; SELECT 1 FROM orders FOR UPDATE")
        .await
        .unwrap();
    let started = Instant::now();
    let event = OrderEvent::Paid(payment(&order, "T1"));
    assert_eq!(
        store.advance(&order.id, event, NOW).await,
        Err(StoreError::Unavailable)
    );
    assert!(started.elapsed() < PATIENCE);
    // Whoever claims work goes past it.
    let at = NOW.plus_ms(600_000);
    assert_eq!(store.claim_inquiries(at, at, 10).await, Ok(vec![]));
    session.batch_execute("ROLLBACK").await.unwrap();
    assert!(matches!(
        pay(&store, &order, "T1", NOW).await,
        Advanced::Applied(_)
    ));
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_nothing_behind() {
    let database = Database::create().await;
    let store = Arc::new(open_postgres(&database).await);
    let order = order("order-0001");
    let _ = place(&*store, order.clone(), "key-0000000000001").await;
    let session = database.session().await;
    session
        .batch_execute("BEGIN; SELECT 1 FROM orders FOR UPDATE")
        .await
        .unwrap();
    // More callers than connections, each gone while it waits for the row.
    for _ in 0..40 {
        let event = OrderEvent::Paid(payment(&order, "T1"));
        let calling = store.advance(&order.id, event, NOW);
        assert!(
            tokio::time::timeout(Duration::from_millis(20), calling)
                .await
                .is_err()
        );
    }
    session.batch_execute("ROLLBACK").await.unwrap();
    pay_until_it_works(&*store).await;
}

/// A way to the database that can be blocked without anybody noticing: nothing is refused and
/// nothing is closed, it only does not arrive.
struct Way {
    port: u16,
    is_open: watch::Sender<bool>,
}

impl Way {
    async fn to(port: u16) -> Way {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let way = Way {
            port: listener.local_addr().unwrap().port(),
            is_open: watch::Sender::new(true),
        };
        let is_open = way.is_open.subscribe();
        drop(tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let (near_in, near_out) = near.into_split();
                let (far_in, far_out) = far.into_split();
                drop(tokio::spawn(carry(near_in, far_out, is_open.clone())));
                drop(tokio::spawn(carry(far_in, near_out, is_open.clone())));
            }
        }));
        way
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut is_open: watch::Receiver<bool>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let is_carried = is_open.wait_for(|is_open| *is_open).await.is_ok()
            && to.write_all(&buffer[..count]).await.is_ok();
        if !is_carried {
            return;
        }
    }
}
