//! Something is in the way: what it is, what the buyer can do, what is known of his money, and the
//! number that support asks for.

use wechat_checkout_protocol::ShopView;
use yew::prelude::*;

use super::{
    contact::with_contact,
    copy_button::copy_button,
    marks::attention_mark,
    result::{ButtonKind, Outcome, button, result},
};
use crate::{
    checkout::{Money, Recovery, Trouble, TroubleKind},
    sign_in,
    text::{Texts, two_sentences},
};

/// The whole screen; `money` where an order is at stake.
pub fn trouble_panel(
    trouble: &Trouble,
    money: Option<Money>,
    shop: Option<&ShopView>,
    texts: &'static Texts,
    heading: &NodeRef,
    on_retry: Callback<()>,
    more_actions: Html,
) -> Html {
    let (title, text) = words(trouble.kind, texts);
    let money = money.map_or("", |money| texts.money(money));
    let label = match trouble.kind.recovery() {
        Recovery::SignIn => texts.sign_in_again,
        Recovery::Automatic | Recovery::ByHand | Recovery::None => texts.retry,
    };
    let outcome = Outcome {
        mark: attention_mark(),
        title,
        text: with_contact(&two_sentences(text, money), shop, texts),
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

/// Title and sentence of a trouble. Of a missing session the page may know more than the server: why
/// the last trip to WeChat brought none.
pub(super) fn words(kind: TroubleKind, texts: &Texts) -> (&'static str, &'static str) {
    match sign_in::failure() {
        Some(failure) if kind == TroubleKind::SignIn => {
            (texts.sign_in_title, failure.sentence(texts))
        }
        _ => (texts.trouble)(kind),
    }
}

/// The number that finds the case in the server's log or journal.
pub(super) fn support_code(code: Option<&str>, texts: &'static Texts) -> Html {
    let Some(code) = code else {
        return Html::default();
    };
    html! {
        <p class="wc-support" data-test="support-code">
            <span>{ texts.support_code }</span>
            <code translate="no">{ code.to_owned() }</code>
            { copy_button(code, texts.support_code, texts) }
        </p>
    }
}
