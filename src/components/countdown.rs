//! The time left to pay, by the server's clock; told aloud only now and then.

use yew::{Html, html};

use super::news;
use crate::text::{Texts, fill, two_digits};

/// Shows what is left; the checkout is drawn again every second while it counts.
pub(super) fn countdown(time_left_ms: i64, texts: &Texts) -> Html {
    // Rounded up: "00:00" means that the time is really over.
    let seconds = (time_left_ms + 999) / 1_000;
    let time = [&two_digits(seconds / 60), ":", &two_digits(seconds % 60)].concat();
    html! {
        <p class="wc-countdown">
            <span role="timer" translate="no">{ news(&fill(texts.pay_within, &time)) }</span>
            <span class="wc-offscreen" aria-live="polite">{ news(&spoken(seconds, texts)) }</span>
        </p>
    }
}

/// Said from three minutes on, whenever a minute begins, and at thirty seconds. The words stay for the
/// seconds after it and are still true there, since nobody knows when they are read.
fn spoken(seconds: i64, texts: &Texts) -> String {
    match seconds {
        1..=30 => texts.seconds_left.into(),
        31..=180 => fill(texts.minutes_left, &((seconds + 59) / 60).to_string()),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::ZH_CN;

    #[test]
    fn what_is_said_is_true_whenever_it_is_read() {
        for (seconds, said) in [
            (0, ""),
            (1, "支付时间不足 30 秒"),
            (30, "支付时间不足 30 秒"),
            (31, "支付时间不足 1 分钟"),
            (60, "支付时间不足 1 分钟"),
            (64, "支付时间不足 2 分钟"),
            (120, "支付时间不足 2 分钟"),
            (121, "支付时间不足 3 分钟"),
            (180, "支付时间不足 3 分钟"),
            (181, ""),
        ] {
            assert_eq!(spoken(seconds, &ZH_CN), said, "{seconds}");
        }
    }
}
