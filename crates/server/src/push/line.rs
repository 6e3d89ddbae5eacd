//! Whether a watching page is still there, and whether it behaves.

use std::time::Duration;

use axum::extract::ws::Message;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use wechat_checkout_protocol::watch::PING_INTERVAL_MS;

/// A browser answers each ping by itself. So many without an answer, and nobody reads any more,
/// though the kernel still takes what is sent.
const PINGS_UNANSWERED_MAX: u32 = 3;

/// Pings and pongs that a page may send between two of the server's pings. A browser sends one.
const CONTROL_FRAMES_MAX: u32 = 16;

/// Whoever watches longer connects again, with a fresh token.
const LINE_LIVES: Duration = Duration::from_secs(2 * 60 * 60);

/// The line to one page.
#[derive(Debug)]
pub(super) struct Line {
    ticks: Interval,
    unanswered: u32,
    control_frames: u32,
    ends_at: Instant,
}

impl Line {
    pub(super) fn open() -> Line {
        let now = Instant::now();
        let every = Duration::from_millis(PING_INTERVAL_MS);
        let mut ticks = interval_at(now + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Line {
            ticks,
            unanswered: 0,
            control_frames: 0,
            ends_at: now + LINE_LIVES,
        }
    }

    /// Waits until a ping is due.
    pub(super) async fn ping_due(&mut self) {
        let _ = self.ticks.tick().await;
    }

    /// Counts a ping that is about to be sent; `false` when there is nobody to send it to, or it
    /// is time to connect again.
    pub(super) fn may_ping(&mut self) -> bool {
        self.control_frames = 0;
        self.unanswered += 1;
        self.unanswered <= PINGS_UNANSWERED_MAX && Instant::now() < self.ends_at
    }

    /// Takes in what the page sent; `false` when it should not have.
    pub(super) fn takes(&mut self, message: &Message) -> bool {
        match message {
            Message::Pong(_) => self.unanswered = 0,
            Message::Ping(_) => {}
            Message::Text(_) | Message::Binary(_) | Message::Close(_) => return false,
        }
        self.control_frames += 1;
        self.control_frames <= CONTROL_FRAMES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_that_answers_may_stay_and_one_that_does_not_is_gone() {
        let mut answers = Line::open();
        for _ in 0..100 {
            assert!(answers.may_ping());
            assert!(answers.takes(&Message::Pong(Default::default())));
        }
        let mut silent = Line::open();
        let pings = (0..100).take_while(|_| silent.may_ping()).count();
        assert_eq!(pings, 3);
    }

    #[tokio::test]
    async fn a_flood_of_control_frames_and_anything_else_ends_the_line() {
        let mut line = Line::open();
        let ping = Message::Ping(Default::default());
        assert_eq!((0..100).take_while(|_| line.takes(&ping)).count(), 16);
        assert!(!Line::open().takes(&Message::text("more")));
    }
}
