//! The time left to pay, by the server's clock; told aloud only now and then.

use yew::{Html, html};

use crate::text::{Texts, fill, two_digits};

/// Shows what is left; the checkout is drawn again every second while it counts.
pub(super) fn countdown(time_left_ms: i64, texts: &Texts) -> Html {
    // Rounded up: "00:00" means that the time is really over.
    let seconds = (time_left_ms + 999) / 1_000;
    let time = [&two_digits(seconds / 60), ":", &two_digits(seconds % 60)].concat();
    html! {
        <p class="wc-countdown">
            <span role="timer">{ fill(texts.pay_within, &time) }</span>
            <span class="wc-offscreen" aria-live="polite">{ spoken(seconds, texts) }</span>
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
