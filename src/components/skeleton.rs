//! Grey shapes with the exact size of what will replace them, so that nothing jumps.

use yew::{Html, html};

/// Stands in for an order. The sentence tells what is going on.
#[must_use]
pub fn order_skeleton(sentence: &str) -> Html {
    html! {
        <div class="wc-screen wc-skeleton" aria-busy="true">
            <div class="wc-summary">
                <p class="wc-summary__merchant">{ sentence }</p>
                <div class="wc-summary__amount"><i class="wc-bone wc-bone--amount" /></div>
                <div class="wc-countdown"><i class="wc-bone wc-bone--line" /></div>
            </div>
            <div class="wc-card wc-details">
                <div class="wc-details__row"><i class="wc-bone" /></div>
                <div class="wc-details__row"><i class="wc-bone" /></div>
                <div class="wc-details__row"><i class="wc-bone" /></div>
                <div class="wc-details__row"><i class="wc-bone" /></div>
            </div>
        </div>
    }
}

/// Stands in for a list of cards.
#[must_use]
pub fn rows_skeleton(rows: usize) -> Html {
    html! {
        <div class="wc-list wc-skeleton" aria-busy="true">
            { for (0..rows).map(|_| html! {
                <div class="wc-product"><i class="wc-bone wc-bone--line" /></div>
            }) }
        </div>
    }
}
