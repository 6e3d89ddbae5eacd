//! Which orders are watched. Rings watchers; they read the news themselves (level, not edge).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use wechat_checkout_protocol::OrderId;

/// Open sockets of one server. Beyond, pages poll.
const SOCKETS_MAX: usize = 20_000;

/// Open sockets of one order: a few tabs and a few that died unnoticed.
const SOCKETS_PER_ORDER_MAX: usize = 8;

/// Rings the watchers of orders. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hub {
    bells: Arc<Mutex<HashMap<OrderId, watch::Sender<()>>>>,
    seats: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Hub {
        Hub {
            bells: Arc::default(),
            seats: Arc::new(Semaphore::new(SOCKETS_MAX)),
            stopping: watch::Sender::new(false),
        }
    }
}

impl Hub {
    /// Takes a seat for a socket, before anybody knows who sits there; `None` when all are taken.
    #[must_use]
    pub fn seat(&self) -> Option<Seat> {
        Arc::clone(&self.seats).try_acquire_owned().ok().map(Seat)
    }

    /// Subscribes to an order's bell; `None` when too many watch it already.
    #[must_use]
    pub fn subscribe(&self, id: &OrderId, seat: Seat) -> Option<Subscription> {
        let mut bells = self.bells.lock().ok()?;
        // Two last watchers who leave at the same moment each see the other: swept here.
        bells.retain(|_, bell| bell.receiver_count() > 0);
        let bell = bells
            .entry(id.clone())
            .or_insert_with(|| watch::Sender::new(()));
        if bell.receiver_count() >= SOCKETS_PER_ORDER_MAX {
            return None;
        }
        let rung = bell.subscribe();
        Some(Subscription {
            rung,
            stopping: self.stopping.subscribe(),
            hub: self.clone(),
            id: id.clone(),
            _seat: seat,
        })
    }

    /// Rings for one order, if anybody watches it.
    pub fn ring(&self, id: &OrderId) {
        if let Ok(bells) = self.bells.lock()
            && let Some(bell) = bells.get(id)
        {
            bell.send_replace(());
        }
    }

    /// Rings for every watched order, after a gap in the news.
    pub fn ring_all(&self) {
        if let Ok(bells) = self.bells.lock() {
            for bell in bells.values() {
                bell.send_replace(());
            }
        }
    }

    /// Whether nobody watches anything, so that nobody needs to read the journal.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.bells
            .lock()
            .is_ok_and(|bells| bells.values().all(|bell| bell.receiver_count() == 0))
    }

    /// Sends every watcher away: the server stops.
    pub fn stop(&self) {
        let _ = self.stopping.send_replace(true);
    }
}

/// One of the server's sockets.
#[derive(Debug)]
pub struct Seat(#[expect(dead_code, reason = "held until dropped")] OwnedSemaphorePermit);

/// A watcher's place; given up when dropped.
#[derive(Debug)]
pub struct Subscription {
    rung: watch::Receiver<()>,
    stopping: watch::Receiver<bool>,
    hub: Hub,
    id: OrderId,
    _seat: Seat,
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
        if let Ok(mut bells) = self.hub.bells.lock()
            && let Entry::Occupied(bell) = bells.entry(self.id.clone())
            // This subscription's own receiver is still counted.
            && bell.get().receiver_count() <= 1
        {
            let _ = bell.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(hub: &Hub, order: &str) -> Option<Subscription> {
        hub.subscribe(&id(order), hub.seat()?)
    }

    fn id(text: &str) -> OrderId {
        OrderId::parse(text).expect("a test id")
    }

    #[tokio::test]
    async fn a_watcher_hears_a_bell_rung_before_it_listened() {
        let hub = Hub::default();
        let mut watcher = watch(&hub, "order-1").expect("a seat");
        hub.ring(&id("order-2"));
        hub.ring(&id("order-1"));
        assert_eq!(watcher.heard().await, Heard::Change);
        hub.stop();
        assert_eq!(watcher.heard().await, Heard::Stopping);
    }

    #[test]
    fn the_last_watcher_takes_the_bell_with_him() {
        let hub = Hub::default();
        let first = watch(&hub, "order-1");
        let second = watch(&hub, "order-1");
        drop(first);
        assert!(!hub.is_idle());
        drop(second);
        assert!(hub.is_idle());
    }

    #[test]
    fn an_order_has_a_bounded_number_of_watchers() {
        let hub = Hub::default();
        let watchers: Vec<_> = (0..SOCKETS_PER_ORDER_MAX)
            .map(|_| watch(&hub, "order-1"))
            .collect();
        assert!(watchers.iter().all(Option::is_some));
        assert!(watch(&hub, "order-1").is_none());
    }
}
