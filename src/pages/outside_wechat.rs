//! Opened where WeChat's sign-in does not work: says so, and hands over to a phone.

use yew::prelude::*;

use crate::{
    api::ApiClient,
    browser,
    components::{hand_over, hand_over_sentence},
    environment::Environment,
    text::Texts,
};

/// The code leads to this very page, with the order if there is one.
pub fn outside_wechat(api: &ApiClient, texts: &'static Texts, environment: Environment) -> Html {
    html! {
        <main class="wc-page wc-outside">
            <h1 class="wc-result__title">{ texts.outside_title }</h1>
            <p class="wc-result__text">{ hand_over_sentence(environment, texts) }</p>
            { hand_over(&browser::path_and_query(), api.base(), texts) }
            <p class="wc-caption">{ texts.outside_hint }</p>
        </main>
    }
}
