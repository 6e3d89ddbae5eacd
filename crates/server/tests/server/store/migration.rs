//! Migrations: from nothing, by many servers at once, and from the previous version.

use std::path::Path;

use rusqlite::Connection;
use wechat_checkout_protocol::{Attention, Benefit, OrderStatus, UnixMillis};
use wechat_checkout_server::order::{Misfit, OrderEvent, RefundEnding, RefundOf, SettledRefund};
use wechat_checkout_server::store::postgres::{OpenError, PostgresAddress, PostgresStore};
use wechat_checkout_server::store::{RefundStatus, Store, replay};

use super::{Home, open_postgres, pay, place};
use crate::cluster::Database;
use crate::sample::{NOW, buyer, order};

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_start_at_once_on_an_empty_database_migrate_it_once() {
    let database = Database::create().await;
    let opening = (0..6).map(|_| open_postgres(&database));
    let stores = futures_util::future::join_all(opening).await;
    let _ = place(&stores[0], order("order-0001"), "key-0000000000001").await;
    for store in &stores {
        let paid = pay(store, &order("order-0001"), "T1", NOW).await;
        assert!(!matches!(
            paid,
            wechat_checkout_server::store::Advanced::Unknown
        ));
    }
    let version = database
        .session()
        .await
        .query("SELECT version FROM schema_version", &[])
        .await;
    assert_eq!(version.unwrap().len(), 1);
}

const POSTGRES_SCHEMA_V1: &str = include_str!("../../../src/store/postgres/schema_v1.sql");
const POSTGRES_SCHEMA_V2: &str = include_str!("../../../src/store/postgres/schema_v2.sql");

/// Written as version 1 wrote it.
const POSTGRES_VERSION_1_ROWS: &str = "
    INSERT INTO orders VALUES
        ('order-paid', 'buyer-1', 'vip-day', 'VIP', 1, 100, 1, '203.0.113.7', 1000, 901000,
         'confirmed', 2, NULL, NULL, 'T1', 2000, 0, 0, 0, 2000, NULL, 0, 1000, NULL),
        ('order-open', 'buyer-1', 'vip-day', 'VIP', 1, 100, 1, '203.0.113.7', 1000, 901000,
         'unprocessed', 1, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, 0, 1000, 6000),
        ('order-odd1', 'buyer-1', 'vip-day', 'VIP', 1, 100, 1, '203.0.113.7', 1000, 901000,
         'unprocessed', 2, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, 'under_review', 0, 1000, 6000);
    INSERT INTO journal (order_id, seq, at, event) VALUES
        ('order-paid', 1, 1000, '{\"event\":\"placed\"}'),
        ('order-open', 1, 1000, '{\"event\":\"placed\"}'),
        ('order-odd1', 2, 1500, '{\"event\":\"paid\",\"transaction_id\":\"T6\",
          \"openid\":\"buyer-1\",\"total_fee\":1,\"fee_type\":\"CNY\"}');
    INSERT INTO vip_ledger (order_id, kind, openid, days, at, until_at) VALUES
        ('order-paid', 'grant', 'buyer-1', 1, 2000, 86402000);
    CREATE TABLE schema_version (version BIGINT NOT NULL);
    INSERT INTO schema_version VALUES (1);
";

#[tokio::test]
async fn version_1_of_postgresql_becomes_the_newest_with_everything_in_it() {
    let database = Database::create().await;
    let session = database.session().await;
    for sql in [POSTGRES_SCHEMA_V1, POSTGRES_VERSION_1_ROWS] {
        session.batch_execute(sql).await.unwrap();
    }
    let store = open_postgres(&database).await;
    let read = async |id| store.order(&order(id).id).await.unwrap().unwrap();
    let paid = read("order-paid").await;
    assert_eq!(paid.order.misfit, None);
    assert_eq!(
        read("order-odd1").await.order.misfit,
        Some(open_misfit("T6"))
    );
    assert!(matches!(paid.benefits[..], [Benefit::Vip { until }] if until.0 == 86_402_000));

    // The old order goes on, and its entry takes the next position.
    let at = UnixMillis(5_000);
    let _ = pay(&store, &read("order-open").await.order, "T9", at).await;
    assert!(matches!(
        read("order-open").await.benefits[..],
        [Benefit::Vip { until }] if until.0 == 86_402_000 + 86_400_000
    ));
    let changes = store.changes_after(0, 10).await.unwrap();
    let positions: Vec<i64> = changes.iter().map(|(position, _)| *position).collect();
    assert_eq!(positions, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let database = Database::create().await;
    drop(open_postgres(&database).await);
    let session = database.session().await;
    session
        .batch_execute("UPDATE schema_version SET version = 99")
        .await
        .unwrap();
    let address = PostgresAddress::parse(database.url().as_str()).unwrap();
    let refused = PostgresStore::open(&address).await;
    assert!(matches!(
        refused,
        Err(OpenError::FromTheFuture { found: 99, .. })
    ));
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_at_once() {
    let database = Database::create().await;
    let mut url = database.url();
    url.set_path("no_such_database");
    let address = PostgresAddress::parse(url.as_str()).unwrap();
    assert!(matches!(
        PostgresStore::open(&address).await,
        Err(OpenError::Database(_))
    ));
}

/// What an old order is under review for.
fn open_misfit(transaction_id: &str) -> Misfit {
    Misfit {
        transaction_id: transaction_id.to_owned(),
        is_open: true,
    }
}

const SCHEMA_V1: &str = include_str!("../../../src/store/sqlite/schema_v1.sql");
const SCHEMA_V2: &str = include_str!("../../../src/store/sqlite/schema_v2.sql");
const SCHEMA_V3: &str = include_str!("../../../src/store/sqlite/schema_v3.sql");

/// A database as an older program left it.
fn write_old(folder: &Path, batches: &[&str]) {
    let old = Connection::open(folder.join("test.db")).unwrap();
    for sql in batches {
        old.execute_batch(sql).unwrap();
    }
}

/// Written as version 1 wrote it.
const VERSION_1_ROWS: &str = "
    INSERT INTO orders VALUES
        ('order-open', 'buyer-1', 'vip-month', 'VIP', 1, 1990, 31, '203.0.113.7', 1000, 901000,
         'unprocessed', 1, NULL, NULL, NULL, NULL, NULL, 0, 1000, 6000),
        ('order-paid', 'buyer-1', 'vip-month', 'VIP', 1, 1990, 31, '203.0.113.7', 1000, 901000,
         'confirmed', 3, 'wx1', 1500, 'T1', 2000, NULL, 0, 1000, NULL),
        ('order-more', 'buyer-1', 'vip-month', 'VIP', 1, 1990, 31, '203.0.113.7', 1000, 901000,
         'confirmed', 3, 'wx2', 1500, 'T2', 3000, NULL, 0, 1000, NULL),
        ('order-late', 'buyer-2', 'coffee-voucher', 'Coffee', 1, 1500, NULL, '203.0.113.7', 1000,
         901000, 'refunding', 4, 'wx3', 1500, 'T3', 4000, 'late_payment_refunded', 0, 1000, NULL),
        ('order-code', 'buyer-2', 'coffee-voucher', 'Coffee', 1, 1500, NULL, '203.0.113.7', 1000,
         901000, 'confirmed', 3, 'wx4', 1500, 'T4', 2000, NULL, 0, 1000, NULL);
    INSERT INTO idempotency_keys VALUES ('buyer-1', 'key-0000000000001', 'order-open', 'vip-month', 1);
    INSERT INTO journal (order_id, seq, at, event) VALUES ('order-open', 1, 1000, '{\"event\":\"placed\"}');
    INSERT INTO vip_ledger VALUES
        ('order-paid', 'buyer-1', 31, 2000, 2678402000),
        ('order-more', 'buyer-1', 31, 2678402000, 5356802000);
    INSERT INTO vouchers VALUES
        ('CF-1', 'coffee-voucher', 'order-code', 2000), ('CF-2', 'coffee-voucher', NULL, NULL);
    INSERT INTO refunds VALUES
        ('RT3', 'order-late', 'T3', 1500, 4000), ('RT1B', 'order-paid', 'T1B', 1990, 5000);
    PRAGMA user_version = 1;
";

#[tokio::test]
async fn version_1_of_sqlite_becomes_the_newest_with_everything_in_it() {
    let home = Home::sqlite();
    let folder = home.folder();
    write_old(folder, &[SCHEMA_V1, VERSION_1_ROWS]);
    let store = home.open().await;

    let read = async |id| store.order(&order(id).id).await.unwrap().unwrap();
    let paid = read("order-paid").await;
    assert_eq!(paid.order.status, OrderStatus::Confirmed);
    assert_eq!(
        (paid.order.amount_refunding.get(), paid.order.refunds),
        (0, 0)
    );
    assert!(matches!(paid.benefits[..], [Benefit::Vip { until }] if until.0 == 2_678_402_000));
    let own = store.benefits_of(&buyer("buyer-1")).await.unwrap();
    assert_eq!(
        own.vip_until.map(|until| until.0),
        Some(5_356_802_000),
        "the later of the two"
    );
    let vouchers = store.benefits_of(&buyer("buyer-2")).await.unwrap().vouchers;
    assert_eq!(vouchers.len(), 1);
    assert_eq!(store.stock_left().await.unwrap().values().sum::<u32>(), 1);

    let late = read("order-late").await.order;
    assert_eq!(late.attention, Some(Attention::LatePaymentRefunded));
    assert_eq!((late.amount_refunding.get(), late.refunds), (1500, 1));
    let of_order = store.refund("RT3").await.unwrap().unwrap();
    assert_eq!(
        (of_order.owed.of, of_order.status),
        (RefundOf::OrdersPayment, RefundStatus::Due)
    );
    let of_second = store.refund("RT1B").await.unwrap().unwrap();
    assert_eq!(of_second.owed.of, RefundOf::AnotherPayment);
    let due = store.claim_refunds(NOW, NOW.plus_ms(1), 10).await.unwrap();
    assert_eq!(due.len(), 2, "what version 1 owed is paid now");

    // The old order goes on: paid now, on top of what the ledger says.
    let _ = pay(&*store, &read("order-open").await.order, "T9", NOW).await;
    let own = store.benefits_of(&buyer("buyer-1")).await.unwrap();
    assert_eq!(own.vip_until, Some(NOW.plus_ms(31 * 24 * 60 * 60 * 1000)));
    let journal = store.journal_of(&order("order-open").id).await.unwrap();
    assert_eq!(
        journal.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        [1, 2]
    );
}

/// Three memberships of one buyer, of which the first was taken back, as version 2 wrote them.
const VERSION_2_ROWS: &str = "
    INSERT INTO orders (id, openid, product_id, title, quantity, amount_total, vip_days, client_ip,
                        created_at, expires_at, status, seq, transaction_id, confirmed_at,
                        delivered_at, inquiries, inquiry_from, inquiry_due_at,
                        amount_refunding, amount_refunded, refunds) VALUES
        ('order-gone', 'buyer-1', 'vip-day', 'VIP', 1, 100, 1, '203.0.113.7', 1000, 901000,
         'refunded', 4, 'T1', 2000, 2000, 0, 1000, NULL, 0, 100, 1),
        ('order-kept', 'buyer-1', 'vip-day', 'VIP', 1, 100, 1, '203.0.113.7', 1000, 901000,
         'confirmed', 2, 'T2', 3000, 3000, 0, 1000, NULL, 0, 0, 0),
        ('order-else', 'buyer-2', 'vip-day', 'VIP', 1, 100, 1, '203.0.113.7', 1000, 901000,
         'confirmed', 2, 'T3', 3500, 3500, 0, 1000, NULL, 0, 0, 0),
        ('order-open', 'buyer-1', 'vip-day', 'VIP', 1, 100, 1, '203.0.113.7', 1000, 901000,
         'unprocessed', 1, NULL, NULL, NULL, 0, 1000, 6000, 0, 0, 0);
    UPDATE orders SET attention = 'under_review' WHERE id IN ('order-kept', 'order-else');
    INSERT INTO journal (order_id, seq, at, event) VALUES
        ('order-kept', 2, 3000, '{\"event\":\"paid\",\"transaction_id\":\"T2\",
          \"openid\":\"buyer-1\",\"total_fee\":100,\"fee_type\":\"CNY\"}'),
        ('order-kept', 3, 3500, '{\"event\":\"refund_stuck\"}'),
        ('order-else', 2, 3500, '{\"event\":\"paid\",\"transaction_id\":\"T3\",
          \"openid\":\"buyer-2\",\"total_fee\":100,\"fee_type\":\"CNY\"}'),
        ('order-else', 3, 3600, '{\"event\":\"paid\",\"transaction_id\":\"T7\",
          \"openid\":\"buyer-1\",\"total_fee\":100,\"fee_type\":\"CNY\"}');
    INSERT INTO vip_ledger (order_id, kind, openid, days, at, until_at) VALUES
        ('order-gone', 'grant', 'buyer-1', 1, 2000, 86402000),
        ('order-kept', 'grant', 'buyer-1', 1, 3000, 172802000),
        ('order-else', 'grant', 'buyer-2', 1, 3500, 86403500),
        ('order-gone', 'reversal', 'buyer-1', 1, 4000, 86404000);
    PRAGMA user_version = 2;
";

#[tokio::test]
async fn version_2_of_sqlite_keeps_its_ledger_and_goes_on_from_its_end() {
    let home = Home::sqlite();
    let folder = home.folder();
    write_old(folder, &[SCHEMA_V1, SCHEMA_V2, VERSION_2_ROWS]);
    let store = home.open().await;

    let read = async |id| store.order(&order(id).id).await.unwrap().unwrap();
    let until = async |id| match read(id).await.benefits[..] {
        [Benefit::Vip { until }] => until.0,
        ref other => panic!("{other:?}"),
    };
    assert_eq!(until("order-gone").await, 4_000, "used up until then");
    assert_eq!(until("order-kept").await, 86_404_000, "moved forward");
    assert_eq!(until("order-else").await, 86_403_500, "another buyer's");
    assert_eq!(
        read("order-kept").await.order.misfit,
        None,
        "a refund was stuck"
    );
    assert_eq!(
        read("order-else").await.order.misfit,
        Some(open_misfit("T7"))
    );

    // A day later than the end that the reversal left, not than the one it took back.
    let at = UnixMillis(5_000);
    let _ = pay(&*store, &read("order-open").await.order, "T9", at).await;
    assert_eq!(until("order-open").await, 86_404_000 + 86_400_000);
    let own = store.benefits_of(&buyer("buyer-1")).await.unwrap();
    assert_eq!(own.vip_until.map(|until| until.0), Some(172_804_000));
}

/// An order of which a part is on its way back and a part is back, as version 3 wrote it.
const VERSION_3_ROWS: &str = "
    INSERT INTO orders (id, openid, product_id, title, quantity, amount_total, vip_days, client_ip,
                        created_at, expires_at, status, seq, transaction_id, confirmed_at,
                        delivered_at, inquiries, inquiry_from, inquiry_due_at,
                        amount_refunding, amount_refunded, refunds) VALUES
        ('order-part', 'buyer-1', 'vip-day', 'VIP', 1, 100, 1, '203.0.113.7', 1000, 901000,
         'refunding', 5, 'T1', 2000, 2000, 0, 1000, NULL, 30, 20, 2);
    INSERT INTO idempotency_keys VALUES ('buyer-1', 'key-0000000000001', 'order-part', 'vip-day', 1);
    INSERT INTO journal (order_id, seq, at, event) VALUES
        ('order-part', 1, 1000, '{\"event\":\"placed\"}'),
        ('order-part', 2, 2000, '{\"event\":\"paid\",\"transaction_id\":\"T1\",
          \"openid\":\"buyer-1\",\"total_fee\":100,\"fee_type\":\"CNY\"}'),
        ('order-part', 3, 3000, '{\"event\":\"refund_asked\",\"out_refund_no\":\"P1\",
          \"amount\":20}'),
        ('order-part', 4, 4000, '{\"event\":\"refund_settled\",\"out_refund_no\":\"P1\",
          \"amount\":20,\"of_orders_payment\":true,\"succeeded\":true}'),
        ('order-part', 5, 5000, '{\"event\":\"refund_asked\",\"out_refund_no\":\"P2\",
          \"amount\":30}');
    INSERT INTO refunds (out_refund_no, order_id, transaction_id, payment_total, amount,
                         of_orders_payment, status, attempts, due_at, asked_at) VALUES
        ('P1', 'order-part', 'T1', 100, 20, TRUE, 'succeeded', 2, NULL, 3000),
        ('P2', 'order-part', 'T1', 100, 30, TRUE, 'accepted', 1, 9000, 5000);
";

/// A part that goes back leaves the order confirmed, and its journal replays to the row.
async fn assert_part_is_told_truly(store: &dyn Store) {
    let id = order("order-part").id;
    let record = store.order(&id).await.unwrap().unwrap();
    assert_eq!(record.order.status, OrderStatus::Confirmed);
    let journal = store.journal_of(&id).await.unwrap();
    let stood = replay(&record.order, &journal).unwrap();
    let last = stood.last().unwrap();
    assert_eq!(last.status, record.order.status);
    assert_eq!(last.amount_refunding, record.order.amount_refunding);
    let ended: Vec<_> = record.refunds.iter().map(|one| one.ended_at).collect();
    assert_eq!(ended, [Some(UnixMillis(4_000)), None]);
    let settled = OrderEvent::RefundSettled(SettledRefund {
        out_refund_no: "P2".to_owned(),
        amount: record.order.amount_refunding,
        of: RefundOf::OrdersPayment,
        ending: RefundEnding::Succeeded,
        refund_id: Some("5000".to_owned()),
    });
    let _ = store.advance(&id, settled, NOW).await.unwrap();
    let record = store.order(&id).await.unwrap().unwrap();
    assert_eq!(record.order.amount_refunded.get(), 50);
    assert_eq!(record.refunds[1].ended_at, Some(NOW));
    assert_eq!(record.refunds[1].refund_id.as_deref(), Some("5000"));
}

#[tokio::test]
async fn version_3_of_sqlite_tells_a_part_refund_truly() {
    let home = Home::sqlite();
    let batches = [SCHEMA_V1, SCHEMA_V2, SCHEMA_V3, VERSION_3_ROWS];
    write_old(home.folder(), &batches);
    write_old(home.folder(), &["PRAGMA user_version = 3"]);
    assert_part_is_told_truly(&*home.open().await).await;
}

#[tokio::test]
async fn version_2_of_postgresql_tells_a_part_refund_truly() {
    let database = Database::create().await;
    let session = database.session().await;
    let version = "CREATE TABLE schema_version (version BIGINT NOT NULL);
                   INSERT INTO schema_version VALUES (2)";
    for sql in [
        POSTGRES_SCHEMA_V1,
        POSTGRES_SCHEMA_V2,
        VERSION_3_ROWS,
        version,
    ] {
        session.batch_execute(sql).await.unwrap();
    }
    assert_part_is_told_truly(&open_postgres(&database).await).await;
}
