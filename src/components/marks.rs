//! Marks drawn as inline SVG: no request, no icon font.
//!
//! Given to the browser as text: as virtual nodes they would cost ten times their size in code.

use yew::{AttrValue, Html};

fn drawing(markup: &'static str) -> Html {
    Html::from_html_unchecked(AttrValue::Static(markup))
}

/// The check mark of a successful payment; it draws itself once.
pub(super) fn paid_mark() -> Html {
    drawing(
        r#"<svg class="wc-mark wc-mark--paid" viewBox="0 0 64 64" aria-hidden="true"><circle class="wc-mark__disc" cx="32" cy="32" r="32"/><path class="wc-mark__stroke" pathLength="1" d="M18 33.5 28 43.5 47 23"/></svg>"#,
    )
}

/// Three dots that breathe: something goes on, without a hurry.
pub(super) fn waiting_mark() -> Html {
    drawing(r#"<div class="wc-mark wc-waiting" aria-hidden="true"><i></i><i></i><i></i></div>"#)
}

/// An exclamation mark: read this.
pub(super) fn attention_mark() -> Html {
    drawing(
        r#"<svg class="wc-mark wc-mark--attention" viewBox="0 0 64 64" aria-hidden="true"><circle class="wc-mark__disc" cx="32" cy="32" r="32"/><path class="wc-mark__stroke" d="M32 16v20M32 46.5v1"/></svg>"#,
    )
}

/// A clock: time has passed.
pub(super) fn clock_mark() -> Html {
    drawing(
        r#"<svg class="wc-mark wc-mark--quiet" viewBox="0 0 64 64" aria-hidden="true"><circle class="wc-mark__disc" cx="32" cy="32" r="32"/><path class="wc-mark__stroke" d="M32 16v17l11 7"/></svg>"#,
    )
}

/// An arrow that turns back: money returns.
pub(super) fn return_mark() -> Html {
    drawing(
        r#"<svg class="wc-mark wc-mark--quiet" viewBox="0 0 64 64" aria-hidden="true"><circle class="wc-mark__disc" cx="32" cy="32" r="32"/><path class="wc-mark__stroke" d="M25 19 17 27l8 8M18 27h18a9 9 0 0 1 0 18h-9"/></svg>"#,
    )
}

/// The arrow at the end of a row.
pub(super) fn chevron() -> Html {
    drawing(
        r#"<svg class="wc-chevron" viewBox="0 0 12 24" aria-hidden="true"><path d="M3 6l6 6-6 6"/></svg>"#,
    )
}
