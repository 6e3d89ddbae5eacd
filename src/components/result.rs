//! The frame of every screen that tells how something stands: a mark, a heading, a sentence, more.

use yew::prelude::*;

use super::news;

/// What stands in the frame.
pub(super) struct Outcome {
    pub(super) mark: Html,
    pub(super) title: &'static str,
    /// A sentence; nothing where the title says it all.
    pub(super) text: Html,
    /// Below the sentence.
    pub(super) more: Html,
    /// Buttons at the foot.
    pub(super) actions: Html,
}

/// Shows it; `heading` takes the focus when the screen appears.
pub(super) fn result(outcome: Outcome, heading: &NodeRef) -> Html {
    let Outcome {
        mark,
        title,
        text,
        more,
        actions,
    } = outcome;
    html! {
        <div class="wc-screen wc-result">
            { mark }
            <h1 class="wc-result__title" tabindex="-1" ref={heading}>{ news(title) }</h1>
            <p class="wc-result__text">{ text }</p>
            { more }
            <div class="wc-actions">{ actions }</div>
        </div>
    }
}

/// How loud a button is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ButtonKind {
    /// The one thing to do.
    Primary,
    /// Another thing to do.
    Quiet,
}

/// A button with a test hook.
pub(super) fn button(
    kind: ButtonKind,
    hook: &'static str,
    label: &str,
    is_busy: bool,
    on_tap: Callback<()>,
) -> Html {
    let kind = match kind {
        ButtonKind::Primary => "primary",
        ButtonKind::Quiet => "quiet",
    };
    html! {
        <button type="button" class="wc-button" data-kind={kind} data-test={hook}
            disabled={is_busy}
            onclick={move |_| on_tap.emit(())}>
            { news(label) }
        </button>
    }
}
