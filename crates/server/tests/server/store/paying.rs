//! Paying: one delivery for one payment, whatever comes twice, late or together.

use std::sync::Arc;

use wechat_checkout_protocol::{Benefit, Fen, OrderStatus, UnixMillis};
use wechat_checkout_server::order::{
    AskedRefund, Order, OrderEvent, RefundEnding, RefundOf, Refusal, SettledRefund,
};
use wechat_checkout_server::store::{Advanced, Placed, Store, replay};

use super::{Home, on_every_store, pay, place, stocked};
use crate::sample::{NOW, buyer, order, payment, voucher_order};

on_every_store![
    sixty_four_confirmations_at_once_deliver_once,
    membership_extends_from_its_end_and_a_lapsed_one_from_now,
    days_taken_back_move_the_orders_after_them_forward,
    what_is_read_of_an_order_is_of_one_moment,
    the_last_voucher_is_sold_once_and_returns_on_close,
    a_late_payment_takes_goods_that_are_still_there,
    one_payment_confirms_one_order,
    a_payment_that_does_not_fit_is_noted_once_and_hinders_no_other_order,
    a_paid_order_refuses_to_close,
];

async fn sixty_four_confirmations_at_once_deliver_once(home: &Home) {
    let store = home.open().await;
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

async fn membership_extends_from_its_end_and_a_lapsed_one_from_now(home: &Home) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let store = home.open().await;
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

async fn days_taken_back_move_the_orders_after_them_forward(home: &Home) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let store = home.open().await;
    let orders = [1, 2, 3].map(|number| order(&format!("order-000{number}")));
    for (number, order) in orders.iter().enumerate() {
        let _ = place(&*store, order.clone(), &format!("key-000000000000{number}")).await;
        let _ = pay(&*store, order, &format!("T{number}"), NOW).await;
    }
    let ends = async || {
        let mut ends = Vec::new();
        for order in &orders {
            let record = store.order(&order.id).await.unwrap().unwrap();
            let [Benefit::Vip { until }] = record.benefits[..] else {
                panic!("VIP")
            };
            ends.push(until.since_ms(NOW) / DAY_MS);
        }
        let own = store.benefits_of(&orders[0].openid).await.unwrap();
        assert_eq!(
            ends.last(),
            own.vip_until.map(|end| end.since_ms(NOW) / DAY_MS).as_ref()
        );
        ends
    };
    assert_eq!(ends().await, [31, 62, 93]);
    refund_all(&*store, &orders[0], NOW.plus_ms(10 * DAY_MS)).await;
    assert_eq!(ends().await, [10, 41, 72], "ten days were used");
    refund_all(&*store, &orders[1], NOW.plus_ms(20 * DAY_MS)).await;
    assert_eq!(ends().await, [10, 20, 51], "and ten of the second order's");
}

async fn refund_all(store: &dyn Store, order: &Order, at: UnixMillis) {
    let (out_refund_no, amount) = (format!("R-{}", order.id), order.amount_total);
    let asked = AskedRefund {
        out_refund_no: out_refund_no.clone(),
        amount,
    };
    let settled = SettledRefund {
        out_refund_no,
        amount,
        of: RefundOf::OrdersPayment,
        ending: RefundEnding::Succeeded,
        refund_id: None,
    };
    for event in [
        OrderEvent::RefundAsked(asked),
        OrderEvent::RefundSettled(settled),
    ] {
        let advanced = store.advance(&order.id, event, at).await.unwrap();
        assert!(matches!(advanced, Advanced::Applied(_)), "{advanced:?}");
    }
}

/// Membership days are gone exactly when their order is refunded: a reader never sees the one
/// without the other.
async fn what_is_read_of_an_order_is_of_one_moment(home: &Home) {
    let store = home.open().await;
    for number in 0..30 {
        let order = order(&format!("order-{number:04}"));
        let _ = place(&*store, order.clone(), &format!("key-{number:013}")).await;
        let _ = pay(&*store, &order, &format!("T{number}"), NOW).await;
        let refunding = {
            let (store, order) = (Arc::clone(&store), order.clone());
            tokio::spawn(async move { refund_all(&*store, &order, NOW).await })
        };
        loop {
            let is_last = refunding.is_finished();
            let record = store.order(&order.id).await.unwrap().unwrap();
            let is_refunded = record.order.status == OrderStatus::Refunded;
            let is_gone = record.benefits == [Benefit::Vip { until: NOW }];
            assert_eq!(is_refunded, is_gone, "{record:?}");
            if is_last {
                break;
            }
        }
        refunding.await.unwrap();
    }
}

async fn the_last_voucher_is_sold_once_and_returns_on_close(home: &Home) {
    let store = stocked(home, &["CF-1", "CF-2"]).await;
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
        .advance(&first.id, OrderEvent::ClosedAtWechat(None), NOW)
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

async fn a_late_payment_takes_goods_that_are_still_there(home: &Home) {
    let store = stocked(home, &["CF-1"]).await;
    let order = voucher_order("order-0001", 1);
    let _ = place(&*store, order.clone(), "key-0000000000001").await;
    let _ = store
        .advance(&order.id, OrderEvent::ClosedAtWechat(None), NOW)
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

async fn one_payment_confirms_one_order(home: &Home) {
    let store = home.open().await;
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

async fn a_payment_that_does_not_fit_is_noted_once_and_hinders_no_other_order(home: &Home) {
    let store = home.open().await;
    let odd = order("order-0001");
    let _ = place(&*store, odd.clone(), "key-0000000000001").await;
    for (transaction_id, fen, is_first) in [
        ("T1", 1, true),
        ("T1", 1, false),
        ("T1", 3, true),
        ("T2", 1, true),
        ("T1", 1, false),
        ("T2", 1, false),
    ] {
        let mut evidence = payment(&odd, transaction_id);
        evidence.total_fee = Fen::new(fen).unwrap();
        let event = OrderEvent::Paid(evidence);
        let advanced = store.advance(&odd.id, event, NOW).await.unwrap();
        let expected = if is_first {
            Advanced::Flagged(Refusal::WrongAmount)
        } else {
            Advanced::Refused(Refusal::WrongAmount)
        };
        assert_eq!(advanced, expected, "{transaction_id} {fen}");
    }
    let journal = store.journal_of(&odd.id).await.unwrap();
    assert_eq!(
        journal.len(),
        4,
        "placed, T1 of two kinds and T2: {journal:?}"
    );
    let row = store.order(&odd.id).await.unwrap().unwrap().order;
    assert_eq!(replay(&row, &journal).unwrap().last(), Some(&row));
    let misfit = row.misfit.unwrap();
    assert_eq!(
        (misfit.transaction_id.as_str(), misfit.is_open),
        ("T2", true)
    );

    let again = place(&*store, order("order-0002"), "key-0000000000002").await;
    assert!(
        matches!(again, Placed::New(_)),
        "the odd one cannot be paid"
    );
}

async fn a_paid_order_refuses_to_close(home: &Home) {
    let store = home.open().await;
    let order = order("order-0001");
    let _ = place(&*store, order.clone(), "key-0000000000001").await;
    let _ = pay(&*store, &order, "T1", NOW).await;
    let closed = store
        .advance(&order.id, OrderEvent::ClosedAtWechat(None), NOW)
        .await
        .unwrap();
    assert_eq!(closed, Advanced::Refused(Refusal::AlreadyPaid));
}
