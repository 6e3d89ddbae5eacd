//! The time left to pay, by the server's clock; told aloud only now and then.

use gloo_timers::callback::Interval;
use wechat_checkout_protocol::UnixMillis;
use yew::prelude::*;

use crate::{
    browser,
    text::{Texts, fill, two_digits},
};

const TICK_MS: u32 = 1_000;

/// Properties of [`Countdown`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CountdownProps {
    /// The end, on the device's clock, already corrected by the server's.
    pub ends_at: UnixMillis,
    /// The language.
    pub texts: &'static Texts,
}

/// Counts down to zero and stays there.
#[component]
pub fn Countdown(props: &CountdownProps) -> Html {
    let now = use_state_eq(browser::now);
    use_effect_with((), {
        let now = now.clone();
        move |()| {
            let interval = Interval::new(TICK_MS, move || now.set(browser::now()));
            move || drop(interval)
        }
    });
    // Rounded up: "00:00" means that the time is really over.
    let seconds = (props.ends_at.since_ms(*now).max(0) + 999) / 1_000;
    let time = [&two_digits(seconds / 60), ":", &two_digits(seconds % 60)].concat();
    html! {
        <p class="wc-countdown">
            <span role="timer">{ fill(props.texts.pay_within, &time) }</span>
            <span class="wc-offscreen" aria-live="polite">{ spoken(seconds, props.texts) }</span>
        </p>
    }
}

/// Said at three minutes, one minute and thirty seconds; the same words for the seconds after it,
/// so that a screen reader says them once.
fn spoken(seconds: i64, texts: &Texts) -> String {
    match seconds {
        1..=30 => texts.seconds_left.into(),
        31..=60 => fill(texts.minutes_left, "1"),
        61..=180 => fill(texts.minutes_left, "3"),
        _ => String::new(),
    }
}
