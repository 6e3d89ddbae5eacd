//! A button that copies a text and says so.

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use crate::{browser, text::Texts};

/// How long "copied" is shown.
const SHOWN_MS: u32 = 2_000;

/// A small link-like button. `what` is read out behind its word, since a screen may have several.
pub(super) fn copy_button(value: &str, what: &str, texts: &'static Texts) -> Html {
    let onclick = copy_on_tap(texts.copy, value, texts);
    html! {
        <button type="button" class="wc-copy" {onclick}>
            <span aria-live="polite">{ texts.copy }</span>
            <span class="wc-offscreen">{ what.to_owned() }</span>
        </button>
    }
}

/// A button of full width for the address of the page.
pub(super) fn copy_link_button(link: &str, texts: &'static Texts) -> Html {
    let onclick = copy_on_tap(texts.copy_link, link, texts);
    html! {
        <button type="button" class="wc-button" data-kind="quiet" {onclick}>
            <span aria-live="polite">{ texts.copy_link }</span>
        </button>
    }
}

/// The word is changed in the document itself: a component with its own state for this would cost
/// 7 kB.
fn copy_on_tap(label: &'static str, value: &str, texts: &'static Texts) -> Callback<MouseEvent> {
    let value = value.to_owned();
    Callback::from(move |event: MouseEvent| {
        // Yew listens at the root, so the current target is the root. The target is whatever lies
        // inside the button: translators put elements of their own there.
        let target = event.target_dyn_into::<Element>();
        let button = target.and_then(|target| target.closest("button").ok().flatten());
        let Some(shown) = button.and_then(|button| button.first_element_child()) else {
            return;
        };
        let value = value.clone();
        spawn_local(async move {
            let is_copied = browser::copy_text(&value).await;
            shown.set_text_content(Some(if is_copied {
                texts.copied
            } else {
                texts.copy_failed
            }));
            Timeout::new(SHOWN_MS, move || shown.set_text_content(Some(label))).forget();
        });
    })
}
