//! Something is in the way: what it is, what the buyer can do, and the number that support asks for.

use yew::prelude::*;

use super::{
    copy_button::copy_button,
    marks::attention_mark,
    result::{ButtonKind, Outcome, button, result},
};
use crate::{
    checkout::{Recovery, Trouble},
    text::Texts,
};

/// The whole screen.
pub fn trouble_panel(
    trouble: &Trouble,
    texts: &'static Texts,
    heading: &NodeRef,
    on_retry: Callback<()>,
    more_actions: Html,
) -> Html {
    let (title, text) = (texts.trouble)(trouble.kind);
    let label = match trouble.kind.recovery() {
        Recovery::SignIn => texts.sign_in_again,
        Recovery::Automatic | Recovery::ByHand | Recovery::None => texts.retry,
    };
    let outcome = Outcome {
        mark: attention_mark(),
        title: title.into(),
        text: text.into(),
        more: support_code(trouble.request_id.as_deref(), texts),
        actions: html! {
            <>
                if trouble.kind.recovery() != Recovery::None {
                    { button(ButtonKind::Primary, "retry", label, false, on_retry) }
                }
                { more_actions }
            </>
        },
    };
    result(outcome, heading)
}

/// The number that finds the case in the server's log or journal.
pub(super) fn support_code(code: Option<&str>, texts: &'static Texts) -> Html {
    let Some(code) = code else {
        return Html::default();
    };
    html! {
        <p class="wc-support" data-test="support-code">
            <span>{ texts.support_code }</span>
            <code>{ code.to_owned() }</code>
            { copy_button(code, texts) }
        </p>
    }
}
