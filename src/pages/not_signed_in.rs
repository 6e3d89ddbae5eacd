//! WeChat's sign-in brought no session: why, and the way to try again.

use yew::prelude::*;

use crate::{
    api::ApiClient,
    checkout::{Trouble, TroubleKind},
    components::trouble_panel,
    sign_in,
    text::Texts,
};

/// In the place of whatever page the buyer wanted; its address stays, and the sign-in leads there.
pub fn not_signed_in(api: &ApiClient, texts: &'static Texts) -> Html {
    let api = api.clone();
    let on_retry = Callback::from(move |()| {
        sign_in::start(api.base(), true);
    });
    let trouble = Trouble::of(TroubleKind::SignIn);
    html! {
        <main class="wc-page" data-test="not-signed-in">
            { trouble_panel(&trouble, None, None, texts, &NodeRef::default(), on_retry, Html::default()) }
        </main>
    }
}
