//! Opened where WeChat's sign-in does not work: the whole page hands over to a phone.

use yew::prelude::*;

use crate::{api::ApiClient, components::outside, environment::Environment, text::Texts};

/// The code leads to this very page, with the order if there is one.
pub fn outside_wechat(api: &ApiClient, texts: &'static Texts, environment: Environment) -> Html {
    html! {
        <main class="wc-page wc-outside">{ outside(api.base(), texts, environment) }</main>
    }
}
