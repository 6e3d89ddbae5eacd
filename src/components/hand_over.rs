//! Hands over to WeChat on a phone: a code to scan, a link to copy.

use yew::prelude::*;

use super::{copy_button::copy_link_button, qr_code::qr_code};
use crate::{browser, environment::Environment, text::Texts};

/// The code and the link to `path`, path and query of the page to go on with.
pub fn hand_over(path: &str, api_base: &str, texts: &'static Texts) -> Html {
    let link = [&browser::origin(), path].concat();
    html! {
        <div class="wc-hand-over" data-test="open-in-wechat">
            { qr_code(path, api_base, texts) }
            <p class="wc-hand-over__link">{ &link }</p>
            { copy_link_button(&link, texts) }
        </div>
    }
}

/// What this place cannot do, and where to go on.
pub fn hand_over_sentence(environment: Environment, texts: &Texts) -> &'static str {
    match environment {
        Environment::WechatDesktop => texts.hand_over_desktop,
        Environment::MiniProgram => texts.hand_over_mini_program,
        Environment::DevTools => texts.hand_over_dev_tools,
        Environment::WeCom => texts.hand_over_wecom,
        Environment::WechatTooOld => texts.hand_over_too_old,
        Environment::WechatPhone | Environment::Elsewhere => texts.outside_text,
    }
}
