//! Waits that end.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::Poll,
};

use gloo_timers::callback::Timeout;

/// What the work comes to within `ms`; `None` when it takes longer, and then it is dropped.
pub async fn within<T>(ms: u32, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let is_over = Rc::new(Cell::new(false));
    let mut timer = None;
    poll_fn(|context| {
        if is_over.get() {
            return Poll::Ready(None);
        }
        if timer.is_none() {
            let (is_over, waker) = (Rc::clone(&is_over), context.waker().clone());
            timer = Some(Timeout::new(ms, move || {
                is_over.set(true);
                waker.wake();
            }));
        }
        work.as_mut().poll(context).map(Some)
    })
    .await
}
