//! A line above the content: something the buyer should know while going on.

use yew::{Html, html};

/// Title in front, sentence behind.
pub(super) fn notice(title: &str, text: &str) -> Html {
    html! {
        <div class="wc-notice">
            <strong>{ title }</strong>
            <span>{ text }</span>
        </div>
    }
}
