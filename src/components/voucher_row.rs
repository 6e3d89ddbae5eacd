//! One voucher that the buyer owns.

use wechat_checkout_protocol::benefit::OwnedVoucher;
use yew::{Html, html};

use super::CopyButton;
use crate::text::Texts;

/// Title, code, and a button to copy the code.
#[must_use]
pub fn voucher_row(voucher: &OwnedVoucher, texts: &'static Texts) -> Html {
    html! {
        <div class="wc-voucher" data-test="voucher">
            <span class="wc-voucher__title">{ voucher.title.clone() }</span>
            <code class="wc-code">{ voucher.code.clone() }</code>
            <CopyButton value={voucher.code.clone()} label={texts.copy} {texts} />
        </div>
    }
}
