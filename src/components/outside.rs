//! Opened where WeChat's sign-in does not work: says so, and hands over to a phone.

use yew::prelude::*;

use super::{hand_over, hand_over_sentence};
use crate::{browser, environment::Environment, text::Texts};

/// The code leads to this very page, with the order if its address names one.
pub fn outside(api_base: &str, texts: &'static Texts, environment: Environment) -> Html {
    // Whoever is in WeChat already is not sent there.
    let is_too_old = environment == Environment::WechatTooOld;
    let title = if is_too_old {
        texts.update_title
    } else {
        texts.outside_title
    };
    html! {
        <>
            <h1 class="wc-result__title">{ title }</h1>
            <p class="wc-result__text">{ hand_over_sentence(environment, texts) }</p>
            { hand_over(&browser::path_and_query(), api_base, texts) }
            if !is_too_old {
                <p class="wc-caption">{ texts.outside_hint }</p>
            }
        </>
    }
}
