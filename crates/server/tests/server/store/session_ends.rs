//! Sessions that an operator ended.

use super::{Home, on_every_store};
use crate::sample::{NOW, buyer};

on_every_store!(the_latest_end_of_a_buyers_sessions_is_kept);

async fn the_latest_end_of_a_buyers_sessions_is_kept(home: &Home) {
    let store = home.open().await;
    let (alice, bob) = (buyer("alice"), buyer("bob"));
    for (openid, at) in [(&alice, 5), (&bob, 2), (&alice, 3)] {
        store.end_sessions(openid, NOW.plus_ms(at)).await.unwrap();
    }
    let after = async |at: i64, limit| {
        let ends = store.session_ends_after(NOW.plus_ms(at), limit).await;
        ends.unwrap()
    };
    let both = [(alice, NOW.plus_ms(5)), (bob, NOW.plus_ms(2))];
    assert_eq!(after(0, 9).await, both);
    assert_eq!(after(0, 1).await, both[..1]);
    assert_eq!(after(2, 9).await, both[..1]);
    assert_eq!(after(5, 9).await, []);
}
