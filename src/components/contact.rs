//! A sentence that sends the buyer to the shop: those words are a link where the shop has a contact.

use wechat_checkout_protocol::ShopView;
use yew::{Html, html};

use crate::{search, text::Texts};

/// The sentence, with the link in its place.
pub(super) fn with_contact(sentence: &str, shop: Option<&ShopView>, texts: &Texts) -> Html {
    let contact = shop.and_then(|shop| shop.contact.as_deref());
    // The server checks it, too; an address of a script must not pass in any case.
    let contact = contact.filter(|to| to.starts_with("https://") || to.starts_with("tel:"));
    let Some(to) = contact else {
        return sentence.into();
    };
    match search::around(sentence, texts.contact_shop) {
        Some((before, behind)) => html! {
            <>
                { before }
                <a class="wc-contact" data-test="contact" href={to.to_owned()}>{ texts.contact_shop }</a>
                { behind }
            </>
        },
        None => sentence.into(),
    }
}
