//! Hands over to WeChat on a phone: a code to scan, a link to copy.

use yew::prelude::*;

use super::{CopyButton, QrCode};
use crate::{browser, environment::Environment, text::Texts};

/// Properties of [`HandOver`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct HandOverProps {
    /// Path and query of the page to go on with.
    pub path: AttrValue,
    /// Where the server is; empty for this origin.
    #[prop_or_default]
    pub api_base: AttrValue,
    /// The language.
    pub texts: &'static Texts,
}

/// The code and the link.
#[component]
pub fn HandOver(props: &HandOverProps) -> Html {
    let texts = props.texts;
    let link = [&browser::origin(), &*props.path].concat();
    html! {
        <div class="wc-hand-over" data-test="open-in-wechat">
            <QrCode path={props.path.clone()} api_base={props.api_base.clone()} {texts} />
            <p class="wc-hand-over__link">{ link.clone() }</p>
            <CopyButton value={link} label={texts.copy_link} {texts}
                class="wc-button wc-button--quiet" />
        </div>
    }
}

/// What this place cannot do, and where to go on.
#[must_use]
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
