//! Grey shapes with the exact size of what will replace them, so that nothing jumps.

use yew::{AttrValue, Html, html};

use super::news;

const ORDER: &str = r#"<div class="wc-summary__amount"><i class="wc-bone wc-bone--amount"></i></div><div class="wc-summary__gives"></div><div class="wc-countdown"><i class="wc-bone"></i></div>"#;
const DETAILS: &str = r#"<div class="wc-card wc-details"><div class="wc-details__row"><i class="wc-bone"></i></div><div class="wc-details__row"><i class="wc-bone"></i></div><div class="wc-details__row"><i class="wc-bone"></i></div><div class="wc-details__row"><i class="wc-bone"></i></div></div>"#;
const VIP: &str = r#"<div class="wc-vip wc-skeleton"><i class="wc-bone"></i></div>"#;
const ROWS: &str = r#"<div class="wc-list wc-skeleton" aria-busy="true"><div class="wc-product"><i class="wc-bone wc-bone--line"></i></div><div class="wc-product"><i class="wc-bone wc-bone--line"></i></div><div class="wc-product"><i class="wc-bone wc-bone--line"></i></div></div>"#;

fn shapes(markup: &'static str) -> Html {
    Html::from_html_unchecked(AttrValue::Static(markup))
}

/// Stands in for an order. The sentence tells what is going on.
pub(super) fn order_skeleton(sentence: &str) -> Html {
    html! {
        <div class="wc-screen wc-skeleton" aria-busy="true">
            <div class="wc-summary">
                <p class="wc-summary__title">{ news(sentence) }</p>
                { shapes(ORDER) }
            </div>
            { shapes(DETAILS) }
        </div>
    }
}

/// Stands in for the membership.
pub fn vip_skeleton() -> Html {
    shapes(VIP)
}

/// Stands in for a list of cards.
pub fn rows_skeleton() -> Html {
    shapes(ROWS)
}
