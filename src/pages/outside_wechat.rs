//! Opened where WeChat's sign-in does not work: says so, and hands over to a phone.

use yew::prelude::*;

use crate::{
    api::ApiClient,
    browser,
    components::{HandOver, hand_over_sentence},
    environment::Environment,
    text::Texts,
};

/// Properties of [`OutsideWechat`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct OutsideWechatProps {
    /// The server, which draws the code.
    pub api: ApiClient,
    /// The language.
    pub texts: &'static Texts,
    /// Where we are.
    pub environment: Environment,
}

/// The code leads to this very page, with the order if there is one.
#[component]
pub fn OutsideWechat(props: &OutsideWechatProps) -> Html {
    let texts = props.texts;
    html! {
        <main class="wc-page wc-outside">
            <h1 class="wc-result__title">{ texts.outside_title }</h1>
            <p class="wc-result__text">{ hand_over_sentence(props.environment, texts) }</p>
            <HandOver path={browser::path_and_query()}
                api_base={props.api.base().to_owned()} {texts} />
            <p class="wc-caption">{ texts.outside_hint }</p>
        </main>
    }
}
