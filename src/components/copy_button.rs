//! A button that copies a text and says so.

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{browser, text::Texts};

/// How long "copied" is shown.
const SHOWN_MS: u32 = 2_000;

/// A small link-like button.
pub(super) fn copy_button(value: &str, texts: &'static Texts) -> Html {
    let onclick = copy_on_tap(texts.copy, value, texts);
    html! {
        <button type="button" class="wc-copy" aria-live="polite" {onclick}>{ texts.copy }</button>
    }
}

/// A button of full width for the address of the page.
pub(super) fn copy_link_button(link: &str, texts: &'static Texts) -> Html {
    let onclick = copy_on_tap(texts.copy_link, link, texts);
    html! {
        <button type="button" class="wc-button" data-kind="quiet" aria-live="polite" {onclick}>
            { texts.copy_link }
        </button>
    }
}

/// The word is changed on the text node itself, which stays the one that Yew knows: a component with
/// its own state for this would cost 7 kB.
fn copy_on_tap(label: &'static str, value: &str, texts: &'static Texts) -> Callback<MouseEvent> {
    let value = value.to_owned();
    Callback::from(move |event: MouseEvent| {
        // Yew listens at the root, so the current target is the root; a button of words alone is the
        // target itself.
        let Some(button) = event.target() else {
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
    })
}
