//! One voucher that the buyer owns.

use wechat_checkout_protocol::benefit::OwnedVoucher;
use yew::{Html, html};

use super::copy_button::copy_button;
use crate::text::Texts;

/// Title, code, and a button to copy the code.
pub fn voucher_row(voucher: &OwnedVoucher, texts: &'static Texts) -> Html {
    html! {
        <div class="wc-voucher" data-test="voucher">
            <span class="wc-voucher__title">{ &voucher.title }</span>
            <code class="wc-code" translate="no">{ &voucher.code }</code>
            { copy_button(
                &voucher.code, &[texts.voucher_code, " ", &voucher.code].concat(), texts,
            ) }
        </div>
    }
}
