//! How long the buyer has been waiting; silent for the first seconds.

use yew::{Html, html};

use super::news;
use crate::text::{Texts, fill};

const SILENT_S: i64 = 3;

/// The line keeps its height while it is silent, so that nothing moves.
pub(super) fn elapsed(waited_ms: i64, texts: &Texts) -> Html {
    let seconds = waited_ms / 1_000;
    let sentence = if seconds < SILENT_S {
        String::new()
    } else {
        fill(texts.elapsed, &seconds.to_string())
    };
    html! { <p class="wc-elapsed" aria-hidden="true">{ news(&sentence) }</p> }
}
