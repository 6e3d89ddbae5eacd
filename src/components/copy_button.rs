//! A button that copies a text and says so.

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{browser, text::Texts};

/// How long "copied" is shown.
const SHOWN_MS: u32 = 2_000;

/// A small link-like button.
pub(super) fn copy_button(value: &str, texts: &'static Texts) -> Html {
    copy_button_with("wc-copy", texts.copy, value, texts)
}

/// Copies on tap. The word is changed on the text node itself, which stays the one that Yew knows:
/// a component with its own state for this would cost 7 kB.
pub(super) fn copy_button_with(
    class: &'static str,
    label: &'static str,
    value: &str,
    texts: &'static Texts,
) -> Html {
    let value = value.to_owned();
    let onclick = move |event: MouseEvent| {
        let Some(button) = event.current_target() else {
            return;
        };
        let value = value.clone();
        spawn_local(async move {
            let is_copied = browser::copy_text(&value).await;
            let word = if is_copied {
                texts.copied
            } else {
                texts.copy_failed
            };
            browser::set_word(&button, word);
            Timeout::new(SHOWN_MS, move || browser::set_word(&button, label)).forget();
        });
    };
    html! { <button type="button" {class} {onclick} aria-live="polite">{ label }</button> }
}
