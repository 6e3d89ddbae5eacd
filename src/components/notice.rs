//! A line above the content: something the buyer should know while going on.

use wechat_checkout_protocol::ShopView;
use yew::{Html, html};

use super::contact::with_contact;
use crate::text::Texts;

/// Title in front, sentence behind.
pub(super) fn notice(title: &str, text: &str, shop: Option<&ShopView>, texts: &Texts) -> Html {
    html! {
        <div class="wc-notice" key={[title, text].concat()}>
            <strong>{ title }</strong>
            <span>{ with_contact(text, shop, texts) }</span>
        </div>
    }
}
