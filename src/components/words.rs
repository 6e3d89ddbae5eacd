//! Elements that hold nothing but words. As functions, each exists once in the wasm; written out
//! with the macro at every place, they would be a tenth of it.

use yew::{Html, html};

/// A paragraph.
#[inline(never)]
pub(crate) fn p(class: &'static str, words: &str) -> Html {
    html! { <p {class}>{ words }</p> }
}

/// A piece of a line.
#[inline(never)]
pub(crate) fn span(class: &'static str, words: &str) -> Html {
    html! { <span {class}>{ words }</span> }
}

/// A heading below the page's title.
#[inline(never)]
pub(crate) fn h2(class: &'static str, words: &str) -> Html {
    html! { <h2 {class}>{ words }</h2> }
}

/// A code to read out or to copy.
#[inline(never)]
pub(crate) fn code(class: &'static str, words: &str) -> Html {
    html! { <code {class}>{ words }</code> }
}
