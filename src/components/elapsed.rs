//! How long the buyer has been waiting; silent for the first seconds.

use gloo_timers::callback::Interval;
use wechat_checkout_protocol::UnixMillis;
use yew::prelude::*;

use crate::{
    browser,
    text::{Texts, fill},
};

const SILENT_S: i64 = 3;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ElapsedProps {
    pub(super) since: UnixMillis,
    pub(super) texts: &'static Texts,
}

#[component]
pub(super) fn Elapsed(props: &ElapsedProps) -> Html {
    let now = use_state_eq(browser::now);
    use_effect_with((), {
        let now = now.clone();
        move |()| {
            let interval = Interval::new(1_000, move || now.set(browser::now()));
            move || drop(interval)
        }
    });
    let seconds = now.since_ms(props.since) / 1_000;
    let sentence = if seconds < SILENT_S {
        String::new()
    } else {
        fill(props.texts.elapsed, &seconds.to_string())
    };
    // The line keeps its height while it is silent, so that nothing moves.
    html! { <p class="wc-elapsed" aria-hidden="true">{ sentence }</p> }
}
