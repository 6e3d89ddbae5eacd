//! Places: a bounded number of guests, of whom those give way who keep the server waiting.
//!
//! For a connection the server is either at work, or it waits: for a request, for the rest of one,
//! for room to write the answer. When every place is taken, a newcomer gets the place of whoever
//! has kept the server waiting longest. So idle connections, however many, never keep out a buyer,
//! a health check or WeChat, whose requests come at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

/// One in so many gives way at a time, so that looking for them costs little per newcomer.
const GIVE_WAY_DIVISOR: usize = 32;

/// Stands for the time since when the server waits: it does not, it is at work.
const AT_WORK: u64 = u64::MAX;

/// A bounded number of places. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Places(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    max: usize,
    opened_at: Instant,
    table: Mutex<Table>,
    /// Newcomers who found every place taken.
    at_the_door: AtomicUsize,
    /// A place became free, or its guest began to keep the server waiting.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Table {
    next_number: u64,
    guests: HashMap<u64, Entry>,
    leaving: usize,
}

#[derive(Debug)]
struct Entry {
    presence: Arc<Presence>,
    is_leaving: bool,
}

#[derive(Debug)]
struct Presence {
    /// Milliseconds since the places were opened, or [`AT_WORK`].
    waiting_since: AtomicU64,
    leave: Notify,
}

/// A place that is taken; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    number: u64,
    guest: Guest,
}

/// Whoever has a place, as what reads and writes for him sees him. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    presence: Arc<Presence>,
    places: Arc<Shared>,
}

impl Places {
    /// Opens so many places, at least one.
    pub(crate) fn new(max: usize) -> Places {
        Places(Arc::new(Shared {
            max: max.max(1),
            opened_at: Instant::now(),
            table: Mutex::default(),
            at_the_door: AtomicUsize::new(0),
            changed: Notify::new(),
        }))
    }

    /// Takes a place. When all are taken, whoever keeps the server waiting longest is told to
    /// leave; when nobody does, the newcomer waits until somebody leaves or begins to.
    pub(crate) async fn enter(&self) -> Place {
        if let Some(place) = self.0.try_enter() {
            return place;
        }
        let _at_the_door = AtTheDoor::stand(&self.0);
        loop {
            // From here on no change is missed.
            let changed = self.0.changed.notified();
            if let Some(place) = self.0.try_enter() {
                return place;
            }
            changed.await;
        }
    }

    /// Waits until every place is free.
    pub(crate) async fn empty(&self) {
        loop {
            let changed = self.0.changed.notified();
            if self.0.table().guests.is_empty() {
                return;
            }
            changed.await;
        }
    }
}

impl Shared {
    fn try_enter(self: &Arc<Self>) -> Option<Place> {
        let mut table = self.table();
        if table.guests.len() >= self.max {
            if table.leaving == 0 {
                table.show_out((self.max / GIVE_WAY_DIVISOR).max(1));
            }
            return None;
        }
        let number = table.next_number;
        table.next_number = number.wrapping_add(1);
        let presence = Arc::new(Presence {
            waiting_since: AtomicU64::new(self.now()),
            leave: Notify::new(),
        });
        let entry = Entry {
            presence: Arc::clone(&presence),
            is_leaving: false,
        };
        let _ = table.guests.insert(number, entry);
        let places = Arc::clone(self);
        let guest = Guest { presence, places };
        Some(Place { number, guest })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened_at.elapsed().as_millis()).unwrap_or(AT_WORK - 1)
    }
}

impl Table {
    /// Tells those to leave who keep the server waiting longest.
    fn show_out(&mut self, count: usize) {
        let mut waiting: Vec<(u64, u64)> = self
            .guests
            .iter()
            .map(|(number, entry)| (entry.presence.waiting_since(), *number))
            .filter(|(since, _)| *since != AT_WORK)
            .collect();
        waiting.sort_unstable();
        for (_, number) in waiting.into_iter().take(count) {
            if let Some(entry) = self.guests.get_mut(&number) {
                entry.is_leaving = true;
                self.leaving += 1;
                entry.presence.leave.notify_one();
            }
        }
    }
}

impl Presence {
    fn waiting_since(&self) -> u64 {
        self.waiting_since.load(Ordering::SeqCst)
    }
}

impl Place {
    /// Whoever has the place.
    pub(crate) fn guest(&self) -> &Guest {
        &self.guest
    }

    /// Waits until the place has to be given up. A guest for whom the server has begun to work
    /// meanwhile stays.
    pub(crate) async fn told_to_leave(&self) {
        loop {
            self.guest.presence.leave.notified().await;
            let places = &self.guest.places;
            let mut table = places.table();
            if self.guest.presence.waiting_since() != AT_WORK {
                return;
            }
            if let Some(entry) = table.guests.get_mut(&self.number) {
                entry.is_leaving = false;
                table.leaving = table.leaving.saturating_sub(1);
            }
            drop(table);
            places.changed.notify_waiters();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let places = &self.guest.places;
        let mut table = places.table();
        if let Some(entry) = table.guests.remove(&self.number)
            && entry.is_leaving
        {
            table.leaving = table.leaving.saturating_sub(1);
        }
        drop(table);
        places.changed.notify_waiters();
    }
}

impl Guest {
    /// The server is at work: the guest keeps his place.
    pub(crate) fn is_served(&self) {
        self.presence.waiting_since.store(AT_WORK, Ordering::SeqCst);
    }

    /// From now on the server waits for the guest, or again: he has just moved on.
    pub(crate) fn is_awaited(&self) {
        let now = self.places.now();
        self.presence.waiting_since.store(now, Ordering::SeqCst);
        if self.places.at_the_door.load(Ordering::SeqCst) > 0 {
            self.places.changed.notify_waiters();
        }
    }

    /// Whether the server is at work for him.
    pub(crate) fn has_the_server_at_work(&self) -> bool {
        self.presence.waiting_since() == AT_WORK
    }
}

/// One newcomer at the door; gone when dropped.
struct AtTheDoor<'a>(&'a AtomicUsize);

impl AtTheDoor<'_> {
    fn stand(places: &Shared) -> AtTheDoor<'_> {
        let _ = places.at_the_door.fetch_add(1, Ordering::SeqCst);
        AtTheDoor(&places.at_the_door)
    }
}

impl Drop for AtTheDoor<'_> {
    fn drop(&mut self) {
        let _ = self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Poll;

    use super::*;

    /// Whether a future is ready without waiting.
    async fn is_ready<F: Future>(future: F) -> bool {
        let mut future = pin!(future);
        std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
    }

    #[tokio::test]
    async fn a_newcomer_gets_the_place_of_whoever_keeps_the_server_waiting_longest() {
        let places = Places::new(3);
        let busy = places.enter().await;
        busy.guest().is_served();
        let (longest, shorter) = (places.enter().await, places.enter().await);
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        shorter.guest().is_awaited();
        let mut newcomer = pin!(places.enter());
        assert!(!is_ready(newcomer.as_mut()).await, "nobody has left yet");
        assert!(is_ready(longest.told_to_leave()).await);
        assert!(!is_ready(shorter.told_to_leave()).await);
        assert!(!is_ready(busy.told_to_leave()).await);
        drop(longest);
        assert!(is_ready(newcomer).await);
    }

    #[tokio::test]
    async fn while_the_server_is_at_work_for_all_a_newcomer_waits_for_the_first_who_is_done() {
        let places = Places::new(2);
        let (first, second) = (places.enter().await, places.enter().await);
        first.guest().is_served();
        second.guest().is_served();
        let mut newcomer = pin!(places.enter());
        assert!(!is_ready(newcomer.as_mut()).await);
        second.guest().is_awaited();
        assert!(!is_ready(newcomer.as_mut()).await, "told, not gone");
        assert!(is_ready(second.told_to_leave()).await);
        drop(second);
        assert!(is_ready(newcomer).await);
    }

    #[tokio::test]
    async fn a_request_that_comes_while_its_guest_is_told_to_leave_is_served() {
        let places = Places::new(1);
        let first = places.enter().await;
        let mut newcomer = pin!(places.enter());
        assert!(!is_ready(newcomer.as_mut()).await);
        first.guest().is_served();
        assert!(!is_ready(first.told_to_leave()).await);
        first.guest().is_awaited();
        assert!(!is_ready(newcomer.as_mut()).await);
        assert!(is_ready(first.told_to_leave()).await, "told again");
    }

    #[tokio::test]
    async fn empty_is_when_the_last_has_left() {
        let places = Places::new(2);
        let last = places.enter().await;
        let mut empty = pin!(places.empty());
        assert!(!is_ready(empty.as_mut()).await);
        drop(last);
        assert!(is_ready(empty).await);
    }
}
