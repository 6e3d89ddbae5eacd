//! Which orders are watched, and by whom. Rings watchers; they read the news themselves (level,
//! not edge).
//!
//! A socket stands in the anteroom until it has said whose it is, and gives way there to newcomers;
//! then it gets a seat, which nobody takes from it. So strangers never take a buyer's seat.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use wechat_checkout_protocol::{OpenId, OrderId};

use crate::places::{Place, Places};

/// One in so many of the server's sockets may stand in the anteroom.
const ANTEROOM_DIVISOR: usize = 4;

/// Open sockets of one order: a few tabs and a few that died unnoticed.
const SOCKETS_PER_ORDER_MAX: usize = 8;

/// Open sockets of one buyer, on all of his orders.
const SOCKETS_PER_BUYER_MAX: usize = 32;

/// Rings the watchers of orders. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hub {
    watched: Arc<Mutex<Watched>>,
    anteroom: Places,
    seats: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

/// Holds nobody who has no socket.
#[derive(Debug, Default)]
struct Watched {
    bells: HashMap<OrderId, watch::Sender<()>>,
    sockets_at: HashMap<OrderId, usize>,
    sockets_of: HashMap<OpenId, usize>,
}

impl Hub {
    /// Nobody watches yet; this many sockets may be open, more poll.
    #[must_use]
    pub fn new(sockets_max: usize) -> Hub {
        let anteroom = (sockets_max / ANTEROOM_DIVISOR).max(1);
        Hub {
            watched: Arc::default(),
            anteroom: Places::new(anteroom),
            seats: Arc::new(Semaphore::new(sockets_max.saturating_sub(anteroom).max(1))),
            stopping: watch::Sender::new(false),
        }
    }

    /// Takes a socket in before anybody knows whose it is. When too many stand there, the first
    /// of them has to leave.
    pub(crate) async fn anteroom(&self) -> Place {
        self.anteroom.enter().await
    }

    /// Seats a buyer's socket at his order's bell; `None` when the server, the order or the buyer
    /// has too many already.
    #[must_use]
    pub fn subscribe(&self, id: &OrderId, buyer: &OpenId) -> Option<Subscription> {
        let seat = Arc::clone(&self.seats).try_acquire_owned().ok()?;
        let mut watched = self.watched.lock().ok()?;
        let is_full = watched.sockets_at.get(id) >= Some(&SOCKETS_PER_ORDER_MAX)
            || watched.sockets_of.get(buyer) >= Some(&SOCKETS_PER_BUYER_MAX);
        if is_full {
            return None;
        }
        *watched.sockets_at.entry(id.clone()).or_default() += 1;
        *watched.sockets_of.entry(buyer.clone()).or_default() += 1;
        let bell = watched
            .bells
            .entry(id.clone())
            .or_insert_with(|| watch::Sender::new(()));
        Some(Subscription {
            rung: bell.subscribe(),
            stopping: self.stopping.subscribe(),
            hub: self.clone(),
            id: id.clone(),
            buyer: buyer.clone(),
            _seat: seat,
        })
    }

    /// Rings for one order, if anybody watches it.
    pub fn ring(&self, id: &OrderId) {
        if let Ok(watched) = self.watched.lock()
            && let Some(bell) = watched.bells.get(id)
        {
            bell.send_replace(());
        }
    }

    /// Rings for every watched order, after a gap in the news.
    pub fn ring_all(&self) {
        if let Ok(watched) = self.watched.lock() {
            for bell in watched.bells.values() {
                bell.send_replace(());
            }
        }
    }

    /// Whether nobody watches anything, so that nobody needs to read the journal.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.watched
            .lock()
            .is_ok_and(|watched| watched.bells.is_empty())
    }

    /// Sends every watcher away: the server stops.
    pub fn stop(&self) {
        let _ = self.stopping.send_replace(true);
    }
}

/// A watcher's place; given up when dropped.
#[derive(Debug)]
pub struct Subscription {
    rung: watch::Receiver<()>,
    stopping: watch::Receiver<bool>,
    hub: Hub,
    id: OrderId,
    buyer: OpenId,
    _seat: OwnedSemaphorePermit,
}

/// What a watcher hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The order may have changed.
    Change,
    /// The server stops.
    Stopping,
}

impl Subscription {
    /// Waits for the next bell.
    pub async fn heard(&mut self) -> Heard {
        tokio::select! {
            changed = self.rung.changed() => match changed {
                Ok(()) => Heard::Change,
                Err(_) => Heard::Stopping,
            },
            _ = self.stopping.wait_for(|stopping| *stopping) => Heard::Stopping,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Ok(mut watched) = self.hub.watched.lock() {
            let _ = count_down(&mut watched.sockets_of, &self.buyer);
            if count_down(&mut watched.sockets_at, &self.id) == 0 {
                let _ = watched.bells.remove(&self.id);
            }
        }
    }
}

/// One less; forgotten at none.
fn count_down<K: Clone + Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) -> usize {
    let Entry::Occupied(mut count) = counts.entry(key.clone()) else {
        return 0;
    };
    *count.get_mut() -= 1;
    match *count.get() {
        0 => count.remove(),
        left => left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub() -> Hub {
        Hub::new(400)
    }

    fn watch(hub: &Hub, order: &str) -> Option<Subscription> {
        watch_as(hub, order, "buyer-1")
    }

    fn watch_as(hub: &Hub, order: &str, buyer: &str) -> Option<Subscription> {
        let buyer = OpenId::parse(buyer).expect("a test openid");
        hub.subscribe(&id(order), &buyer)
    }

    fn id(text: &str) -> OrderId {
        OrderId::parse(text).expect("a test id")
    }

    #[tokio::test]
    async fn a_watcher_hears_a_bell_rung_before_it_listened() {
        let hub = hub();
        let mut watcher = watch(&hub, "order-1").expect("a seat");
        hub.ring(&id("order-2"));
        hub.ring(&id("order-1"));
        assert_eq!(watcher.heard().await, Heard::Change);
        hub.stop();
        assert_eq!(watcher.heard().await, Heard::Stopping);
    }

    #[test]
    fn the_last_watcher_takes_the_bell_with_him() {
        let hub = hub();
        let first = watch(&hub, "order-1");
        let second = watch(&hub, "order-1");
        drop(first);
        assert!(!hub.is_idle());
        drop(second);
        assert!(hub.is_idle());
    }

    #[test]
    fn an_order_has_a_bounded_number_of_watchers() {
        let hub = hub();
        let watchers: Vec<_> = (0..SOCKETS_PER_ORDER_MAX)
            .map(|_| watch(&hub, "order-1"))
            .collect();
        assert!(watchers.iter().all(Option::is_some));
        assert!(watch(&hub, "order-1").is_none());
    }

    #[test]
    fn a_buyer_has_a_bounded_number_of_sockets_and_takes_no_other_buyers() {
        let hub = hub();
        let orders: Vec<String> = (0..=SOCKETS_PER_BUYER_MAX)
            .map(|number| format!("order-{number}"))
            .collect();
        let mut sockets: Vec<_> = orders.iter().map(|order| watch(&hub, order)).collect();
        assert_eq!(
            sockets.iter().flatten().count(),
            SOCKETS_PER_BUYER_MAX,
            "the last is refused"
        );
        assert!(watch_as(&hub, "order-1", "buyer-2").is_some());
        sockets.clear();
        assert!(watch(&hub, "order-1").is_some());
        let watched = hub.watched.lock().expect("nobody panicked");
        assert!(watched.sockets_at.is_empty() && watched.sockets_of.is_empty());
    }

    #[tokio::test]
    async fn when_all_seats_are_taken_the_anteroom_still_lets_in() {
        let hub = Hub::new(2);
        let _seated = watch(&hub, "order-1").expect("a seat");
        assert!(watch_as(&hub, "order-2", "buyer-2").is_none());
        let stranger = hub.anteroom().await;
        let newcomer = hub.anteroom();
        let shown_out = async {
            stranger.told_to_leave().await;
            drop(stranger);
        };
        let (_newcomer, ()) = tokio::join!(newcomer, shown_out);
    }
}
