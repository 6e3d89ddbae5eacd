//! Placing: one order for one wish, bounded, and the stock.

use wechat_checkout_server::order::{Order, OrderEvent};
use wechat_checkout_server::store::Placed;

use super::{Home, on_every_store, pay, place};
use crate::sample::{NOW, buyer, order};

on_every_store![
    the_same_key_finds_the_same_order_and_another_wish_is_a_conflict,
    asking_for_the_same_thing_again_returns_the_open_order_until_it_is_paid,
    a_buyers_open_orders_are_bounded,
    a_key_ends_with_its_orders_life,
];

async fn the_same_key_finds_the_same_order_and_another_wish_is_a_conflict(home: &Home) {
    let store = home.open().await;
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

async fn asking_for_the_same_thing_again_returns_the_open_order_until_it_is_paid(home: &Home) {
    let store = home.open().await;
    let first = order("order-0001");
    let _ = place(&*store, first.clone(), "key-0000000000001").await;
    let again = place(&*store, order("order-0002"), "key-0000000000002").await;
    assert!(matches!(again, Placed::Existing(record) if record.order.id == first.id));
    let _ = pay(&*store, &first, "T1", NOW).await;
    let next = place(&*store, order("order-0003"), "key-0000000000003").await;
    assert!(matches!(next, Placed::New(_)));
}

async fn a_key_ends_with_its_orders_life(home: &Home) {
    let store = home.open().await;
    for (id, buyer_name) in [("order-0001", "buyer-1"), ("order-0002", "buyer-2")] {
        let order = Order {
            openid: buyer(buyer_name),
            ..order(id)
        };
        let _ = place(&*store, order, "key-0000000000001").await;
    }
    let later = NOW.plus_ms(1);
    assert_eq!(store.forget_keys(later, 10).await, Ok(0), "both are open");
    let closed = OrderEvent::ClosedAtWechat(None);
    let id = order("order-0001").id;
    let _ = store.advance(&id, closed, NOW).await.unwrap();
    assert_eq!(store.forget_keys(NOW, 10).await, Ok(0), "it is too young");
    assert_eq!(
        store.forget_keys(later, 0).await,
        Ok(0),
        "so many at a time"
    );
    assert_eq!(store.forget_keys(later, 10).await, Ok(1));
    assert!(store.order(&id).await.unwrap().is_some(), "the books stay");
    // The key means nothing any more, and another buyer's of the same name still does.
    let other = Order {
        quantity: 2,
        ..order("order-0003")
    };
    let placed = place(&*store, other, "key-0000000000001").await;
    assert!(matches!(placed, Placed::New(_)), "{placed:?}");
    let same = Order {
        openid: buyer("buyer-2"),
        ..order("order-0004")
    };
    let placed = place(&*store, same, "key-0000000000001").await;
    assert!(matches!(placed, Placed::Existing(_)), "{placed:?}");
}

async fn a_buyers_open_orders_are_bounded(home: &Home) {
    let store = home.open().await;
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
